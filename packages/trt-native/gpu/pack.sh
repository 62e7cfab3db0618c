#!/usr/bin/env bash
# Packs what a bare GPU host needs into parts:   pack.sh OUT [trt] [node] [app]   (all three when none is named)
#   trt   TensorRT 10.6 for one SM (default 90, Hopper) out of Maven Central and PyPI: large, needed once
#   node  this machine's Node
#   app   this package with its addon, once as it is and once with AddressSanitizer, and zod: sent again after each change
# PART_BYTES (default 20000000) is the size of a part: what travels beside it may leave no room for more. SM is the GPU.
# ADDONS is a folder with other builds of the addon (NAME.node) to compare there. Needs mvn, pip, unzip, xz, python3, gcc.
set -euo pipefail
GPU="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
PACKAGE="$(dirname "$GPU")"
OUT="$(mkdir -p "$1" && cd "$1" && pwd)"
shift
[ $# -gt 0 ] || set -- trt node app
VERSION=10.6-1.5.11
BINDINGS=tensorrt-cu12-bindings==10.6.0
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

# parts NAME FOLDER: the folder's content as NAME.part00, NAME.part01, ...
parts() {
  rm -f "$OUT/$1".part*
  tar cf - -C "$2" . | nice xz -T0 -6 | split -b "${PART_BYTES:-20000000}" -d - "$OUT/$1.part"
}

pack_trt() {
  local jar libs="$WORK/trt/tensorrt" library
  mkdir -p "$libs"
  mvn -B -q dependency:get "-Dartifact=org.bytedeco:tensorrt:$VERSION:jar:linux-x86_64-redist" -Dtransitive=false
  jar="$(find "$HOME/.m2/repository/org/bytedeco/tensorrt/$VERSION" -name '*linux-x86_64-redist.jar')"
  unzip -q -o -j "$jar" '*libnvinfer.so.10' '*libnvinfer_builder_resource.so.*' '*libnvonnxparser.so.10' -d "$libs"
  for library in "$libs"/libnvinfer.so.10 "$libs"/libnvinfer_builder_resource.so.*; do
    python3 "$GPU/keep_one_sm.py" "$library" "${SM:-90}"
  done
  python3 -m pip download -q --no-deps -d "$libs" --python-version 3.12 --only-binary=:all: "$BINDINGS"
  parts trt "$WORK/trt"
}

pack_node() {
  mkdir -p "$WORK/node/bin"
  cp "$(node -p process.execPath)" "$WORK/node/bin/node"
  parts node "$WORK/node"
}

pack_app() {
  local app="$WORK/app" zod kernels sources
  node "$PACKAGE/native/build-addon.ts"
  SAM3_ADDON_OUT="$WORK/asan" SAM3_ADDON_FLAGS='-fsanitize=address -g1 -fno-omit-frame-pointer' node "$PACKAGE/native/build-addon.ts"
  mkdir -p "$app/packages/trt-native/native/build" "$app/node_modules" "$app/lib" "$app/addons"
  cp "$WORK/asan/sam3_trt.node" "$app/lib/sam3_trt.asan.node"
  cp "$(gcc -print-file-name=libasan.so.8)" "$app/lib/libasan.so.8"
  gcc -shared -fPIC -O1 -g "$GPU/crash-trace.c" -o "$app/lib/crash-trace.so"
  [ -z "${ADDONS:-}" ] || cp "$ADDONS"/*.node "$app/addons/"
  cp "$PACKAGE/package.json" "$app/packages/trt-native/"
  cp -r "$PACKAGE/src" "$PACKAGE/gpu" "$app/packages/trt-native/"
  cp "$PACKAGE/native/build/sam3_trt.node" "$app/packages/trt-native/native/build/"
  cp -r "$PACKAGE/native/kernels" "$PACKAGE/native/vision-kernels" "$PACKAGE"/native/*.ts "$app/packages/trt-native/native/"
  # Where there is no nvcc here, that of the host compiles them.
  for kernels in sam3-kernels sam3-vision sam3-decoder; do
    [ ! -f "$PACKAGE/native/build/$kernels.fatbin" ] || cp "$PACKAGE/native/build/$kernels.fatbin" "$app/packages/trt-native/native/build/"
  done
  # The plugin for Python too, and the exporter, which makes SAM3 of the real architecture there.
  sources=("$PACKAGE"/native/{fused-plugin,layer-plugin,box-plugin,vision-layer,vision-kernels,box-attention,kernel-module,nvrtc,device,cuda-driver,shared-library,message-log}.cpp)
  g++ -std=c++17 -O2 -shared -fPIC -fvisibility=hidden -Wno-psabi -isystem "$PACKAGE/vendor/tensorrt-10.3" "$GPU/layer-library.cpp" \
    "${sources[@]}" -ldl -o "$app/packages/trt-native/native/build/libsam3-layers.so"
  mkdir -p "$app/tools" && cp -r "$PACKAGE/../../tools/sam3-export" "$app/tools/"
  zod="$(cd "$PACKAGE" && node -p 'require.resolve("zod/package.json").replace(/.package.json$/, "")')"
  (cd "$(dirname "$zod")" && find -L zod -name '*.js' -o -name 'package.json' | tar cf - -T -) | tar xf - -C "$app/node_modules"
  bash "$PACKAGE/../models/gpu/pack-sam3.sh" "$app"
  parts app "$app"
  cp "$GPU/unpack.py" "$OUT/"
}

for name in "$@"; do "pack_$name"; done
ls -l "$OUT"
