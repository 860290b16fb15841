# shellcheck shell=sh
# The ledger of this host: one JSON object a line, each chained to the one before. Its hash is the SHA-256 of the line
# without the member "hash" itself; the first record's prev is 64 zeros. Text in records was checked or stripped of
# quotes, backslashes and control characters where it came in. A ledger that has grown large is set aside under the number
# of its first record, and the chain goes on in a new one.

ledger=$ledger_dir/qsc_canary.jsonl
ledger_largest=16777216
reserve=$ledger_dir/.reserve

# append ACTION MEMBERS [SECONDS]: one more record, on the disk; false when it could not be written, and $ledger_busy when
# the ledger was not free within that many seconds.
ledger_busy=75
append() {
  { flock -E "$ledger_busy" -w "${3:-5}" 8 && append_alone "$1" "$2"; } 8>>"$ledger_dir/.lock"
}

append_alone() {
  mend && rotate && chain "$1" "$2" && return 0
  rm -f "$reserve" # the disk is full: this is what it was reserved for
  mend && chain "$1" "$2"
}

# chain ACTION MEMBERS [FILE]: the record that follows the ledger's last one, into the ledger or another file.
chain() {
  read_end
  line="{\"timestamp\":\"$(wall_clock)\",\"action\":\"$1\",$2,\"seq\":$((seq + 1)),\"prev\":\"$prev\""
  hash=$(printf '%s}' "$line" | sha256sum | cut -c1-64)
  printf '%s,"hash":"%s"}\n' "$line" "$hash" >>"${3-$ledger}" && sync "${3-$ledger}"
}

# Sets seq and prev to the number and the hash of the ledger's last record.
read_end() {
  last=$(tail -n 1 "$ledger")
  seq=${last##*\"seq\":} prev=${last##*\"hash\":\"}
  seq=${seq%%,*} prev=${prev%\"\}}
  if [ -z "$last" ]; then
    seq=0 prev=$(printf '%064d' 0)
  fi
}

# The new ledger begins with a record that follows the old one's last, and takes its place at once: cut short anywhere,
# the next append goes on from the one that is there.
rotate() {
  [ "$(wc -c <"$ledger")" -ge $ledger_largest ] || return 0
  first=$(head -n 1 "$ledger")
  first=${first##*\"seq\":}
  aside=$(printf '%s/qsc_canary.%012d.jsonl' "$ledger_dir" "${first%%,*}")
  rm -f "$ledger.new"
  chain ledger_rotated "\"evidence\":{\"former\":\"$aside\"}" "$ledger.new" && own "$ledger.new" private &&
    cp -lfT "$ledger" "$aside" && mv -fT "$ledger.new" "$ledger" && sync "$ledger_dir"
}

# A write that was cut short leaves a piece of a line: it is cut off, and a record tells.
mend() {
  [ -e "$ledger" ] || { true >"$ledger" && own "$ledger" private && sync "$ledger_dir"; } || return 1
  [ -n "$(tail -c 1 "$ledger")" ] || return 0
  whole=$(head -n "$(wc -l <"$ledger")" "$ledger" | wc -c)
  torn=$(($(wc -c <"$ledger") - whole))
  torn_digest=$(tail -c "$torn" "$ledger" | sha256sum | cut -c1-64)
  truncate -s "$whole" "$ledger" &&
    chain ledger_mended "\"evidence\":{\"torn_bytes\":$torn,\"torn_sha256\":\"$torn_digest\"}"
}

# Room for the records that are to come, in the ledger and in the unit's state, taken before anything is done.
reserve_room() { fallocate -l 65536 "$reserve" && fallocate -l 16384 "$state/.reserve"; }

# Whether the newest records hold this action of this operation: a repeated step does not write twice.
is_recorded() {
  tail -q -n 200 "$ledger_dir"/qsc_canary.*jsonl 2>/dev/null | grep -F "\"action\":\"$1\"" | grep -qF "\"operation\":\"$2\""
}

# The members that every record of a canary ends with. identity OPERATION TRIGGER EVIDENCE
identity() {
  printf '"trigger":"%s","unit":"%s","rollout":"%s","uid":"%s","attempt":"%s","operation":"%s","evidence":%s' \
    "$2" "$unit" "$armed_rollout" "$armed_uid" "$armed_attempt" "$1" "$3"
}

digests() {
  printf '"baseline_digest":"%s","canary_digest":"%s","step":%s,"invocation_id":"%s"' \
    "$armed_old_digest" "$armed_new_digest" "${armed_step:-null}" "$engine_InvocationID"
}

hours() { awk -v seconds="$1" 'BEGIN { printf "%.6g", seconds / 3600 }'; }

record_activation() {
  append canary_activated "$(
    printf '"canary_model":"%s","canary_weight":%s,' "$armed_model" "$(traffic)"
    printf '"weights":%s,"cutover_ts":"%s",' "$(cat "$state/weights/$armed_new_digest.json")" "$armed_cutover"
    printf '"quality_gate_events":%s,' "$armed_gate_events"
    printf '"monitoring_duration_hours":%s,' "$(hours "$armed_monitoring_seconds")"
    printf '"rollback_cmd":"systemctl start qsc-rollback@%s",' "$unit"
    printf '"systemd_override":"%s",' "$state/weights/$armed_new_digest.json"
    printf '"baseline_weights_file":"%s",' "$state/weights/$armed_old_digest.json"
    identity "$armed_operation" quality_gate "{\"gate_at\":\"$armed_gate_at\",$(digests)}"
  )"
}

record_promotion() {
  append canary_promoted "$(
    printf '"canary_model":"%s",' "$armed_model"
    printf '"baseline_weights_file":"%s",' "$state/weights/$armed_new_digest.json"
    identity "$armed_operation" promote "{$(digests)}"
  )"
}

# record_completion OPERATION SECONDS CHECKS
record_completion() {
  append monitoring_completed "$(
    printf '"canary_model":"%s","duration_hours":%s,' "$armed_model" "$(hours "$2")"
    printf '"checks_performed":%s,"violations":null,"result":"safe",' "$3"
    identity "$1" monitoring "{$(digests)}"
  )"
}

# A rollback does not wait for the ledger; its guard asks again.
record_rollback() {
  append rollback_executed "$(
    printf '"canary_model":"%s","violations":%s,' "$armed_model" "$(violations)"
    if [ "$mark_trigger" = manual ]; then
      printf '"baseline_restored":"%s",' "$state/weights/$armed_old_digest.json"
    fi
    identity "$armed_operation" "$mark_trigger" "{\"reason\":\"$mark_message\",$(digests)}"
  )" 0.2
}

# The mark's violations as a JSON array, or null.
violations() {
  sed -n 's/^violation=//p' "$run/rollback" 2>/dev/null | tr -d '\000-\011\013-\037\177\042\134' |
    awk '{ printf "%s\"%s\"", NR == 1 ? "[" : ",", $0 } END { printf NR ? "]" : "null" }'
}
