#!/bin/sh
# Runs the given command again whenever it ends, until the container is told to stop. Process 1 of a node.
#   TERM, INT: the agent goes, pods run on, as when a kubelet is stopped (`docker stop`).
#   PWR: the node is switched off: the agent ends its pods first (`docker stop --signal SIGPWR --timeout 60`, or `docker kill`).
child=
end() {
  trap '' INT PWR
  [ -n "$child" ] && kill "-$1" "$child" 2>/dev/null && wait "$child"
  exit 0
}
trap 'end TERM' TERM INT
trap 'end PWR' PWR

# Where everything starts at once on few cores, the API server goes first: an agent that starts beside it makes both late. It
# is waited for 3 s at most, because a node has work to do without it, too.
address=${KUBELING_SERVER#https://}
case $address in *:*) ;; *) address=$address:443 ;; esac
attempts=30
until [ -z "$KUBELING_SERVER" ] || [ $attempts -eq 0 ] || nc -w 1 "${address%:*}" "${address##*:}" -e true 2>/dev/null; do
  attempts=$((attempts - 1))
  sleep 0.1
done

while :; do
  "$@" &
  child=$!
  wait "$child"
  echo "the agent ended with status $?; starting it again" >&2
  sleep 1 &
  wait $!
done
