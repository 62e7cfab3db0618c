# shellcheck shell=bash
# A Debian arm64 root file system under emulation, dressed as a Jetson: made once, kept in .cache/arm64, copied for a run.
# Needs root and the Debian packages mmdebstrap and qemu-user-static.

ARM64_CACHE="$CACHE/arm64"
ARM64_BASE="$ARM64_CACHE/base"
ARM64_RUN="$ARM64_CACHE/run"
EMULATOR=/usr/bin/qemu-aarch64-static
BINFMT=/proc/sys/fs/binfmt_misc
# What JetPack's image has already, or has in the same form; the installer brings the rest.
BASE_PACKAGES=ca-certificates,procps,python3-minimal
# Part of the base's name in the cache: raised when what is in it changes.
BASE_VERSION=1

require_emulation() {
  [ "$(id -u)" -eq 0 ] || { say 'this makes a root file system: run it as root'; exit 1; }
  if ! command -v mmdebstrap >/dev/null || [ ! -x "$EMULATOR" ]; then
    say 'missing; run: apt-get install --no-install-recommends mmdebstrap qemu-user-static g++-aarch64-linux-gnu'
    exit 1
  fi
  [ -e "$BINFMT/register" ] || mount -t binfmt_misc binfmt_misc "$BINFMT"
  [ -e "$BINFMT/qemu-aarch64" ] || cat /usr/lib/binfmt.d/qemu-aarch64.conf >"$BINFMT/register"
}

make_base() {
  rm -rf "$ARM64_BASE.new"
  mmdebstrap --variant=minbase --architectures=arm64 --include="$BASE_PACKAGES" --mode=root \
    --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$ARM64_BASE.new"
  echo "$BASE_VERSION" >"$ARM64_BASE.new/.base-version"
  mv "$ARM64_BASE.new" "$ARM64_BASE"
}

base_is_there() { [ "$(cat "$ARM64_BASE/.base-version" 2>/dev/null)" = "$BASE_VERSION" ]; }

# As an Orin with JetPack 6.2 shows itself to whoever reads the files that NVIDIA documents.
dress_as_jetson() {
  local root="$1"
  cat >"$root/etc/nv_tegra_release" <<'TEXT'
# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 01:49:37 UTC 2025
# KERNEL_VARIANT: oot
TARGET_USERSPACE_LIB_DIR=nvidia
TARGET_USERSPACE_LIB_DIR_PATH=usr/lib/aarch64-linux-gnu/nvidia
TEXT
  cat >>"$root/var/lib/dpkg/status" <<'TEXT'

Package: nvidia-l4t-core
Status: install ok installed
Priority: standard
Section: kernel
Maintainer: NVIDIA Corporation
Architecture: arm64
Version: 36.4.3-20250107174145
Description: stand-in for the package entry of a Jetson, without its files

Package: nvidia-jetpack
Status: install ok installed
Priority: standard
Section: metapackages
Maintainer: NVIDIA Corporation
Architecture: arm64
Version: 6.2+b77
Description: stand-in for the package entry of a Jetson, without its files
TEXT
}

mount_into() {
  mkdir -p "$1"/{proc,sys,dev,tmp}
  mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
  mountpoint -q "$1/dev" || mount --bind /dev "$1/dev"
  cp /etc/resolv.conf "$1/etc/resolv.conf"
}
unmount_from() {
  local place
  for place in proc dev; do ! mountpoint -q "$1/$place" || umount -l "$1/$place"; done
}
# enter ROOT COMMAND...: runs it in there, with the network of this machine.
enter() {
  local root="$1"
  shift
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}
