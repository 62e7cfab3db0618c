#!/usr/bin/env bash
# On the GPU host, after unpack.py: run.sh APP_DIR STAGE..., each stage within a few minutes.
#   models    graphs and their references by onnxruntime
#   tests     all GPU tests but endurance
#   endurance many runs, the event loop, a full GPU
#   sanitize  compute-sanitizer over smoke.ts (after tests: it uses their plans)
#   bench     Node beside Python on one plan
# Tables go to $OUT; plans and graphs stay in APP_DIR/work for the next command of the same stay.
set -uo pipefail
APP="$(cd "$1" && pwd)"
shift
: "${OUT:?folder for the tables}"
export SAM3_TENSORRT_DIR="$APP/tensorrt" SAM3_GPU_MODELS="$APP/work/models" SAM3_GPU_PLANS="$APP/work/plans" SAM3_GPU_OUT="$OUT"
export LD_LIBRARY_PATH="$APP/tensorrt${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" PYTHONPATH="$APP/tensorrt/py" PYTHONUNBUFFERED=1
NODE=("$APP/bin/node" --conditions=source --expose-gc)
GPU="$APP/packages/trt-native/gpu"
mkdir -p "$APP/work/plans" "$OUT"
failed=0

tests() { timeout "$1" "${NODE[@]}" --test --test-concurrency=1 --test-reporter=spec "${@:2}"; }
sanitizer() {
  local found
  found="$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -n 1)"
  [ -n "$found" ] || { echo 'no compute-sanitizer here'; return 1; }
  timeout 300 "$found" --tool memcheck --error-exitcode 9 "${NODE[@]}" "$GPU/smoke.ts" 2>&1 | tail -n 40
}

for stage in "$@"; do
  echo "=== $stage at $(date +%T)"
  case "$stage" in
    models) timeout 200 python3 "$GPU/make_models.py" "$SAM3_GPU_MODELS" ;;
    tests) tests 400 "$GPU"/{numbers,build,runs}.gpu.test.ts ;;
    endurance) tests 200 "$GPU/endurance.gpu.test.ts" ;;
    sanitize) sanitizer ;;
    bench)
      timeout 150 "${NODE[@]}" "$GPU/bench.ts" &&
        timeout 60 python3 "$GPU/bench_python.py" "$(cat "$OUT/stack-plan-path.txt")" "$SAM3_GPU_MODELS" "$OUT"
      ;;
    *) echo "no stage $stage"; false ;;
  esac 2>&1 | tee "$OUT/$stage.log"
  rc=${PIPESTATUS[0]}
  echo "=== $stage ended with $rc at $(date +%T)"
  [ "$rc" -eq 0 ] || failed=1
done
exit $failed
