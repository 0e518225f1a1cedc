# A Docker engine that answers, and a compose command.
# shellcheck shell=bash

docker_answers() { docker info >/dev/null 2>&1; }

ensure_docker() {
  if ! docker_answers; then
    if ! have dockerd; then
      may_install || die "no Docker engine answers here: install Docker (https://docs.docker.com/engine/install/), start it, and run this again."
      step "installing Docker from the distribution"
      run install-docker apt_install docker.io iptables
    fi
    step "starting Docker"
    start_dockerd
    until_true 60 "an answer from Docker (its log: $STATE/dockerd.log)" docker_answers
  fi
  if ! docker compose version >/dev/null 2>&1 && ! have docker-compose; then
    may_install || die "neither 'docker compose' nor 'docker-compose' is here: install Docker's compose plugin and run this again."
    step "installing docker-compose from the distribution"
    run install-compose apt_install docker-compose
  fi
}

start_dockerd() {
  mkdir -p "$STATE"
  if [ -d /run/systemd/system ] && have systemctl; then
    systemctl start docker
  else
    [ "$(id -u)" = 0 ] || die "the Docker engine is installed but not running: start it and run this again."
    # A pid file of a machine that went down hard keeps the engine from starting.
    if [ -f /var/run/docker.pid ] && ! kill -0 "$(cat /var/run/docker.pid)" 2>/dev/null; then rm -f /var/run/docker.pid; fi
    setsid nohup dockerd >"$STATE/dockerd.log" 2>&1 </dev/null &
  fi
}

compose() {
  local arguments=(-f "$ROOT/compose.yaml" -p "$CLUSTER" --project-directory "$ROOT")
  # Of several machines: this one is reached by the others at this address.
  [ -z "${KUBELING_ADDRESS:-}" ] || arguments=(-f "$ROOT/compose.yaml" -f "$ROOT/compose.machines.yaml" "${arguments[@]:2}")
  if docker compose version >/dev/null 2>&1; then
    docker compose "${arguments[@]}" "$@"
  else
    docker-compose "${arguments[@]}" "$@"
  fi
}

image_exists() { docker image inspect "$1" >/dev/null 2>&1; }
image_label() { docker image inspect --format "{{ index .Config.Labels \"$2\" }}" "$1" 2>/dev/null || true; }
