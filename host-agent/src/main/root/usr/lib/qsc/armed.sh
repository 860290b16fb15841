# shellcheck shell=sh
# The record of what is armed, and the law: whether the canary may stay.
#
# $state/armed is root's word on everything: written before anything is touched, cleared last, by the guard.
#   stage=arming     the record stands, nothing else does
#   stage=applying   values, drop-in or restart may have happened
#   stage=active     every process was seen with the canary's values
#   stage=promoting  the baseline may already be the new one
#   stage=promoted   every process was seen on the new baseline; the old one is kept
#   stage=confirmed  the new baseline stays; only tidying up is left
# $run/rollback is the mark "go home". It is one-way, and it counts for the operation it names.

armed_keys='rollout uid attempt operation sequence epoch holder step model percent old_digest new_digest
armed_at armed_wall total_deadline prove_by start_timeout_ms stage max_lease_ms max_total_ms stop_grace_ms soak_ms
cgroup invocation_before gate_events cutover gate_at monitoring_seconds'
mark_keys='operation trigger message tombstone'

load_armed() {
  # shellcheck disable=SC2086 # a list of words
  forget armed_ $armed_keys
  load armed_ "$state/armed"
}

save_armed() {
  # shellcheck disable=SC2086
  record armed_ $armed_keys | replace "$state/armed" private
}

set_stage() {
  armed_stage=$1
  save_armed
}

# Whether the mark "go home" stands for what is armed. What cannot be read is a mark all the same.
is_marked() {
  [ -e "$run/rollback" ] || return 1
  # shellcheck disable=SC2086 # a list of words
  forget mark_ $mark_keys
  load mark_ "$run/rollback" || return 0
  [ "$mark_operation" = "$armed_operation" ]
}

# mark_homeward TRIGGER MESSAGE [FILE TOMBSTONE]: from now on there is only the way home. FILE holds violations, a line
# each; TOMBSTONE is remembered here until it is in the fence, at the latest when the record is cleared.
mark_homeward() {
  is_marked && return 0
  mark_operation=$armed_operation
  mark_trigger=$1
  mark_message=$2
  mark_tombstone=${4-}
  say "$unit goes home: $2"
  replace_volatile "$run/rollback" print_mark "${3-}"
}

print_mark() {
  if [ -n "$1" ]; then grep '^violation=' "$1"; fi
  # shellcheck disable=SC2086
  record mark_ $mark_keys
}

# The lease as the agent left it, into $run/lease.<helper>. The agent owns the original and may have put anything
# there, so it is read as the agent, without following links or waiting for a writer, bounded in size and time; and
# into a file, since a pipe could be held open by whoever meddles with the reader. 137 when the reader took too long.
reader_patience=2
agents_largest=16384
take_from_agent() {
  rm -f "$2"
  [ -f "$asked/$1" ] || return 1
  (
    ulimit -f 40
    exec timeout -s KILL "$reader_patience" setpriv --reuid="$qsc_group" --regid="$qsc_group" --clear-groups \
      dd if="$asked/$1" bs="$agents_largest" count=1 iflag=nonblock,nofollow status=none
  ) >"$2" 2>/dev/null
}

# Sets lease to the deadline of the line that names what is armed; false when there is none.
# A line: lease <uid> <operation> <epoch> <deadline in ms of the boot clock> end
read_lease() {
  lease=
  take_from_agent lease "$run/lease.${0##*/}"
  case $? in
    0) ;;
    137)
      recall_lease
      return
      ;;
    *) return 1 ;;
  esac
  while read -r word uid operation epoch deadline end rest; do
    [ "$word $uid $operation $end$rest" = "lease $armed_uid $armed_operation end" ] || continue
    is_number "$epoch" && is_number "$deadline" || continue
    [ "$epoch" -ge "$(number_or "$armed_epoch" 1)" ] || continue
    lease=$deadline
  done <"$run/lease.${0##*/}"
  [ -n "$lease" ] || return 1
  echo "$armed_operation $lease end" >"$run/leased.${0##*/}" || return 0
}

# A reader that is too slow on a busy host, or was stopped, changes nothing: the lease that was read last holds until it ends.
recall_lease() {
  for leased in "$run"/leased.*; do
    { read -r operation deadline end <"$leased"; } 2>/dev/null || continue
    [ "$operation $end" = "$armed_operation end" ] && is_number "$deadline" || continue
    if [ "$deadline" -gt "${lease:-0}" ]; then lease=$deadline; fi
  done
  [ -n "$lease" ]
}

# may_stay: whether what is armed may stay; otherwise why_trigger and why say why not.
may_stay() {
  read_clock
  if is_marked; then
    why_trigger=${mark_trigger:-manual} why=${mark_message:-asked to}
  elif ! is_number "$armed_total_deadline" || ! is_number "$armed_max_lease_ms"; then
    why_trigger=record_invalid why="the record of what is armed cannot be read"
  elif [ "$now" -ge "$armed_total_deadline" ]; then
    why_trigger=total_time_over why="the canary's total time of $armed_max_total_ms ms is over"
  elif ! read_lease; then
    why_trigger=lease_missing why="no lease names this canary (a boot takes them all)"
  elif [ "$now" -ge "$lease" ]; then
    why_trigger=lease_lapsed why="the lease lapsed $((now - lease)) ms ago and nobody renewed it"
  elif [ "$lease" -gt $((now + armed_max_lease_ms)) ]; then
    why_trigger=lease_absurd why="the lease reaches further ahead than the $armed_max_lease_ms ms that are allowed"
  else
    return 0
  fi
  return 1
}

# Values away: from here on every start of the engine is one without them.
take_values_away() { rm -f "$values"; }

# point_baseline DIGEST: the baseline's link, by one rename.
point_baseline() {
  ln -sfT "weights/$1.json" "$state/.baseline.$$" && sync "$state" &&
    mv -fT "$state/.baseline.$$" "$baseline" && sync "$state"
}

baseline_is() { [ "$(readlink "$baseline")" = "weights/$1.json" ]; }
