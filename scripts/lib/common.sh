# Shared by every script: where things are, how to talk to the user, how to try again.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CLUSTER=${KUBELING_CLUSTER:-kubeling}
STATE=${KUBELING_STATE:-$ROOT/.kubeling}
KUBECONFIG_FILE=$STATE/kubeconfig

# Everything below stands in compose.yaml too, which reads these variables.
export KUBELING_CLUSTER=$CLUSTER
export KUBELING_API_PORT=${KUBELING_API_PORT:-6443}
export KUBELING_NODES_CIDR=${KUBELING_NODES_CIDR:-172.30.0.0/24}
export KUBELING_POD_CIDR=${KUBELING_POD_CIDR:-10.244.0.0/16}
export KUBELING_SERVICE_CIDR=${KUBELING_SERVICE_CIDR:-10.96.0.0/16}
export KUBELING_DOCKER_SOCKET=${KUBELING_DOCKER_SOCKET:-/var/run/docker.sock}

started=$(date +%s)
say() { printf '%s\n' "$*"; }
step() { printf '\033[1m%4ss\033[0m %s\n' "$(($(date +%s) - started))" "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# run LOG COMMAND…: quiet while it works, the end of its output when it fails.
run() {
  local log=$STATE/$1.log
  shift
  mkdir -p "$STATE"
  # In the background, because bash does not stop at errors inside the condition of an `if`.
  "$@" >"$log" 2>&1 </dev/null &
  if ! wait $!; then
    tail -n 30 "$log" >&2
    die "'$*' failed; the whole output is in $log"
  fi
}

# until_true SECONDS WHAT COMMAND…: waits for a command to succeed.
until_true() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$deadline" ] || die "$what did not happen within $seconds s"
    sleep 0.2
  done
}

is_debian() { [ -r /etc/os-release ] && grep -qE '^(ID|ID_LIKE)=.*(debian|ubuntu)' /etc/os-release; }
may_install() { is_debian && [ "$(id -u)" = 0 ] && have apt-get; }

# apt_install PACKAGE…: refreshes the package lists only when they are missing or the first try fails.
apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; }
}
