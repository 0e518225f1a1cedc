# Images for examples and tests under the names that manifests use, for machines that no registry answers: the real programs,
# out of the distribution's packages. With a registry, Docker pulls the real images and none of this runs.
# shellcheck shell=bash

# Which names stand for which of our images.
BUSYBOX_NAMES=(busybox busybox:1.28 busybox:1.35 busybox:1.36 busybox:1.37)
NGINX_NAMES=(nginx nginx:1.7.9 nginx:1.14.2 nginx:1.16.1 nginx:1.25 nginx:1.26 nginx:1.27 nginx:alpine)
WORKLOADS_VERSION=2

ensure_workload_images() {
  [ "$(image_label busybox:1.36 io.kubeling.version)" = "$WORKLOADS_VERSION" ] && [ "$(image_label nginx:1.27 io.kubeling.version)" = "$WORKLOADS_VERSION" ] && return
  if image_exists busybox:1.36 && image_exists nginx:1.27; then return; fi
  if timeout 120 docker pull -q busybox:1.36 >/dev/null 2>&1 && timeout 300 docker pull -q nginx:1.27 >/dev/null 2>&1; then return; fi
  step "no registry answers: building busybox and nginx images from the distribution's packages"
  run workload-busybox build_busybox
  run workload-nginx build_nginx
}

build_busybox() {
  local work
  work=$(mktemp -d)
  # Debian 12's busybox crashes on `wget -T`: take the one of the release after it where the mirror has it.
  download_packages "$work/packages" @trixie busybox-static || download_packages "$work/packages" busybox-static
  rm -f "$work/packages"/{libc,libgcc,gcc}*.deb
  unpack_packages "$work/packages" "$work/root"
  add_applets "$work/root"
  mkdir -p "$work/root/home"
  import_rootfs "$work/root" busybox "LABEL io.kubeling.version=$WORKLOADS_VERSION" 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'CMD ["sh"]'
  local name
  for name in "${BUSYBOX_NAMES[@]}"; do docker tag busybox "$name"; done
  rm -rf "$work"
}

build_nginx() {
  local work
  work=$(mktemp -d)
  download_packages "$work/packages" nginx-light busybox-static
  unpack_packages "$work/packages" "$work/root"
  add_applets "$work/root"
  printf 'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n' >>"$work/root/etc/passwd"
  printf 'www-data:x:33:\n' >>"$work/root/etc/group"
  mkdir -p "$work/root/usr/share/nginx/html" "$work/root/var/log/nginx" "$work/root/var/lib/nginx" "$work/root/etc/nginx/conf.d" "$work/root/run"
  ln -sf /dev/stdout "$work/root/var/log/nginx/access.log"
  ln -sf /dev/stderr "$work/root/var/log/nginx/error.log"
  rm -rf "$work/root"/etc/nginx/{sites-enabled,modules-enabled}
  cat >"$work/root/etc/nginx/nginx.conf" <<'NGINX'
user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log notice;
events { worker_connections 512; }
http {
  include mime.types;
  access_log /var/log/nginx/access.log;
  include /etc/nginx/conf.d/*.conf;
}
NGINX
  cat >"$work/root/etc/nginx/conf.d/default.conf" <<'NGINX'
server {
  listen 80;
  root /usr/share/nginx/html;
  index index.html;
}
NGINX
  echo '<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>' >"$work/root/usr/share/nginx/html/index.html"
  import_rootfs "$work/root" nginx "LABEL io.kubeling.version=$WORKLOADS_VERSION" 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'EXPOSE 80' 'CMD ["nginx","-g","daemon off;"]'
  # An import cannot set the signal that nginx stops gracefully on.
  printf 'FROM nginx\nSTOPSIGNAL SIGQUIT\n' | docker build -q -t nginx -
  local name
  for name in "${NGINX_NAMES[@]}"; do docker tag nginx "$name"; done
  rm -rf "$work"
}
