# shellcheck shell=sh
# What root remembers of the rollouts that a unit served, a record for each uid, across boots: the highest epoch and its
# holder, the tombstone (operations up to that sequence are dead), the last operation and how it ended. Read, changed
# and written only within `locked`.

fence_keys='uid rollout epoch holder tombstone operation sequence state message at recorded'
fences_kept=32

# False when there is one that cannot be read: forgetting it could bring back what is dead.
load_fence() {
  # shellcheck disable=SC2086 # a list of words
  forget fence_ $fence_keys
  fence_uid=$1 fence_epoch=0 fence_tombstone=0 fence_sequence=0 fence_state=Idle
  [ ! -e "$state/fences/$1" ] || load fence_ "$state/fences/$1"
}

save_fence() {
  fence_at=$(wall_clock_millis)
  # shellcheck disable=SC2086
  record fence_ $fence_keys | replace "$state/fences/$fence_uid" private
}

# conclude STATE MESSAGE: how the loaded fence's last operation ended, or where it stands.
conclude() {
  fence_state=$1 fence_message=$2
  save_fence
}

# conclude_armed STATE MESSAGE: the same for what is armed, with the tombstone of whoever marked it.
conclude_armed() {
  load_fence "$armed_uid"
  if [ "$(number_or "${mark_tombstone-}" 0)" -gt "$fence_tombstone" ]; then fence_tombstone=$mark_tombstone; fi
  fence_rollout=$armed_rollout fence_operation=$armed_operation
  if [ "$armed_sequence" -gt "$fence_sequence" ]; then fence_sequence=$armed_sequence; fi
  conclude "$1" "$2"
}

# Whether (epoch, holder) may speak for the fence's rollout; otherwise why says why not.
may_speak() {
  if [ "$1" -lt "$fence_epoch" ]; then
    why="epoch $1 is over: $fence_epoch of $fence_holder was seen"
  elif [ "$1" -eq "$fence_epoch" ] && [ "$2" != "$fence_holder" ]; then
    why="epoch $1 belongs to $fence_holder, not to $2"
  else
    return 0
  fi
  return 1
}

# Whether an operation of this sequence may still begin; otherwise why says why not.
may_begin() {
  if [ "$1" -le "$fence_tombstone" ]; then
    why="operation $1 was rolled back before it came: every sequence up to $fence_tombstone is dead"
  elif [ "$1" -le "$fence_sequence" ]; then
    why="operation $1 comes after operation $fence_sequence, which is newer"
  else
    return 0
  fi
  return 1
}

# Keeps the newest fences.
prune_fences() {
  # shellcheck disable=SC2012 # uids have no odd characters
  ls -t "$state/fences" | tail -n +$((fences_kept + 1)) | while read -r old; do rm -f "$state/fences/$old"; done
}
