#!/usr/bin/env bash
# npm run test:install [-- quick|all]: the installer's tests (bats), on a folder that looks like a Jetson. `quick` leaves
# out the one that kills it at random moments. Needs the Debian packages bats and shellcheck, and a built product.
set -euo pipefail
which="${1:-all}"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup.sh
. "$here/setup.sh" test
cd "$ROOT"
for tool in bats shellcheck; do
  command -v $tool >/dev/null || { say "missing: run apt-get install --no-install-recommends bats shellcheck"; exit 1; }
done
files=(infra/jetson/test/options.bats infra/jetson/test/install.bats)
[ "$which" = quick ] || files+=(infra/jetson/test/kill.bats)
exec bats --print-output-on-failure "${files[@]}"
