#!/usr/bin/env bash
# npm test: sets the machine up, then runs every project of vitest (unit, services, e2e) and closes with one summary.
# Arguments go to vitest: `npm test -- --project unit`, `npm test -- packages/shared`.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/setup.sh" test
cd "$ROOT"
rc=0
npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$CACHE/test-report.json" "$@" </dev/null || rc=$?
node scripts/report-tests.ts "$CACHE/test-report.json" || rc=1
exit $rc
