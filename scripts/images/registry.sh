# kubeling/registry: a real registry, out of Debian's package, for the tests of pulls; registry-start.sh is how it starts.
# shellcheck shell=bash

REGISTRY_IMAGE=kubeling/registry

ensure_registry_image() {
  local version
  version=$(cat "$ROOT/scripts/images/registry"* | sha256sum | cut -c1-12)
  [ "$(image_label $REGISTRY_IMAGE io.kubeling.version)" = "$version" ] && return
  step "building the registry image"
  run image-registry build_registry "$version"
}

build_registry() {
  local version=$1 work
  work=$(mktemp -d)
  download_packages "$work/packages" docker-registry busybox-static
  # What the package needs to be installed, not to run, stays out.
  find "$work/packages" -name '*.deb' ! -name 'docker-registry_*' ! -name 'busybox-static_*' ! -name 'libc6_*' ! -name 'libgcc-s1_*' -delete
  unpack_packages "$work/packages" "$work/root"
  add_applets "$work/root"
  install -m 0755 "$ROOT/scripts/images/registry-start.sh" "$work/root/start"
  import_rootfs "$work/root" $REGISTRY_IMAGE "LABEL io.kubeling.version=$version" 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' 'EXPOSE 5000' 'ENTRYPOINT ["/start"]'
  rm -rf "$work"
}
