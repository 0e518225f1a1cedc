# Networks that an earlier cluster of the same name left behind.
# shellcheck shell=bash

# check_leftover_networks: removes networks of the cluster when it has no containers and no data any more; dies with the remedy when
# the engine keeps one. After much coming and going, engines of version 20.10 miscount a network's endpoints and keep it until
# they are started again; its range is then nobody else's to have, and nodes would wait for theirs without end.
check_leftover_networks() {
  local label="label=io.kubeling.cluster=$CLUSTER" network refusal
  [ -z "$(docker ps -aq --filter "$label")" ] || return 0
  [ -z "$(docker volume ls -q --filter "$label")" ] || return 0
  for network in $(docker network ls --filter "$label" --format '{{ .Name }}'); do
    refusal=$(docker network rm "$network" 2>&1 >/dev/null) && continue
    die "the network $network of an earlier cluster '$CLUSTER' cannot be removed: $refusal
Nothing is connected to it, the engine has lost count. Start the Docker engine again (systemctl restart docker, or Restart in
Docker Desktop) and run this again; or take another name and other ranges meanwhile: KUBELING_CLUSTER, KUBELING_NODES_CIDR,
KUBELING_POD_CIDR and KUBELING_SERVICE_CIDR."
  done
}
