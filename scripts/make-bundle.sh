#!/usr/bin/env bash
# Makes what a device without a network is installed from: scripts/make-bundle.sh [--cpu arm64|x64] [--out FILE] [--debs].
# Holds the built packages, npm's production packages for that processor, Node, and a list of sha256 of every file.
# --debs adds the Debian packages that a device needs: only on a machine with the same system and processor as it.
set -euo pipefail
usage() { sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2; }

cpu=arm64 out="" debs=false
while [ $# -gt 0 ]; do
  case "$1" in
    --cpu) [ $# -ge 2 ] || usage; cpu="$2"; shift ;;
    --out) [ $# -ge 2 ] || usage; out="$2"; shift ;;
    --debs) debs=true ;;
    *) usage ;;
  esac
  shift
done
case "$cpu" in arm64 | x64) ;; *) usage ;; esac

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup/lib.sh
. "$here/setup/lib.sh"
# shellcheck source=scripts/setup/node.sh
. "$here/setup/node.sh"
# shellcheck source=infra/jetson/packages.sh
. "$here/../infra/jetson/packages.sh"
setup_node
work="$CACHE/bundle"
target="$work/sam3-fleet"
started=$(now_ms)
rm -rf "$work"
mkdir -p "$target"

say 'compiling and staging the release ...'
node "$ROOT/scripts/release/stage-release.ts" --out "$target/app" --build "$work/build" --cpu "$cpu" >"$LOGS/bundle.log" 2>&1 ||
  { tail -n 25 "$LOGS/bundle.log" >&2; say "what to do: see $LOGS/bundle.log"; exit 1; }
rm -rf "$work/build"

say 'bringing Node ...'
(cd "$work" && twice npm pack --silent "node-linux-$cpu@$NODE_VERSION" >/dev/null)
mv "$work"/node-linux-*.tgz "$target/node.tgz"

# The addon needs no library of the device to be compiled, so a cross compiler saves each device minutes of it.
compiler="$(case "$cpu" in arm64) echo aarch64-linux-gnu-g++ ;; x64) echo x86_64-linux-gnu-g++ ;; esac)"
if command -v "$compiler" >/dev/null; then
  say "compiling the TensorRT addon with $compiler ..."
  addon="$target/app/packages/trt-native/native"
  tar -xzf "$target/node.tgz" -C "$work" package/include
  CXX="$compiler" NODE_HEADERS="$work/package/include/node" SAM3_ADDON_OUT="$addon/build" \
    node "$addon/build-addon.ts" >>"$LOGS/bundle.log" 2>&1
  rm -f "$addon/build"/*.stamp
else
  say "no $compiler here: each device compiles the TensorRT addon itself (apt-get install g++-aarch64-linux-gnu saves that)"
fi

if $debs; then
  say 'bringing Debian packages ...'
  mkdir -p "$target/debs/partial"
  apt-get -q -y --no-install-recommends --download-only --reinstall -o "Dir::Cache::archives=$target/debs" \
    -o APT::Sandbox::User=root install "${BUILD_PACKAGES[@]}" "${WISHED_PACKAGES[@]}" >>"$LOGS/bundle.log" 2>&1
  rm -rf "$target/debs/partial" "$target/debs/lock"
fi

mkdir -p "$target/infra"
cp -a "$target/app/install_jetson.sh" "$target/"
cp -a "$target/app/infra/jetson" "$target/infra/"
field() { sed -n "s/^ *\"$1\": *\"\([^\"]*\)\".*/\1/p" "$target/app/release.json"; }
printf '{\n  "format": 1,\n  "version": "%s",\n  "id": "%s",\n  "cpu": "%s"\n}\n' "$(field version)" "$(field id)" "$cpu" >"$target/bundle.json"
(cd "$target" && find . -type f -print0 | sort -z | xargs -0 sha256sum >"$work/SHA256SUMS")
mv "$work/SHA256SUMS" "$target/"

out="${out:-$ROOT/.cache/sam3-fleet-$(field version)-$(field id)-$cpu.tar.gz}"
say "packing $out ..."
# Its description first, so that it can be read without unpacking all.
parts=(bundle.json install_jetson.sh infra SHA256SUMS node.tgz app)
! $debs || parts+=(debs)
tar -C "$work" --owner=0 --group=0 -czf "$out.new" "${parts[@]/#/sam3-fleet/}"
mv "$out.new" "$out"
rm -rf "$work"
say "made in $(seconds_since "$started"), $(($(stat -c %s "$out") / 1000000)) MB:"
echo "$out"
