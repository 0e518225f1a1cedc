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
