# The real kubectl for the compatibility tests: every version that is installed, and one from Debian where none is.
# shellcheck shell=bash

# ensure_kubectl: sets KUBELING_KUBECTLS to the paths of the kubectl binaries to test with, separated by colons.
ensure_kubectl() {
  local found=() installed version
  if have kubectl; then
    installed=$(readlink -f "$(command -v kubectl)")
    for version in 1.28 1.31 1.33; do
      [ -x "$(dirname "$installed")/kubectl.$version" ] && found+=("$(dirname "$installed")/kubectl.$version")
    done
    [ ${#found[@]} -gt 0 ] || found=("$installed")
  else
    [ -x "$STATE/bin/kubectl" ] || {
      step "fetching kubectl from Debian's packages"
      run fetch-kubectl fetch_kubectl
    }
    found=("$STATE/bin/kubectl")
  fi
  KUBELING_KUBECTLS=$(IFS=:; echo "${found[*]}")
  export KUBELING_KUBECTLS
}

fetch_kubectl() {
  local work
  work=$(mktemp -d)
  download_packages "$work/packages" @sid kubectl
  mkdir -p "$work/root" "$STATE/bin"
  dpkg-deb -x "$work"/packages/kubectl_*.deb "$work/root"
  install -m 0755 "$work/root/usr/bin/kubectl" "$STATE/bin/kubectl"
  rm -rf "$work"
}

# ensure_clients: other people's clients, for the tests that use them, where this may install packages; those tests are skipped elsewhere.
ensure_clients() {
  local package missing=()
  may_install || return 0
  for package in python3-kubernetes ruby-kubeclient kubecolor kubetail; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  step "installing clients to test with: ${missing[*]}"
  apt_install "${missing[@]}" >"$STATE/clients.log" 2>&1 || say "they could not be installed; their tests are skipped (see $STATE/clients.log)"
}
