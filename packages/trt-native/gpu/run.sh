#!/usr/bin/env bash
# On the GPU host, after unpack.py: run.sh APP_DIR STEP...
#   models     graphs and their references by onnxruntime (first: all others use them)
#   numbers, build, runs, endurance   the GPU tests of that name, one process each
#   sanitize   compute-sanitizer over smoke.ts (after runs: it uses their plans)
#   bench      Node beside Python on one plan
#   kernels, kernels-sanitize, kernels-bench   work on pixels: beside the CPU to the last bit, under memcheck and racecheck,
#              and what it takes; they need none of the others
#   sam3-tiny  the tiny SAM3 pack as the agent runs it, beside transformers' answers; needs none of the others
#   sam3       SAM3 of the real architecture: graphs and references, plans, parity, PyTorch, Python, Node, endurance, memcheck
#   compare    runs several times with this addon and each in APP_DIR/addons, to see which of them have a fault
#   why:STEP   a test once more under glibc's heap checks, AddressSanitizer and cuda-gdb; done by itself after a crash
# Each step has a log and an exit status of its own; one that dies does not keep the next from running. After each step
# everything so far goes to $OUT/results.tgz and one line to $OUT/summary.txt. Plans, graphs and results stay in
# APP_DIR/work for the next command of the same stay.
set -uo pipefail
APP="$(cd "$1" && pwd)"
shift
: "${OUT:?folder for the results}"
RESULTS="$APP/work/results"
export SAM3_TENSORRT_DIR="$APP/tensorrt" SAM3_GPU_MODELS="$APP/work/models" SAM3_GPU_PLANS="$APP/work/plans" SAM3_GPU_OUT="$RESULTS"
export LD_LIBRARY_PATH="$APP/tensorrt${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" PYTHONPATH="$APP/tensorrt/py" PYTHONUNBUFFERED=1
NODE=("$APP/bin/node" --conditions=source --expose-gc)
GPU="$APP/packages/trt-native/gpu"
ADDON="$APP/packages/trt-native/native/build/sam3_trt.node"
COMPARE_RUNS="${COMPARE_RUNS:-5}"
SANITIZED='detect_leaks=0:protect_shadow_gap=0:allocator_may_return_null=1:handle_segv=0:malloc_context_size=20:fast_unwind_on_malloc=0'
mkdir -p "$APP/work/plans" "$RESULTS" "$OUT"
failed=0

keep() {
  cp "$RESULTS/summary.txt" "$OUT/summary.txt"
  tar czf "$OUT/results.tgz" -C "$RESULTS" .
}

# step NAME SECONDS COMMAND...: the status is left in $rc; 124 is the time limit, 128 and more a signal.
step() {
  local name="$1" limit="$2" log="$RESULTS/$1.log" begun=$SECONDS
  shift 2
  timeout -k 10 "$limit" "$@" >"$log" 2>&1
  rc=$?
  [ "$rc" -eq 0 ] || failed=1
  printf '%-24s status %3d %4d s\n' "$name" "$rc" "$((SECONDS - begun))" | tee -a "$RESULTS/summary.txt"
  grep -E '^(✖|ℹ (tests|pass|fail))|double free|corruption|ERROR: AddressSanitizer|ERROR SUMMARY|could not be made' "$log" | head -n 20
  keep
}

# Without a process of its own per file: the status is then that of the tests.
suite_command() { printf '%s\n' "${NODE[@]}" --test --test-isolation=none --test-reporter=spec "$GPU/$1.gpu.test.ts"; }

tests() {
  local command
  mapfile -t command < <(suite_command "$1")
  step "$1" "$2" env "LD_PRELOAD=$APP/lib/crash-trace.so" "${command[@]}"
  [ "$rc" -lt 128 ] || why "$1"
}

# with FILE STEP_ARGUMENTS...: a step with another build of the addon in its place.
with() {
  cp "$ADDON" "$APP/work/addon.node" && cp "$1" "$ADDON.new" && mv "$ADDON.new" "$ADDON"
  step "${@:2}"
  cp "$APP/work/addon.node" "$ADDON.new" && mv "$ADDON.new" "$ADDON"
}

why() {
  local command debugger
  mapfile -t command < <(suite_command "$1")
  step "$1.again" 120 env "LD_PRELOAD=$APP/lib/crash-trace.so" "${command[@]}"
  step "$1.heap-checks" 150 env "LD_PRELOAD=libc_malloc_debug.so.0:$APP/lib/crash-trace.so" MALLOC_CHECK_=3 MALLOC_PERTURB_=165 "${command[@]}"
  with "$APP/lib/sam3_trt.asan.node" "$1.asan" 240 env "LD_PRELOAD=$APP/lib/libasan.so.8" ASAN_OPTIONS="$SANITIZED" "${command[@]}"
  debugger="$(found cuda-gdb)" || return
  step "$1.gdb" 200 "$debugger" -batch -nx -ex 'set pagination off' -ex 'handle SIGUSR1 SIGUSR2 nostop noprint pass' \
    -ex run -ex bt -ex 'thread apply all bt 25' --args "${command[@]}"
}

found() { command -v "$1" || ls /usr/local/cuda*/bin/"$1" 2>/dev/null | head -n 1 | grep .; }

sanitize() {
  local sanitizer
  sanitizer="$(found compute-sanitizer)" || { echo 'no compute-sanitizer here'; failed=1; return; }
  step sanitize 300 "$sanitizer" --tool memcheck --error-exitcode 9 "${NODE[@]}" "$GPU/smoke.ts"
}

compare() {
  local command addon round
  mapfile -t command < <(suite_command runs)
  for addon in "$ADDON" "$APP"/addons/*.node; do
    [ -f "$addon" ] || continue
    for round in $(seq "$COMPARE_RUNS"); do
      with "$addon" "compare.$(basename "$addon" .node).$round" 60 env "LD_PRELOAD=$APP/lib/crash-trace.so" "${command[@]}"
    done
    with "$addon" "compare.$(basename "$addon" .node).asan" 150 env "LD_PRELOAD=$APP/lib/libasan.so.8" ASAN_OPTIONS="$SANITIZED" "${command[@]}"
  done
}

# What set-up did not compile is compiled here.
kernels_compiled() {
  [ -f "$APP/packages/trt-native/native/build/sam3-kernels.fatbin" ] && return
  step kernels-compile 120 env "NVCC=$(found nvcc)" "${NODE[@]}" "$APP/packages/trt-native/native/build-kernels.ts"
}

kernels_sanitize() {
  local sanitizer tool
  sanitizer="$(found compute-sanitizer)" || { echo 'no compute-sanitizer here'; failed=1; return; }
  for tool in memcheck racecheck; do
    step "kernels-$tool" 200 "$sanitizer" --tool "$tool" --error-exitcode 9 "${NODE[@]}" "$GPU/kernels-smoke.ts"
  done
}

bench() {
  step bench 150 "${NODE[@]}" "$GPU/bench.ts"
  # The binding wants a library that no graph here uses.
  [ -e "$APP/tensorrt/libnvinfer_plugin.so.10" ] || echo 'int initLibNvInferPlugins(void *log, const char *space) { return 1; }' |
    gcc -shared -fPIC -Wl,-soname,libnvinfer_plugin.so.10 -o "$APP/tensorrt/libnvinfer_plugin.so.10" -x c -
  [ "$rc" -ne 0 ] || step bench-python 60 python3 "$GPU/bench_python.py" "$(cat "$RESULTS/stack-plan-path.txt")" "$SAM3_GPU_MODELS" "$RESULTS"
}

# The plans that Python builds are those that Node runs: their times may be compared.
sam3() {
  local models="$APP/work/sam3" sanitizer kind
  export SAM3_LAYERS="$APP/packages/trt-native/native/build/libsam3-layers.so" SAM3_GPU_MODELS="$APP/work/sam3" HF_HUB_OFFLINE=1
  # The binding wants a library that no graph here uses.
  [ -e "$APP/tensorrt/libnvinfer_plugin.so.10" ] || echo 'int initLibNvInferPlugins(void *log, const char *space) { return 1; }' |
    gcc -shared -fPIC -Wl,-soname,libnvinfer_plugin.so.10 -o "$APP/tensorrt/libnvinfer_plugin.so.10" -x c -
  step sam3-models 120 python3 "$GPU/sam3_models.py" "$APP/tools/sam3-export" "$models" fused bytes decoder hills
  for kind in fused/vision-encoder bytes/vision-encoder decoder/prompt-decoder hills/prompt-decoder; do
    step "sam3-${kind//\//-}" 200 env "OUT=$RESULTS" python3 "$GPU/sam3_bench.py" "$models" "${kind%/*}" "${kind#*/}"
    cp "$models/$kind.3.1.plan" "$models/$kind.node.plan"
  done
  step sam3-torch 200 env "OUT=$RESULTS" python3 "$GPU/sam3_torch.py"
  step sam3-node 120 "${NODE[@]}" "$GPU/sam3-bench.ts" "$models" "$RESULTS"
  step sam3-endurance 200 "${NODE[@]}" "$GPU/sam3-endurance.ts" "$models"
  sanitizer="$(found compute-sanitizer)" || { echo 'no compute-sanitizer here'; failed=1; return; }
  for kind in fused/vision-encoder bytes/vision-encoder decoder/prompt-decoder; do
    step "sam3-memcheck-${kind%/*}" 150 env -u OUT SAM3_RUNS=1 "$sanitizer" --tool memcheck --error-exitcode 9 \
      --kernel-name kernel_substring=sam3 python3 "$GPU/sam3_bench.py" "$models" "${kind%/*}" "${kind#*/}"
  done
}

for name in "$@"; do
  echo "--- $name at $(date +%T)"
  case "$name" in
    models) step models 240 python3 "$GPU/make_models.py" "$SAM3_GPU_MODELS" ;;
    numbers) tests numbers 240 ;;
    build) tests build 150 ;;
    runs) tests runs 120 ;;
    endurance) tests endurance 240 ;;
    kernels) kernels_compiled; tests kernels 300 ;;
    kernels-sanitize) kernels_compiled; kernels_sanitize ;;
    kernels-bench) kernels_compiled; step kernels-bench 150 "${NODE[@]}" "$GPU/kernels-bench.ts" ;;
    sam3-tiny) step sam3-tiny 300 "${NODE[@]}" --test --test-isolation=none --test-reporter=spec "$APP/packages/models/gpu/trt-sam3.gpu.test.ts" ;;
    why:*) why "${name#why:}" ;;
    sanitize | compare | bench | sam3) "$name" ;;
    *) echo "no step $name"; failed=1 ;;
  esac
done
cat "$RESULTS/summary.txt"
exit $failed
