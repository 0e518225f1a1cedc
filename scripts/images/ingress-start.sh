#!/bin/sh
# Process 1 of the ingress proxy: HAProxy under a master of its own, which is told whenever the mounted configuration has changed.
# The new process takes the listening sockets over from the old one, which finishes what it has begun. A configuration that does not
# hold is said so of, and the one before stays.
directory=/config
config=$directory/haproxy.cfg
master=

holds() { haproxy -c -q -f "$config"; }
end() {
  trap '' TERM INT
  # What has been begun is finished, as long as the pod is given time.
  [ -n "$master" ] && kill -USR1 "$master" && wait "$master"
  exit 0
}
trap end TERM INT

until [ -e "$config" ] && holds; do
  sleep 1 &
  wait $!
done
haproxy -W -f "$config" &
master=$!

# A volume changes as a whole, when ..data is led to another directory.
inotifywait -q -m -e moved_to -e create --format %f "$directory" | while read -r name; do
  [ "$name" = ..data ] || continue
  if holds; then kill -USR2 "$master"; else echo "the new configuration does not hold; the one before stays" >&2; fi
done &

wait "$master"
exit 1
