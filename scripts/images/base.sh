# kubeling/base: Node and the network tools that a node needs; everything else is built on it.
# shellcheck shell=bash

BASE_IMAGE=kubeling/base
BASE_VERSION=1
REGISTRY_BASE=node:20-bookworm-slim

ensure_base_image() {
  [ "$(image_label $BASE_IMAGE io.kubeling.version)" = "$BASE_VERSION" ] && return
  if image_exists $REGISTRY_BASE || timeout 300 docker pull -q $REGISTRY_BASE >/dev/null 2>&1; then
    step "building the base image on $REGISTRY_BASE"
    run build-base docker build -q -t $BASE_IMAGE --label io.kubeling.version=$BASE_VERSION -f - "$ROOT/scripts/images" <<DOCKERFILE
FROM $REGISTRY_BASE
RUN apt-get update && apt-get install -y --no-install-recommends nftables iproute2 conntrack procps busybox-static && rm -rf /var/lib/apt/lists/*
DOCKERFILE
  else
    step "no registry answers: assembling the base image from the distribution's packages and this machine's Node"
    run assemble-base assemble_base_image
  fi
}

assemble_base_image() {
  local work
  work=$(mktemp -d)
  download_packages "$work/packages" libc6 libstdc++6 libgcc-s1 nftables iproute2 conntrack busybox-static
  unpack_packages "$work/packages" "$work/root"
  add_applets "$work/root"
  local node
  node=$(node -p process.execPath)
  install -D -m 0755 "$node" "$work/root/usr/bin/node"
  # A Node that the distribution links against more than the C and C++ libraries brings those with it.
  ldd "$node" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
    [ -e "$work/root$library" ] || install -D -m 0755 "$(readlink -f "$library")" "$work/root$library"
  done
  chroot "$work/root" /usr/bin/node --version
  import_rootfs "$work/root" $BASE_IMAGE "LABEL io.kubeling.version=$BASE_VERSION" 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'CMD ["node"]'
  rm -rf "$work"
}
