# kubeling/pause: the container that holds a pod's namespaces; what it runs comes with each pod from the agent. kubeling/demo: what the demo Deployment runs.
# shellcheck shell=bash

PAUSE_IMAGE=kubeling/pause
DEMO_IMAGE=kubeling/demo

ensure_pause_image() {
  local version
  version=$(cat "$ROOT/scripts/images/"{pause,demo}* | sha256sum | cut -c1-12)
  [ "$(image_label $PAUSE_IMAGE io.kubeling.version)" = "$version" ] && [ "$(image_label $DEMO_IMAGE io.kubeling.version)" = "$version" ] && return
  step "building the pause and demo images"
  local work
  work=$(mktemp -d)
  mkdir -p "$work/root"/{bin,etc,proc,sys,dev,tmp,www/cgi-bin}
  # Taken out of the base image, so that both ways of making that one lead here.
  local container
  container=$(docker create kubeling/base true)
  docker cp -q "$container:/bin/busybox" "$work/root/bin/busybox" 2>/dev/null || docker cp -L "$container:/bin/busybox" "$work/root/bin/busybox" >/dev/null
  docker rm "$container" >/dev/null
  add_applets "$work/root"
  import_rootfs "$work/root" $PAUSE_IMAGE "LABEL io.kubeling.version=$version"
  install -m 0755 "$ROOT/scripts/images/demo-page.sh" "$work/root/www/cgi-bin/index.cgi"
  import_rootfs "$work/root" $DEMO_IMAGE "LABEL io.kubeling.version=$version" 'EXPOSE 8080' 'CMD ["httpd","-f","-p","8080","-h","/www"]'
  rm -rf "$work"
}
