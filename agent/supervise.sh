#!/bin/sh
# Runs the given command again whenever it ends, until the container is told to stop. Process 1 of a node.
child=
stop() {
  trap '' TERM INT
  [ -n "$child" ] && kill -TERM "$child" 2>/dev/null && wait "$child"
  exit 0
}
trap stop TERM INT
while :; do
  "$@" &
  child=$!
  wait "$child"
  echo "the agent ended with status $?; starting it again" >&2
  sleep 1 &
  wait $!
done
