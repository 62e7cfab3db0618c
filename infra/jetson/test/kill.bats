#!/usr/bin/env bats
# Killed at any moment, as a power cut would, and run again, an installation always ends installed and answering.

setup() {
  # shellcheck source=infra/jetson/test/fixture.bash
  . "$BATS_TEST_DIRNAME/fixture.bash"
  DEVICE="$BATS_TEST_TMPDIR/device"
  BUNDLE="$BATS_TEST_TMPDIR/bundle"
  make_device "$DEVICE"
  make_bundle "$BUNDLE" first
}

teardown() { stop_device "$DEVICE"; }

@test "killed at ten moments of an installation and of an update, it ends installed when it is run again" {
  # The seed is printed, so that a failure can be had again: KILL_SEED=N.
  RANDOM=$((${KILL_SEED:-$$} % 32768))
  echo "# KILL_SEED=${KILL_SEED:-$$}" >&3
  started=$(date +%s%3N)
  run on_device "$DEVICE" --offline "$BUNDLE"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  whole=$(($(date +%s%3N) - started))
  echo "# a whole installation takes $whole ms" >&3
  for round in $(seq "${KILL_ROUNDS:-10}"); do
    # Half of them meet a device with nothing on it, half one that runs a release and gets another.
    if [ $((round % 2)) -eq 1 ]; then on_device "$DEVICE" --uninstall --yes >/dev/null 2>&1; fi
    seal_bundle "$BUNDLE" "round-$round"
    after=$((RANDOM * whole / 32768))
    # A process group of its own: its children die with it, but the agent, which is a service, does not.
    setsid env FLEET_INSTALL_ROOT="$DEVICE" PATH="$DEVICE/stubs:$PATH" "$INSTALLER" --offline "$BUNDLE" >/dev/null 2>&1 3>&- &
    pid=$!
    (read -rt "$(printf '%d.%03d' $((after / 1000)) $((after % 1000)))" <> <(:)) || true
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    last="$(ls -t "$DEVICE"/var/log/sam3-fleet/install-*.log | head -n 1 | xargs tail -n 1 | cut -c22-90)"
    echo "# round $round: killed after $after ms, at: $last" >&3
    run on_device "$DEVICE" --offline "$BUNDLE"
    [ "$status" -eq 0 ] || { echo "round $round, killed after $after ms: $output"; false; }
    [ "$(current_mark "$DEVICE")" = "$(hash_of_mark "round-$round")" ]
    [[ "$(health "$DEVICE")" == *'"status":"ok"'* ]]
    [ ! -e "$DEVICE/opt/sam3-fleet/incoming" ]
    [ ! -f "$DEVICE/opt/sam3-fleet/state/trial" ]
  done
}
