#!/usr/bin/env bash
# Sets the machine up for the demo, then becomes `node FILE ARGS...` on Node 24, so that Ctrl-C reaches it directly.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/setup.sh" demo
cd "$ROOT"
exec node "$@"
