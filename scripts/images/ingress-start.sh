#!/bin/sh
# Process 1 of the ingress proxy: starts HAProxy, and another one whenever the mounted configuration has changed. The new one is given
# the listening sockets by the old one, which then finishes what it has begun. A configuration that does not hold is said so of, and
# the one before stays.
directory=/config
config=$directory/haproxy.cfg
# Where the running one gives its sockets away; haproxy.cfg names it.
socket=/run/haproxy.sock
events=/run/events
current=
# Those that finish what they have begun.
former=

holds() { haproxy -c -q -f "$config"; }
# Every former one is told to finish, also by a third one: the second may have been told so itself before it could tell the first.
start() {
  local pid running=
  for pid in $former $current; do if kill -0 "$pid" 2>/dev/null; then running="$running $pid"; fi; done
  former=$running
  # shellcheck disable=SC2086 # they are several words
  if [ -n "$former" ]; then haproxy -db -f "$config" -x "$socket" -sf $former & else haproxy -db -f "$config" & fi
  current=$!
}
end() {
  trap '' TERM INT
  # What has been begun is finished, as long as the pod is given time.
  [ -n "$current" ] && kill -USR1 "$current" && wait "$current"
  exit 0
}
trap end TERM INT

# A volume changes as a whole, when ..data is led to another directory. Watched from before the first look on.
mkdir -p /run && mkfifo "$events"
inotifywait -q -m -e moved_to -e create --format %f "$directory" >"$events" &
exec 3<"$events"

until [ -e "$config" ] && holds; do
  sleep 1 &
  wait $!
done
start
# `jobs` takes note of those that have ended; now and then it is looked whether the current one has.
while jobs >/dev/null && kill -0 "$current" 2>/dev/null; do
  read -r -t 10 name <&3 || continue
  [ "$name" = ..data ] || continue
  if holds; then start; else echo "the new configuration does not hold; the one before stays" >&2; fi
done
echo 'HAProxy has ended' >&2
exit 1
