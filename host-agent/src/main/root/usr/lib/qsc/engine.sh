# shellcheck shell=sh
# The engine as systemd and the kernel have it. Exit codes, DropInPaths, Environment and the main process alone each
# have been seen to lie, so the proof is in the environment of every process of the unit's control group.

engine_properties=LoadState,ActiveState,SubState,Result,InvocationID,NRestarts,Job,ControlGroup,MainPID
engine_properties=$engine_properties,DropInPaths,KillMode,RefuseManualStop,RefuseManualStart,Id,Names

forget_engine() {
  IFS=,
  # shellcheck disable=SC2086 # a list of words
  forget engine_ $engine_properties
  unset IFS
}
forget_engine

# look_at_engine [OTHER UNIT]...: false when systemd does not answer. What it says of other units comes before.
look_at_engine() {
  forget_engine
  { systemctl show --property=$engine_properties -- "$@" "$unit" && echo end; } >"$run/show.${0##*/}" 2>/dev/null
  load engine_ "$run/show.${0##*/}"
}

engine_has_job() { [ "${engine_Job:-0}" != 0 ]; }

# Sets engine_tree to the unit's control group: as systemd has it now, or as it was when the canary was armed.
find_tree() {
  engine_tree=
  tree=${engine_ControlGroup:-$armed_cgroup}
  case $tree in
    /?*) ;;
    *) return 0 ;;
  esac
  for engine_tree in /sys/fs/cgroup/systemd$tree /sys/fs/cgroup$tree; do
    if [ -d "$engine_tree" ]; then return 0; fi
  done
  engine_tree=
}

# Whether the main process that was seen last, main_pid, is still in the unit's control group. Only the kernel is asked.
main_process_runs() {
  main_pid=none
  { read -r main_pid <"$run/main"; } 2>/dev/null
  engine_ControlGroup=
  find_tree
  while read -r pid; do
    if [ "$pid" = "$main_pid" ]; then return 0; fi
  done 2>/dev/null <"${engine_tree:-/dev}/cgroup.procs"
  return 1
}

tree_pids() {
  if [ -n "$engine_tree" ]; then find "$engine_tree" -name cgroup.procs -exec cat {} + 2>/dev/null; fi
}

# still_there FILES: of /proc/<pid>/environ, a line each, the pids that still live in the unit's control group.
still_there() {
  [ -n "$1" ] || return 0
  tree_now=" $(tree_pids | tr '\n' ' ') "
  echo "$1" | while IFS=/ read -r _ _ pid _; do
    case $tree_now in
      *" $pid "*) ;;
      *) continue ;;
    esac
    { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || continue
    case ${stat##*) } in
      [ZX]*) continue ;;
    esac
    echo "$pid"
  done
}

# The engine's processes: pids, those that carry canary values (carriers), and those that were not seen to belong to
# the unit's present start (strangers): a child that has not yet become the engine, or one with an environment of its own.
survey() {
  carriers='' strangers='' environs=''
  find_tree
  pids=$(tree_pids)
  [ -n "$pids" ] || return 0
  # shellcheck disable=SC2086 # one word for each process
  environs=$(printf '/proc/%s/environ ' $pids)
  # shellcheck disable=SC2086
  carriers=$(still_there "$(grep -slz '^QSC_CANARY_' $environs)")
  strangers=$(without "INVOCATION_ID=$engine_InvocationID")
}

# The processes of the survey whose environment does not hold exactly this.
without() {
  # shellcheck disable=SC2086
  still_there "$(grep -sLzxF -e "$1" -- $environs)"
}

# Every process belongs to the present start and carries no value of a canary.
all_on_baseline() {
  survey
  [ -n "$pids" ] && [ -z "$carriers$strangers" ]
}

# all_on_canary WEIGHTS MODEL TRAFFIC: every process belongs to the present start and carries exactly these.
all_on_canary() {
  survey
  [ -n "$pids" ] && [ -z "$strangers" ] && [ -z "$(without "QSC_CANARY_WEIGHTS=$1")" ] &&
    [ -z "$(without "QSC_CANARY_MODEL=$2")" ] && [ -z "$(without "QSC_CANARY_TRAFFIC=$3")" ]
}

# prove CHECK...: waits until CHECK holds after one start has been active for the soak time and did not restart by
# itself. False when the engine gives up, when time is over, or when it must go home meanwhile; why says why.
prove() {
  soak_of=
  while :; do
    may_stay || return 1
    why_trigger=activation_failed
    look_at_engine
    if gave_up; then return 1; fi
    if has_soaked && "$@" && look_at_engine && has_soaked; then return 0; fi
    read_clock
    if [ "$now" -ge "$armed_prove_by" ]; then
      why="the engine was not proved in time: ActiveState=$engine_ActiveState SubState=$engine_SubState"
      if [ -n "$strangers" ]; then why="$why; without its INVOCATION_ID: $(echo "$strangers" | tr '\n' ' ')"; fi
      return 1
    fi
    sleep 0.1
  done
}

# Whether the start that was asked for has failed. (Before it, and between stop and start, a job is there.)
gave_up() {
  [ "$engine_InvocationID" != "$armed_invocation_before" ] || return 1
  why="the engine did not stay up: SubState=$engine_SubState Result=$engine_Result NRestarts=$engine_NRestarts"
  has_crashed && return 0
  [ "$engine_ActiveState" = inactive ] && ! engine_has_job
}

# Failed, or restarted by systemd after a failure. (A restart by hand sets the count back to 0.)
has_crashed() {
  [ "$engine_SubState" = auto-restart ] || [ "${engine_NRestarts:-0}" != 0 ] ||
    { [ "$engine_ActiveState" = failed ] && ! engine_has_job; }
}

# Active without a job, in one start, for as long as the soak time; soak_since is when that start was first seen so.
has_soaked() {
  if [ "$engine_ActiveState" != active ] || engine_has_job ||
    [ "$engine_InvocationID" = "$armed_invocation_before" ]; then
    soak_of=
    return 1
  fi
  read_clock
  if [ "$soak_of" != "$engine_InvocationID" ]; then
    soak_of=$engine_InvocationID soak_since=$now
  fi
  [ $((now - soak_since)) -ge "$armed_soak_ms" ]
}
