#!/bin/sh
# Process 1 of every pod. GATEWAY and POD_CIDR (pods with a network of their own) send all traffic, also that to pods of the
# same node, through the node: there Services are translated. Then it waits, and reaps whatever is orphaned to it.
trap 'exit 0' TERM INT
if [ -n "$GATEWAY" ]; then
  ip route replace "$GATEWAY" dev eth0 && ip route replace default via "$GATEWAY" && ip route del "$POD_CIDR" || exit 1
fi
while :; do
  sleep 2147483647 &
  wait $!
done
