#!/usr/bin/env bash
# Makes the answers that the tests hold the default pack to, with the weights' own implementations instead of ours.
# usage: tools/pack-default/golden.sh   (after npm install; needs python3 with venv, pip and npm)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
models="$(cd "$here/../../packages/models/src" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
. "$here/fetch.sh"

python3 -m venv "$work/venv"
python="$work/venv/bin/python"
"$python" -m pip install --quiet --requirement "$here/requirements-golden.txt"
fetch_weights
mkdir "$work/tfjs" && npm install --prefix "$work/tfjs" --silent --ignore-scripts --no-audit --no-fund @tensorflow/tfjs@4.22.0

node "$here/golden_detector.mjs" "$work/tfjs" "$nanodet_json" "$models/detect/golden/street.png" "$models/detect/golden/street.json"
"$python" "$here/golden_text.py" "$minilm_folder" "$models/text/golden/sentences.json"
