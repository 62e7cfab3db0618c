#!/usr/bin/env bash
# Builds the images: infra/docker/build-images.sh [agent] [aggregator] [console] [options]; all three when none is named.
#   --jetson        the agent for a Jetson: tag sam3-edge:jetson on NVIDIA's L4T base
#   --base IMAGE    another base; one with CUDA's runtime for an x86 machine with a GPU
#   --tool NAME     docker, podman or buildah; the first that is there when absent
#   --push --repo R pushes as R:TAG, for a Jetson R:jetson-latest
set -euo pipefail
L4T_BASE=nvcr.io/nvidia/l4t-jetpack:r36.4.0
usage() { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

targets=() base="" tool="" repo="" push=false jetson=false
while [ $# -gt 0 ]; do
  case "$1" in
    agent | aggregator | console) targets+=("$1") ;;
    --jetson) jetson=true ;;
    --base) [ $# -ge 2 ] || usage; base="$2"; shift ;;
    --tool) [ $# -ge 2 ] || usage; tool="$2"; shift ;;
    --repo) [ $# -ge 2 ] || usage; repo="$2"; shift ;;
    --push) push=true ;;
    *) usage ;;
  esac
  shift
done
if $jetson; then targets=(agent); base="${base:-$L4T_BASE}"; fi
[ ${#targets[@]} -gt 0 ] || targets=(agent aggregator console)
! $push || [ -n "$repo" ] || { echo 'build-images: --push needs --repo R' >&2; exit 2; }

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup/lib.sh
. "$here/../../scripts/setup/lib.sh"
# shellcheck source=scripts/setup/node.sh
. "$here/../../scripts/setup/node.sh"
found=""
for candidate in ${tool:-docker podman buildah}; do
  if [ -z "$found" ] && command -v "$candidate" >/dev/null; then found="$candidate"; fi
done
[ -n "$found" ] || { say "${tool:-neither docker, podman nor buildah} is not here: install one"; exit 1; }
tool="$found"

# Node and npm as npm's own packages: the same on every base.
setup_node
mkdir -p "$CACHE/docker"
fetch_tgz() { # NAME@VERSION FILE
  [ -f "$CACHE/docker/$2" ] && [ "$(cat "$CACHE/docker/$2.is" 2>/dev/null)" = "$1" ] && return
  local work
  work="$(mktemp -d "$CACHE/docker/pack.XXXXXX")"
  (cd "$work" && twice npm pack --silent "$1" >/dev/null)
  mv "$work"/*.tgz "$CACHE/docker/$2"
  rm -rf "$work"
  printf '%s' "$1" >"$CACHE/docker/$2.is"
}
case "$(uname -m)" in aarch64 | arm64) cpu=arm64 ;; *) cpu=x64 ;; esac
fetch_tgz "node-linux-$cpu@$NODE_VERSION" "node-$cpu.tgz"
fetch_tgz "npm@$NPM_VERSION" npm.tgz

options=(--file "$here/Dockerfile" --build-arg "TARGETS=${targets[*]}")
[ -z "$base" ] || options+=(--build-arg "BASE=$base")
# setup_node gave npm a file of its own.
npmrc="${npm_config_userconfig:-}"
[ ! -f "$npmrc" ] || options+=(--secret "id=npmrc,src=$npmrc")
[ ! -f "${NODE_EXTRA_CA_CERTS:-}" ] || options+=(--secret "id=ca,src=$NODE_EXTRA_CA_CERTS")
# Health checks are part of Docker's form of an image only; docker builds no other, and keeps its steps by itself.
case "$tool" in
  docker) build=(docker build) ;;
  *) build=("$tool" build --format docker --layers) ;;
esac

tag_of() { # TARGET
  case "$1" in
    agent) if $jetson; then echo sam3-edge:jetson; else echo sam3-edge:latest; fi ;;
    *) echo "sam3-$1:latest" ;;
  esac
}

for target in "${targets[@]}"; do
  started=$(now_ms) tag="$(tag_of "$target")"
  say "building $tag ..."
  "${build[@]}" "${options[@]}" --target "$target" --tag "$tag" "$ROOT"
  say "built $tag in $(seconds_since "$started")"
  $push || continue
  remote="$repo:$(if $jetson; then echo jetson-latest; else echo "${tag%%:*}-latest"; fi)"
  "$tool" tag "$tag" "$remote"
  "$tool" push "$remote"
  say "pushed $remote"
done
