#!/usr/bin/env bash
# Adds what the GPU test of SAM3 needs to an unpacked or packed app folder:   pack-sam3.sh APP_DIR
# Sources of models and shared, the tiny pack with its goldens, and the two packages that they import.
set -euo pipefail
APP="$(cd "$1" && pwd)"
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
for package in models shared; do
  mkdir -p "$APP/packages/$package"
  cp "$ROOT/packages/$package/package.json" "$APP/packages/$package/"
  cp -r "$ROOT/packages/$package/src" "$APP/packages/$package/"
done
cp -r "$ROOT/packages/models/gpu" "$APP/packages/models/"
mkdir -p "$APP/node_modules/@sam3-fleet" "$APP/node_modules/@huggingface"
for package in models shared trt-native; do
  ln -sfn "../../packages/$package" "$APP/node_modules/@sam3-fleet/$package"
done
cp -r "$ROOT/node_modules/@huggingface/tokenizers" "$APP/node_modules/@huggingface/"
