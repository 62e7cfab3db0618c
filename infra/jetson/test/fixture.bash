# shellcheck shell=bash
# For the installer's tests: a folder that looks like a Jetson, and bundles of what this checkout has built.
# The real script, Node, agent and doctor run; only what would change this machine (apt-get, users) is kept out of reach.

CHECKOUT="$(cd "${BATS_TEST_DIRNAME:?}/../../.." && pwd)"
INSTALLER="$CHECKOUT/install_jetson.sh"
NODE_UNDER_TEST="$(command -v node)"

# make_device FOLDER: a Jetson Orin Nano with JetPack 6.2, as its files show it.
make_device() {
  local root="$1"
  mkdir -p "$root"/{etc,proc/device-tree,var/lib/dpkg,stubs}
  echo '# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 01:49:37 UTC 2025' \
    >"$root/etc/nv_tegra_release"
  printf 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\n' >"$root/etc/os-release"
  printf 'NVIDIA Jetson Orin Nano Developer Kit\0' >"$root/proc/device-tree/model"
  printf 'nvidia,p3768-0000+p3767-0005\0nvidia,p3767-0005\0nvidia,tegra234\0' >"$root/proc/device-tree/compatible"
  printf 'MemTotal:        7802048 kB\n' >"$root/proc/meminfo"
  : >"$root/var/lib/dpkg/status"
  # shellcheck disable=SC2016 # expanded where the stub runs
  stub "$root" uname 'case "$1" in -m) echo aarch64 ;; *) exec /bin/uname "$@" ;; esac'
  stub "$root" nvpmodel 'echo "NV Power Mode: MAXN_SUPER"; echo 2'
  # Nothing is installed into the machine that the tests run on.
  # shellcheck disable=SC2016
  stub "$root" apt-get 'echo "apt-get $*" >>"$FLEET_INSTALL_ROOT/apt-calls"; exit 1'
  mkdir -p "$root/etc/sam3-fleet"
  printf 'API_PORT="%s"\nAPI_HOST="127.0.0.1"\nFLEET_DETECTOR_WORKERS="1"\n' "$(free_port)" >"$root/etc/sam3-fleet/agent.env"
}

stub() {
  printf '#!/bin/sh\n%s\n' "$3" >"$1/stubs/$2"
  chmod +x "$1/stubs/$2"
}

free_port() {
  "$NODE_UNDER_TEST" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# on_device FOLDER ARGUMENTS...: the installer there.
on_device() {
  local root="$1"
  shift
  FLEET_INSTALL_ROOT="$root" PATH="$root/stubs:$PATH" "$INSTALLER" "$@"
}

# make_bundle FOLDER [MARK]: what scripts/make-bundle.sh makes, from this checkout's dist and node_modules. Another MARK
# is another release.
make_bundle() {
  local bundle="$1" mark="${2:-first}" app package packages name
  app="$bundle/app"
  mkdir -p "$app/packages" "$app/scripts" "$bundle/infra"
  mapfile -t packages < <("$NODE_UNDER_TEST" "$CHECKOUT/scripts/release/device-packages.ts")
  for package in "${packages[@]}"; do
    mkdir -p "$app/packages/$package"
    for name in dist package.json packs lexicon migrations native vendor; do
      [ ! -e "$CHECKOUT/packages/$package/$name" ] || cp -r "$CHECKOUT/packages/$package/$name" "$app/packages/$package/"
    done
  done
  # The packages that the agent runs on, with ours in front of the checkout's own.
  mkdir -p "$app/node_modules/@sam3-fleet"
  for name in "$CHECKOUT"/node_modules/* "$CHECKOUT"/node_modules/.bin; do
    [ "$(basename "$name")" = @sam3-fleet ] || ln -s "$name" "$app/node_modules/"
  done
  for package in "${packages[@]}"; do
    ln -s "../../packages/$package" "$app/node_modules/@sam3-fleet/$package"
  done
  mkdir -p "$app/infra" "$app/scripts/release" "$app/scripts/setup"
  cp -r "$CHECKOUT/infra/jetson" "$app/infra/"
  cp -r "$CHECKOUT/infra/jetson" "$bundle/infra/"
  cp "$CHECKOUT/scripts/release/ask-agent.ts" "$app/scripts/release/"
  cp "$CHECKOUT"/scripts/setup/{faiss.sh,compat.h} "$app/scripts/setup/"
  cp "$INSTALLER" "$app/"
  mkdir -p "$bundle/package/bin"
  cp "$NODE_UNDER_TEST" "$bundle/package/bin/node"
  tar -C "$bundle" -c package | gzip -1 >"$bundle/node.tgz"
  rm -rf "$bundle/package"
  seal_bundle "$bundle" "$mark"
}

# seal_bundle FOLDER MARK: names it and lists every file, as after a change to what is in it.
seal_bundle() {
  local bundle="$1" id cpu
  id="$(hash_of_mark "$2")"
  cpu="$("$NODE_UNDER_TEST" -p process.arch)"
  printf '{\n  "version": "0.1.0",\n  "id": "%s",\n  "cpu": "%s"\n}\n' "$id" "$cpu" >"$bundle/app/release.json"
  printf '{\n  "format": 1,\n  "version": "0.1.0",\n  "id": "%s",\n  "cpu": "%s"\n}\n' "$id" "$cpu" >"$bundle/bundle.json"
  rm -f "$bundle/SHA256SUMS"
  (cd "$bundle" && find . -type f -print0 | sort -z | xargs -0 sha256sum >"$bundle.sums")
  mv "$bundle.sums" "$bundle/SHA256SUMS"
}
hash_of_mark() { printf '%s' "$1" | sha256sum | cut -c1-16; }

current_mark() { sed -n 's/.*"id": "\(.*\)".*/\1/p' "$1/opt/sam3-fleet/current/release.json"; }

# health FOLDER: what its agent says, or nothing.
health() {
  local port
  port="$(sed -n 's/^API_PORT="\(.*\)"/\1/p' "$1/etc/sam3-fleet/agent.env")"
  "$NODE_UNDER_TEST" -e "fetch('http://127.0.0.1:$port/health').then((r) => r.text()).then(console.log, () => {})"
}

agent_pid_of() { cat "$1/opt/sam3-fleet/state/agent.pid" 2>/dev/null || true; }

# stop_device FOLDER: no agent of a test outlives it.
stop_device() {
  local pid
  pid="$(agent_pid_of "$1")"
  if [ -n "$pid" ] && [[ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" == "$1"/* ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
}
