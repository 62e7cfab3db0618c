#!/usr/bin/env bash
# Sets the machine up for the demo, then becomes `node FILE ARGS...` on Node 24, so that Ctrl-C reaches it directly.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/setup.sh" demo
cd "$ROOT"
# The allocator keeps a pool of its own for each thread, and what is freed; read before node starts or not at all.
export MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
# V8 lets each of a device's threads fill 48 MB before it looks what is still needed: 60 MB less of a device, same speed.
export NODE_OPTIONS="--max-semi-space-size=4 ${NODE_OPTIONS:-}"
exec node "$@"
