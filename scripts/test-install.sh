#!/usr/bin/env bash
# npm run test:install [-- quick|all]: the installer's tests (bats), on a folder that looks like a Jetson. `quick` leaves
# out the one that kills it at random moments. Sets the machine up first.
set -euo pipefail
which="${1:-all}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup.sh
. "$here/setup.sh" test
cd "$ROOT"
files=(infra/jetson/test/options.bats infra/jetson/test/install.bats)
[ "$which" = quick ] || files+=(infra/jetson/test/kill.bats)
exec bats --print-output-on-failure "${files[@]}"
