# shellcheck shell=sh
# What apply, promote, rollback, record, guard and lapse begin with. Their one argument is the instance.

. /usr/lib/qsc/common.sh
for part in armed engine fence ledger request; do
  # shellcheck source=/dev/null
  . "$qsc_lib/$part.sh"
done
name_unit "${1-}"

# The limits that an administrator set when the unit was listed: limits_max_lease_ms and so on.
read_limits() {
  listing=/etc/qsc-agent/units.d/$unit.yaml
  why="$unit is not listed in ${listing%/*}"
  [ -f "$listing" ] || return 1
  for limit in max_lease max_total stop_grace soak; do
    why="$listing does not set $limit to a duration such as 3m"
    milliseconds=$(sed -n "s/^$limit:[[:blank:]]*//p" "$listing" | duration_millis) || return 1
    eval "limits_${limit}_ms=\$milliseconds"
  done
}

# Durations such as 1h30m, 3m, 2s, 500ms, on standard input, in milliseconds.
duration_millis() {
  awk '
    NR == 1 {
      sub(/[ \t]*(#.*)?$/, "")
      rest = $0
      while (match(rest, /^[0-9]+(ms|s|m|h)/)) {
        part = substr(rest, 1, RLENGTH)
        rest = substr(rest, RLENGTH + 1)
        amount = part + 0
        sub(/^[0-9]+/, "", part)
        sum += amount * (part == "ms" ? 1 : part == "s" ? 1000 : part == "m" ? 60000 : 3600000)
        parts++
      }
      right = parts > 0 && rest == ""
    }
    END {
      if (!right || NR != 1) exit 1
      printf "%d\n", sum
    }'
}

# The canary's share as engines are told it: 0.10, 1.00.
traffic() {
  case $armed_percent in
    100) echo 1.00 ;;
    ?) echo "0.0$armed_percent" ;;
    *) echo "0.$armed_percent" ;;
  esac
}

# Whether the engine is one that can be brought home, and runs on its baseline with every process in sight.
is_fit_for_canary() {
  look_at_engine || { why="systemd does not answer" && return 1; }
  is_manageable || return 1
  why="the engine is not active: ActiveState=$engine_ActiveState SubState=$engine_SubState"
  [ "$engine_ActiveState" = active ] && ! engine_has_job || return 1
  survey
  why="a process of the engine cannot be seen to belong to its present start: $(echo "${strangers:-none runs}" | head -n 1)"
  [ -n "$pids" ] && [ -z "$strangers" ] || return 1
  why="the engine carries a canary's values already"
  [ -z "$carriers" ] || load_armed
}

# Whether systemd can stop and start all of this unit, under this one name.
is_manageable() {
  if [ "$engine_LoadState" != loaded ]; then
    why="$unit is not a loaded unit: LoadState=$engine_LoadState"
  elif [ "$engine_Id $engine_Names" != "$unit $unit" ]; then
    why="$unit is an alias or has one: $engine_Names"
  elif [ "$engine_KillMode" = process ] || [ "$engine_KillMode" = none ]; then
    why="KillMode=$engine_KillMode leaves processes with old values behind: use control-group or mixed"
  elif [ "$engine_RefuseManualStop$engine_RefuseManualStart" != nono ]; then
    why="$unit sets RefuseManualStop or RefuseManualStart: nobody could bring it home"
  elif [ -e "$dropin" ] && ! grep -q 'Written and removed by QSC' "$dropin"; then
    why="$dropin is there and was not written by QSC: move it away"
  else
    return 0
  fi
  return 1
}

observed_keys='operation invocation_id digest pids state at message'

# note_observed STATE: what was seen in the processes, for the agent to report.
note_observed() {
  observed_operation=$armed_operation observed_state=$1
  observed_invocation_id=$engine_InvocationID observed_digest=$armed_new_digest
  observed_pids=$(echo "$pids" | head -n 100 | tr '\n' ' ')
  observed_at=$(wall_clock) observed_message=${2-}
  echo "$engine_MainPID" >"$run/main"
  # shellcheck disable=SC2086 # a list of words
  replace_volatile "$run/observed" record observed_ $observed_keys
}

# go_home MESSAGE: what is armed stands, so the way back is the guard's.
go_home() {
  mark_homeward "${why_trigger:-activation_failed}" "$1"
  systemctl start --no-block "qsc-guard@$instance.service"
  die "$unit: operation $armed_operation failed: $1."
}
