# shellcheck shell=bash
# Compiles the addon of packages/gst-native against GStreamer's headers. Where pkg-config knows them those are taken, else
# they are unpacked from the distribution's packages into .cache: their development packages would replace others here.

GST_NATIVE="$ROOT/packages/gst-native"
GST_HEADERS="$CACHE/gstreamer-headers"
GST_HEADER_PACKAGES="libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev libglib2.0-dev"

gst_native_loads() {
  node -e "require('$GST_NATIVE/native/build/sam3_gst.node').initialise()"
}

# Prints nothing when pkg-config has them.
find_gst_headers() {
  pkg-config --exists gstreamer-video-1.0 gstreamer-app-1.0 2>/dev/null && return
  echo "$GST_HEADERS"
}

unpack_gst_headers() {
  local work package
  work="$(mktemp -d "$CACHE/gst-headers.XXXXXX")"
  (cd "$work" && twice apt-get -q -o APT::Sandbox::User=root download $GST_HEADER_PACKAGES)
  for package in "$work"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar x -C "$work" --wildcards './usr/include/*' --wildcards './usr/lib/*/glib-2.0/include/*' 2>/dev/null || true
  done
  [ -f "$work/usr/include/gstreamer-1.0/gst/app/gstappsink.h" ]
  rm -rf "$GST_HEADERS"
  mv "$work/usr" "$GST_HEADERS"
  rm -rf "$work"
}

build_gst_native() {
  local headers
  headers="$(find_gst_headers)"
  [ -z "$headers" ] || [ -f "$headers/include/gstreamer-1.0/gst/app/gstappsink.h" ] || unpack_gst_headers
  NODE_HEADERS="$(node_headers)" GSTREAMER_HEADERS="$headers" node "$GST_NATIVE/native/build-addon.ts"
}

setup_gst_native() {
  local sources
  mapfile -t sources < <(find "$GST_NATIVE/native" -path "$GST_NATIVE/native/build" -prune -o -type f -print | sort)
  step gst-native "$(hash_of "${sources[@]}" "$ROOT/scripts/setup/gst-native.sh" "=$(node -v)")" \
    gst_native_loads \
    'see that g++ and libgstreamer-plugins-base1.0-0 are installed and that apt-get reaches its mirror, then run npm run setup again' \
    build_gst_native
}
