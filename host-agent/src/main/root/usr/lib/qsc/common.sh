# shellcheck shell=sh
# What every helper of the host shares: names, clock, records, the lock of a unit.
#
# A record is a text file of key=value lines that ends with the line "end"; it is replaced by rename, so that a reader
# sees the old one or the new one. Keys become variables behind a prefix: `load armed_ FILE` sets armed_stage and so on.
# Values are only ever expanded, never run.

export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
cd / || exit 1

qsc_lib=/usr/lib/qsc
qsc_group=qsc-agent
ledger_dir=/var/log/qsc

# Syslog priorities, which journald takes from the start of a line: warning, since the guard's notices would drown in
# those of its ticks, and error.
say() { echo "<4>$*"; }
complain() { echo "<3>$*" >&2; }
die() {
  complain "$*"
  exit 1
}

# Every path of one unit, from the instance's name: the unit's name without ".service", taken as it is.
name_unit() {
  case $1 in
    '' | -* | .* | *[!A-Za-z0-9:_.@-]*) die "'$1' cannot name a unit here: letters, digits and :_.@- only." ;;
  esac
  [ ${#1} -le 200 ] || die "The unit's name is longer than 200 characters."
  instance=$1
  unit=$1.service
  state=/var/lib/qsc/$unit
  run=/run/qsc/$unit
  asked=/run/qsc-agent/$unit
  values=$run/canary.env
  dropin=/etc/systemd/system/$unit.d/qsc_canary.conf
  baseline=$state/baseline_model_weights.json
  [ -d "$run" ] || mkdir -p "$run"
}

# now: CLOCK_BOOTTIME in milliseconds. (Read through a 1 so that a fraction such as .08 is no octal number.)
read_clock() {
  read -r now _ </proc/uptime
  now=$((${now%.*} * 1000 + 1${now#*.}0 - 1000))
}

wall_clock() { date -u +%Y-%m-%dT%H:%M:%SZ; }
wall_clock_millis() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }

is_number() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ ${#1} -le 18 ]
}

number_or() { if is_number "$1"; then echo "$1"; else echo "$2"; fi; }

# load PREFIX FILE: false when the file is missing or torn, and then what was read of it is set nevertheless.
load() {
  load_end=
  [ -f "$2" ] || return 1
  while IFS= read -r load_line; do
    load_end=$load_line
    case ${load_line%%=*} in
      "$load_line" | '' | *[!A-Za-z_]*) continue ;;
    esac
    eval "$1${load_line%%=*}=\${load_line#*=}"
  done <"$2"
  [ "$load_end" = end ]
}

# forget PREFIX KEY...
forget() {
  forget_prefix=$1
  shift
  for forget_key; do eval "$forget_prefix$forget_key="; done
}

# record PREFIX KEY...: the variables as a record's lines.
record() {
  record_prefix=$1
  shift
  for record_key; do
    eval "record_value=\$$record_prefix$record_key"
    printf '%s=%s\n' "$record_key" "$record_value"
  done
  echo end
}

# replace FILE MODE: standard input becomes the file, whole and on the disk, or the old one stays.
replace() {
  replace_fresh=${1%/*}/.${1##*/}.$$
  if cat >"$replace_fresh" && own "$replace_fresh" "$2" && sync "$replace_fresh" && mv -fT "$replace_fresh" "$1" &&
    sync "${1%/*}"; then
    return 0
  fi
  rm -f "$replace_fresh"
  return 1
}

# replace_volatile FILE COMMAND...: the same with a command's output, on tmpfs, where there is no disk to wait for.
replace_volatile() {
  replaced=$1
  shift
  if "$@" >"$replaced.$$" && mv -fT "$replaced.$$" "$replaced"; then return 0; fi
  rm -f "$replaced.$$"
  return 1
}

# A file that only root and the agent may read, or anybody.
own() {
  case $2 in
    private) chgrp "$qsc_group" "$1" && chmod 0640 "$1" ;;
    public) chmod 0644 "$1" ;;
  esac
}

link_target() { readlink -f -- "$1" 2>/dev/null; }
digest_of() { sha256sum <"$1" | cut -c1-64; }

# locked COMMAND...: alone among the helpers of this unit. The commands are short and wait for nothing; whoever holds
# the lock for longer was stopped in the middle, and is ended, which releases it.
locked() {
  {
    if ! flock -w 0.2 9; then
      complain "A helper of $unit holds its lock and does not move: ending the helpers."
      end_other_helpers
      flock -w 0.2 9 || complain "The lock of $unit is not released: going on without it."
    fi
    "$@"
  } 9>"$run/lock"
}

end_other_helpers() {
  for other in apply promote record rollback guard; do
    [ "$other" = "${0##*/}" ] || systemctl kill --signal=KILL "qsc-$other@$instance.service" 2>/dev/null
  done
}
