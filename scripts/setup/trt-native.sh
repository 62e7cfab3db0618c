# shellcheck shell=bash
# Compiles the addon of packages/trt-native from headers alone: it looks for TensorRT and CUDA only when it runs.
# Only for tests so far, with the simulated GPU that they run on: nothing of a device loads it yet.

TRT_NATIVE="$ROOT/packages/trt-native"

trt_native_loads() {
  node -e "require('$TRT_NATIVE/native/build/sam3_trt.node').liveCounts()" &&
    [ -f "$TRT_NATIVE/native/build/simulator/libnvonnxparser.so.10" ]
}

build_trt_native() {
  NODE_HEADERS="$(node_headers)" node "$TRT_NATIVE/native/build-addon.ts" --simulator
}

setup_trt_native() {
  local sources
  mapfile -t sources < <(find "$TRT_NATIVE/native" "$TRT_NATIVE/vendor" -path "$TRT_NATIVE/native/build" -prune -o -type f -print | sort)
  step trt-native "$(hash_of "${sources[@]}" "$ROOT/scripts/setup/trt-native.sh" "=$(node -v)")" \
    trt_native_loads 'see that g++ is installed, then run npm run setup again' build_trt_native
}
