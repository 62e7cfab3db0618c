#!/usr/bin/env bash
# Brings a machine from a fresh clone to a built product: scripts/setup.sh [demo|test], default demo.
# Repeatable: each step is skipped while its inputs are unchanged. Every step lies in scripts/setup/.
set -euo pipefail
LEVEL="${1:-demo}"
case "$LEVEL" in demo | test) ;; *) echo "usage: scripts/setup.sh [demo|test]" >&2; exit 2 ;; esac

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/setup"
. "$here/lib.sh"
. "$here/node.sh"
. "$here/pgvector.sh"
. "$here/media.sh"
. "$here/packages.sh"
. "$here/workspace.sh"
. "$here/faiss.sh"
. "$here/trt-native.sh"
. "$here/gst-native.sh"

SETUP_STARTED=$(now_ms)
# Two commands started at once (a demo and the tests) take turns here instead of writing over each other.
exec 9>"$CACHE/setup.lock"
flock -n 9 || { say 'another set-up is running here; waiting for it'; flock 9; }

setup_node
setup_packages
setup_npm
setup_faiss
setup_media
if [ "$LEVEL" = test ]; then
  setup_pgvector
  setup_trt_native
  setup_gst_native
fi
setup_build
exec 9>&-
say "ready ($LEVEL) in $(seconds_since "$SETUP_STARTED")"
