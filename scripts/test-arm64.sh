#!/usr/bin/env bash
# npm run test:arm64: the real installer in a Debian arm64 root file system under emulation, dressed as a Jetson: from
# nothing to a running agent that works through a real clip, answers REST, syncs to a centre on this machine, survives
# kill -9 and re-install, updates, goes back, and is removed. Root file system and packages are kept in .cache/arm64.
# Needs root and: apt-get install --no-install-recommends mmdebstrap qemu-user-static g++-aarch64-linux-gnu
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=scripts/setup.sh
. "$here/setup.sh" demo
# shellcheck source=infra/jetson/packages.sh
. "$ROOT/infra/jetson/packages.sh"
# shellcheck source=infra/jetson/test/arm64/root.sh
. "$ROOT/infra/jetson/test/arm64/root.sh"
# shellcheck source=infra/jetson/test/arm64/device.sh
. "$ROOT/infra/jetson/test/arm64/device.sh"
STARTED=$(now_ms)
trap clean_up EXIT

require_emulation
fetched base "$BASE_VERSION" base_is_there make_base
make_debs
make_arm64_bundle
start_centre
make_device

part 'without its packages an offline installation refuses with 4 and says which' refuses_without_packages
part 'installs from nothing, enrols and answers' installs
part 'every native part loads on arm64' native_parts_load_there
part 'works through a real clip, killed by -9 in the middle, and answers REST' works_through_clip
part 'the centre has every entry' centre_has_all
part 'a second run finds everything done' second_run
part 'an update is switched to' updates
part 'a release that does not answer is gone back from' goes_back
part 'the health check runs' health_check
part 'is removed without a trace' uninstalls
say "arm64: $PARTS_PASSED passed, 0 failed, in $(seconds_since "$STARTED"); what the script said: $TRANSCRIPT"
