# Root file systems out of the distribution's packages, for machines that no image registry answers.
# shellcheck shell=bash

# download_packages DIRECTORY [SUITE] PACKAGE…: the packages with everything they depend on, as if nothing were installed.
# SUITE (with a leading @) takes them from another release of the same mirror.
download_packages() {
  local directory=$1 apt_dir suite='' mirror
  shift
  case "$1" in @*)
    suite=${1#@}
    shift
    ;;
  esac
  have apt-get || die "no image registry answers and this is not a Debian or Ubuntu machine: connect to a registry and run this again."
  apt_dir=$(mktemp -d)
  mkdir -p "$directory" "$apt_dir/lists/partial" "$apt_dir/archives/partial"
  : >"$apt_dir/status"
  local options=(-o Dir::State::status="$apt_dir/status" -o Dir::Cache::archives="$apt_dir/archives" -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  if [ -n "$suite" ]; then
    mirror=$(apt_mirror)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt_dir/sources.list"
    options+=(-o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$apt_dir/lists")
    apt-get "${options[@]}" update
  elif [ -z "$(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null)" ]; then
    apt-get update
  fi
  apt-get "${options[@]}" install -y --download-only "$@" || { apt-get update && apt-get "${options[@]}" install -y --download-only "$@"; }
  mv "$apt_dir"/archives/*.deb "$directory/"
  rm -rf "$apt_dir"
}

# The mirror this machine takes its packages from.
apt_mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
    awk '!/^#/ && match($0, /https?:\/\/[^ ]+\/debian\/?( |$)/) && !found { print substr($0, RSTART, RLENGTH); found = 1 }' | tr -d ' '
}

# unpack_packages PACKAGES ROOT: lays the files of the packages out, without running anything of theirs.
unpack_packages() {
  local packages=$1 root=$2 package
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{etc,proc,sys,dev,run,root,tmp,var/tmp,var/log}
  chmod 1777 "$root/tmp" "$root/var/tmp"
  local directory
  for directory in bin sbin lib lib64; do [ -e "$root/$directory" ] || ln -s "usr/$directory" "$root/$directory"; done
  for package in "$packages"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  rm -rf "$root"/usr/share/{doc,man,locale,info,lintian,bash-completion,i18n,perl5,zoneinfo} "$root"/usr/lib/*/perl-base
}

# import_rootfs ROOT IMAGE [CHANGE…]: makes an image of it; changes are Dockerfile instructions.
import_rootfs() {
  local root=$1 image=$2 change changes=()
  shift 2
  for change in "$@"; do changes+=(--change "$change"); done
  tar -C "$root" --numeric-owner --owner=0 --group=0 -c . | docker import "${changes[@]}" - "$image" >/dev/null
}

# add_applets ROOT: links for every applet of the busybox in the root, where nothing better stands already.
add_applets() {
  local root=$1 applet
  for applet in $("$root/bin/busybox" --list); do
    [ -e "$root/bin/$applet" ] || [ -e "$root/sbin/$applet" ] || ln -s busybox "$root/bin/$applet"
  done
}
