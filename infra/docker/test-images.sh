#!/usr/bin/env bash
# npm run test:images: builds the images on a Debian made by mmdebstrap, then runs the containers of docker-compose.yml and an
# agent together once, in a network of their own, and asks them. Needs root and Debian's buildah and mmdebstrap; no registry
# of images. --keep leaves the storage of images in .cache/images for a faster next time.
set -euo pipefail
[ "${1:-}" = --keep ] && keep=true || keep=false
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup.sh
. "$here/../../scripts/setup.sh" test
is_root || { say 'test:images needs root: containers are made without a daemon'; exit 1; }
missing=()
for command in buildah mmdebstrap openssl unshare; do command -v "$command" >/dev/null || missing+=("$command"); done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]} ..."
  apt-get -q update >/dev/null
  apt-get -q install -y --no-install-recommends -o DPkg::Lock::Timeout=300 buildah mmdebstrap openssl util-linux >"$LOGS/buildah.log" 2>&1
fi

IMAGES="$CACHE/images"
mkdir -p "$IMAGES/base"
printf '[storage]\ndriver = "%s"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' \
  "${STORAGE_DRIVER:-overlay}" "$IMAGES" "$IMAGES" >"$IMAGES/storage.conf"
unset STORAGE_DRIVER
export CONTAINERS_STORAGE_CONF="$IMAGES/storage.conf" BUILDAH_ISOLATION=chroot
clean() {
  buildah rm --all >/dev/null 2>&1 || true
  $keep || { buildah rmi --all --force >/dev/null 2>&1 || true; rm -rf "$IMAGES"; }
}
trap clean EXIT

started=$(now_ms)
if [ ! -f "$IMAGES/base/base.tar" ]; then
  say 'making the base ...'
  mmdebstrap --quiet --dpkgopt=force-unsafe-io --variant=minbase --include=ca-certificates bookworm "$IMAGES/base/base.tar"
fi
printf 'FROM scratch\nADD base.tar /\n' >"$IMAGES/base/Dockerfile"
buildah build --quiet --layers --tag sam3-base "$IMAGES/base" >/dev/null
say "base ready after $(seconds_since "$started")"
bash "$here/build-images.sh" --tool buildah --base localhost/sam3-base

rm -rf "$IMAGES/stand-ins"
mkdir -p "$IMAGES/stand-ins/pgvector/extension"
cp "$PG_LIB/vector.so" "$IMAGES/stand-ins/pgvector/"
cp "$PG_EXTENSIONS"/vector* "$IMAGES/stand-ins/pgvector/extension/"
install -m 0755 "$here/start-postgres.sh" "$IMAGES/stand-ins/"
buildah build --quiet --layers --build-arg BASE=localhost/sam3-base --tag sam3-stand-ins \
  --file "$here/stand-ins.Dockerfile" "$IMAGES/stand-ins" >/dev/null
say "images ready after $(seconds_since "$started")"

# A network of its own: the ports of the stack are free there, whatever runs on this machine.
SCRATCH="$(mktemp -d "$IMAGES/stack.XXXXXX")" CLIP="$MEDIA/carphone_pristine.mp4" \
  unshare --net --pid --fork --kill-child --mount-proc bash -c 'ip link set lo up 2>/dev/null || true; exec node "$0"' "$here/test-images.ts"
say "all images built and run in $(seconds_since "$started")"
