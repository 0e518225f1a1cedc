# The cluster's addresses must not be somebody else's already.
# shellcheck shell=bash

# check_addresses: dies with the remedy when one of our ranges overlaps a Docker network that is not ours, or a host route.
check_addresses() {
  local taken
  taken=$({
    docker network ls -q | xargs -r docker network inspect --format '{{ $name := .Name }}{{ $ours := index .Labels "io.kubeling.cluster" }}{{ range .IPAM.Config }}{{ .Subnet }} Docker-network:{{ $name }} {{ $ours }}{{ "\n" }}{{ end }}' |
      awk -v ours="$CLUSTER" '$3 != ours && NF > 1 { print $1, $2 }'
    # Routes of Docker's own bridges are the networks above.
    if have ip; then ip -4 route show | awk '$1 ~ /\// && $0 !~ / dev (br-|docker)/ { print $1, "route:" $1 }'; fi
  })
  node "$ROOT/scripts/lib/overlap.js" "$taken" \
    "KUBELING_NODES_CIDR=$KUBELING_NODES_CIDR" "KUBELING_POD_CIDR=$KUBELING_POD_CIDR" "KUBELING_SERVICE_CIDR=$KUBELING_SERVICE_CIDR" || exit 1
}
