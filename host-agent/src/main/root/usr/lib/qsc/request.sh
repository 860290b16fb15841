# shellcheck shell=sh disable=SC2086 # a table is a list of words
# What the agent asks for: $asked/request, text of at most 16 KiB, "qsc-request 1" first, "end" last, key=value between.
# It is copied, and the copy judged line by line: a line that matches none of the patterns refuses the whole.

# The agent's request of one of these verbs, checked, its values in request_*; otherwise why says why not.
take_request() {
  request=$run/request.${0##*/}
  request_verb=
  if ! take_from_agent request "$request.taken" || ! hold_fast; then
    why="there is no request that can be read"
  elif ! load request_ "$request"; then
    why="the request is torn, or larger than $agents_largest bytes"
  elif ! is_one_of "$request_verb" "$@"; then
    why="the request does not ask for $*"
  elif ! is_text; then
    why="the request is not text"
  elif ! obeys_table; then
    why="the request holds a line that none may hold, holds one twice, or lacks one"
  else
    return 0
  fi
  return 1
}

# The file that was read as the agent may still be open to whoever meddled with the reader: what is judged is another.
hold_fast() { cp --remove-destination "$request.taken" "$request"; }

is_one_of() {
  sought=$1
  shift
  for one; do
    if [ "$sought" = "$one" ]; then return 0; fi
  done
  return 1
}

is_text() {
  iconv -f UTF-8 -t UTF-8 <"$request" >/dev/null 2>&1 && ! grep -qaP '\x00|\xc2[\x80-\x9f]' "$request"
}

# Every line matches a pattern of the verb's table, and each key of the table is there once. Lists may repeat.
obeys_table() {
  request_table >"$request.table"
  ! grep -qaxEv -e 'qsc-request 1' -e end -f "$request.table" "$request" && awk -F= '
    NR == FNR { keys["end"] = keys[$1] = 1; next }
    FNR == 1 { wrong = $0 != "qsc-request 1" }
    { lines[$1]++ }
    END {
      for (key in keys) {
        if (lines[key] < 1 && key != "violation") wrong = 1
        if (lines[key] > 1 && key != "violation" && key != "weight") wrong = 1
      }
      exit wrong || lines["qsc-request 1"] > 1
    }' "$request.table" "$request"
}

request_table() {
  high=$(printf '\200-\377')
  name="[0-9A-Za-z$high][0-9A-Za-z._:@+$high-]{0,511}"
  id='[0-9A-Za-z-]{1,64}' number='[1-9][0-9]{0,17}' digest='[0-9a-f]{64}' count='[0-9]{1,9}'
  instant='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?Z'
  operation="operation=$id sequence=$number" leader="epoch=$number holder=[0-9A-Za-z._-]{1,128}"
  case $request_verb in
    apply)
      table="$operation $leader attempt=$id step=[0-9]{1,4} model=$name percent=([1-9][0-9]?|100) old_digest=$digest"
      table="$table weight=${name}[[:blank:]](0\\.[0-9]{6}|1\\.000000) lease_deadline=$number"
      table="$table start_timeout_ms=[1-9][0-9]{0,8} gate_events=$count cutover=$instant gate_at=$instant"
      table="$table monitoring_seconds=$count"
      ;;
    promote) table="$operation $leader digest=$digest lease_deadline=$number" ;;
    confirm) table="$operation $leader" ;;
    rollback) table="$operation trigger=[a-z][a-z0-9_]{0,63} violation=.*" ;;
    record) table="$operation duration_seconds=$count checks=$count" ;;
    fence) table=$leader ;;
  esac
  set -f
  printf '%s\n' "verb=$request_verb" 'rollout=[a-z0-9][-a-z0-9]{0,62}/[a-z0-9][-a-z0-9.]{0,252}' "uid=$id" $table
  set +f
}

# The request's weights as the file that both sides name by the same digest: one line, models in the order of their
# bytes, six decimals. False unless they are in order, hold the canary and sum to exactly 1.
render_weights() {
  grep -a '^weight=' "$request" | awk -v canary="$request_model" '
    {
      name = substr($1, 8) ""
      if (NR > 1 && !(last < name)) wrong = 1
      last = name
      if (name == canary) found = 1
      millionths += substr($2, 1, 1) * 1000000 + substr($2, 3)
      json = json (NR == 1 ? "{" : ",") "\"" name "\":" $2
    }
    END {
      print json "}"
      exit !(NR > 0 && NR <= 64 && !wrong && found && millionths == 1000000)
    }'
}
