# shellcheck shell=bash
# Installs the Debian packages that are used and missing, in one apt-get call; touches nothing when all are there.
# Level demo needs the parts to build faiss-node; level test adds the broker, database, browser and RTSP server.

BUILD_PACKAGES="g++ libfaiss-dev libopenblas-dev"
# Only what a missing command asks for.
PIP_PACKAGES="python3-pip"
SERVICE_PACKAGES="mosquitto postgresql-$PG_MAJOR"
SCRIPT_PACKAGES="bats shellcheck"
BROWSER_PACKAGES="chromium fonts-dejavu-core fonts-liberation"
RTSP_PACKAGES="python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-tools gstreamer1.0-plugins-base
  gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav"

packages_of() {
  echo $BUILD_PACKAGES
  [ -n "$(find_pip)" ] || echo $PIP_PACKAGES
  if [ "$1" = test ]; then echo $SERVICE_PACKAGES $SCRIPT_PACKAGES $BROWSER_PACKAGES $RTSP_PACKAGES; fi
}

missing_packages() {
  local package
  for package in $(packages_of "$LEVEL"); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

nothing_missing() { [ -z "$(missing_packages)" ]; }

# Packages of servers start them on installation; this answer of policy-rc.d (101: not allowed) keeps them quiet.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] && { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  local rc=0
  "$@" || rc=$?
  rm -f "$policy"
  return $rc
}

install_packages() {
  local missing
  missing="$(missing_packages | tr '\n' ' ')"
  if ! is_root; then
    echo "missing: $missing"
    echo "run: sudo apt-get install --no-install-recommends $missing"
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  twice apt-get -q update
  without_starting_services twice apt_install $missing
}

apt_install() {
  dpkg --configure -a
  apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
}

setup_packages() {
  local hint
  nothing_missing && return 0
  hint="run: sudo apt-get update && sudo apt-get install --no-install-recommends $(missing_packages | tr '\n' ' ')"
  step debian-packages missing nothing_missing "$hint" install_packages
}
