# kubeling/ingress: HAProxy out of Debian's package, and what makes it follow its configuration (ingress-start.sh).
# shellcheck shell=bash

INGRESS_IMAGE=kubeling/ingress
INGRESS_BASE=debian:bookworm-slim

ensure_ingress_image() {
  local version
  version=$(cat "$ROOT/scripts/images/ingress"* | sha256sum | cut -c1-12)
  [ "$(image_label $INGRESS_IMAGE io.kubeling.version)" = "$version" ] && return
  if image_exists $INGRESS_BASE || timeout 300 docker pull -q $INGRESS_BASE >/dev/null 2>&1; then
    step "building the ingress image on $INGRESS_BASE"
    run image-ingress docker build -q -t $INGRESS_IMAGE --label "io.kubeling.version=$version" -f - "$ROOT/scripts/images" <<DOCKERFILE
FROM $INGRESS_BASE
RUN apt-get update && apt-get install -y --no-install-recommends haproxy inotify-tools && rm -rf /var/lib/apt/lists/*
COPY ingress-start.sh /start
ENTRYPOINT ["/start"]
DOCKERFILE
  else
    step "no registry answers: assembling the ingress image from the distribution's packages"
    run image-ingress assemble_ingress_image "$version"
  fi
}

assemble_ingress_image() {
  local version=$1 work
  work=$(mktemp -d)
  download_packages "$work/packages" haproxy inotify-tools busybox-static
  # What the packages need to be installed, not to run, stays out.
  rm -f "$work/packages"/{adduser,passwd,login,base-passwd,debconf,perl,dpkg,tar,init-system-helpers,lsb-base,sysvinit,systemd}*.deb
  unpack_packages "$work/packages" "$work/root"
  add_applets "$work/root"
  install -m 0755 "$ROOT/scripts/images/ingress-start.sh" "$work/root/start"
  chroot "$work/root" /usr/sbin/haproxy -v
  import_rootfs "$work/root" $INGRESS_IMAGE "LABEL io.kubeling.version=$version" 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'ENTRYPOINT ["/start"]'
  rm -rf "$work"
}
