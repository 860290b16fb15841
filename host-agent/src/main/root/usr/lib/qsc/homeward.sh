# shellcheck shell=sh
# The way home of what is armed, as far as it was gone: $run/homeward, of the guard and of a rollback that goes ahead.
#   since                   when it began
#   restarted restarted_at  the start that was asked to end, and when
#   reset                   the start whose failures were forgotten
#   failed                  the engine had failed, which nobody sees once that is forgotten
#   relink stale            see restore_baseline
#   proved                  when every process was first seen on the baseline

homeward_keys='since restarted restarted_at reset failed relink stale proved'
# shellcheck disable=SC2086 # a list of words
forget homeward_ $homeward_keys

# Whether nobody else has begun it. What homeward_* hold by then is the record that all others find.
begin_homeward() {
  [ ! -e "$run/homeward" ] || return 1
  homeward_since=$now
  print_homeward >"$run/homeward.of.${0##*/}" && ln -T "$run/homeward.of.${0##*/}" "$run/homeward" 2>/dev/null
}

note_homeward() { replace_volatile "$run/homeward" print_homeward; }

# shellcheck disable=SC2086
print_homeward() { record homeward_ $homeward_keys; }
