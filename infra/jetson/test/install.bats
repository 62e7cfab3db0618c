#!/usr/bin/env bats
# A device from nothing to a running agent, again, to a newer release, back from a bad one, and to nothing. One story:
# each test goes on where the one before left the device.

bats_require_minimum_version 1.5.0

setup_file() {
  export BATS_NO_PARALLELIZE_WITHIN_FILE=true
  # shellcheck source=infra/jetson/test/fixture.bash
  . "$BATS_TEST_DIRNAME/fixture.bash"
  export DEVICE="$BATS_FILE_TMPDIR/device" BUNDLE="$BATS_FILE_TMPDIR/bundle"
  make_device "$DEVICE"
  make_bundle "$BUNDLE" first
}

setup() {
  # shellcheck source=infra/jetson/test/fixture.bash
  . "$BATS_TEST_DIRNAME/fixture.bash"
}

teardown_file() {
  . "$BATS_TEST_DIRNAME/fixture.bash"
  stop_device "$DEVICE"
}

@test "from a bundle, without a network, to an agent that answers" {
  run on_device "$DEVICE" --offline "$BUNDLE"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$(health "$DEVICE")" == *'"status":"ok"'* ]]
  [ "$(current_mark "$DEVICE")" = "$(hash_of_mark first)" ]
  [ ! -f "$DEVICE/apt-calls" ]
}

@test "the token is made here, readable by its owner alone, and in no log" {
  settings="$DEVICE/etc/sam3-fleet/agent.env"
  token="$(sed -n 's/^FLEET_API_TOKEN="\(.*\)"/\1/p' "$settings")"
  [ "${#token}" -ge 32 ]
  [ "$(stat -c %a "$settings")" = 600 ]
  run ! grep -rq "$token" "$DEVICE/var/log/sam3-fleet"
}

@test "again it finds everything done, keeps the agent running and the settings as they are" {
  pid="$(agent_pid_of "$DEVICE")"
  settings="$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")"
  run on_device "$DEVICE" --offline "$BUNDLE"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$output" == *'installed already, and it answers'* ]]
  [ "$(agent_pid_of "$DEVICE")" = "$pid" ]
  [ "$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")" = "$settings" ]
  [ ! -d "$DEVICE/opt/sam3-fleet/releases/2" ]
}

@test "a health check says how each part is, for people and for programs" {
  run on_device "$DEVICE" --health-check
  [ "$status" -eq 3 ] || [ "$status" -eq 0 ] || { echo "$output"; false; }
  for part in versions clock temperature gpu pack inference disk-space disk-commits database agent index sync; do
    [[ "$output" == *" $part "* ]] || { echo "missing: $part"; echo "$output"; false; }
  done
  run --separate-stderr on_device "$DEVICE" --health-check --json
  [ "$(node -p 'JSON.parse(process.argv[1]).findings.length > 9' "$output")" = true ]
}

@test "a token for the centre is handed over in a file that is gone when it is used, and is in no log" {
  # A centre that takes the token, so that the agent gets credentials as it does from a real one.
  cat >"$BATS_TEST_TMPDIR/centre.mjs" <<'JS'
import { createServer } from 'node:http'
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => (body += part)).on('end', () => {
    const { token, deviceId } = JSON.parse(body)
    const isRight = request.url === '/api/v1/enrol' && token === 'canary-enrol-token'
    response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ username: deviceId, password: 'secret', mqttUrl: 'mqtt://127.0.0.1:9' }))
  })
}).listen(0, '127.0.0.1', () => console.log(server.address().port))
JS
  node "$BATS_TEST_TMPDIR/centre.mjs" >"$BATS_TEST_TMPDIR/port" 3>&- &
  centre=$!
  until [ -s "$BATS_TEST_TMPDIR/port" ]; do kill -0 $centre; done
  run on_device "$DEVICE" --offline "$BUNDLE" --enrol "http://127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")" --token - <<<canary-enrol-token
  kill $centre
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$output" == *'enrolled at http://127.0.0.1'* ]]
  [ -f "$DEVICE/var/lib/sam3-fleet/.cache/sam3_deepstream/credentials.json" ]
  [ ! -f "$DEVICE/etc/sam3-fleet/enrol.env" ]
  [[ "$output" != *canary* ]]
  run ! grep -rq canary-enrol-token "$DEVICE/var/log" "$DEVICE/opt/sam3-fleet/state" "$DEVICE/etc"
}

@test "a newer release is switched to, and the one before stays to go back to" {
  printf '// newer\n' >>"$BUNDLE/app/packages/edge-agent/dist/agent-version.js"
  seal_bundle "$BUNDLE" second
  run on_device "$DEVICE" --offline "$BUNDLE"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [ "$(current_mark "$DEVICE")" = "$(hash_of_mark second)" ]
  [ -d "$DEVICE/opt/sam3-fleet/releases/1" ]
  [[ "$(readlink "/proc/$(agent_pid_of "$DEVICE")/cwd")" == */releases/2 ]]
}

@test "a release that fails its check is never switched to" {
  cp -r "$BUNDLE" "$BATS_TEST_TMPDIR/bad"
  echo damage >>"$BATS_TEST_TMPDIR/bad/app/packages/models/packs/default/pack.json"
  seal_bundle "$BATS_TEST_TMPDIR/bad" damaged-pack
  pid="$(agent_pid_of "$DEVICE")"
  run on_device "$DEVICE" --offline "$BATS_TEST_TMPDIR/bad"
  [ "$status" -eq 1 ] || { echo "$output"; false; }
  [ "$(current_mark "$DEVICE")" = "$(hash_of_mark second)" ]
  [ "$(agent_pid_of "$DEVICE")" = "$pid" ]
}

# other_pack FOLDER: a pack that this device does not see with yet.
other_pack() {
  cp -r "$CHECKOUT/packages/models/packs/default" "$1"
  sed -i 's/^  "version": ".*"/  "version": "99.0.0"/' "$1/pack.json"
}

@test "settings that a release was not switched to with are not the agent's" {
  cp -r "$BUNDLE" "$BATS_TEST_TMPDIR/bad"
  sed -i '1a if (process.argv.includes("doctor")) process.exit(4)' "$BATS_TEST_TMPDIR/bad/app/packages/fleet-cli/dist/main.js"
  seal_bundle "$BATS_TEST_TMPDIR/bad" fails-its-check
  other_pack "$BATS_TEST_TMPDIR/pack"
  settings="$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")"
  run on_device "$DEVICE" --offline "$BATS_TEST_TMPDIR/bad" --pack "$BATS_TEST_TMPDIR/pack"
  [ "$status" -eq 1 ] || { echo "$output"; false; }
  [[ "$output" == *'sees with the pack default-99.0.0'*'nothing was switched'* ]] || { echo "$output"; false; }
  [ "$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")" = "$settings" ]
  [ -z "$(find "$DEVICE/opt/sam3-fleet/state" -name 'settings.*')" ]
}

@test "a release that does not answer is gone back from by itself, and so are the settings it came with" {
  other_pack "$BATS_TEST_TMPDIR/pack"
  settings="$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")"
  cp -r "$BUNDLE" "$BATS_TEST_TMPDIR/bad"
  printf 'process.exit(1)\n' >"$BATS_TEST_TMPDIR/bad/app/packages/edge-agent/dist/main.js"
  seal_bundle "$BATS_TEST_TMPDIR/bad" does-not-start
  FLEET_ANSWER_MAX_S=20 run on_device "$DEVICE" --offline "$BATS_TEST_TMPDIR/bad" --pack "$BATS_TEST_TMPDIR/pack"
  [ "$status" -eq 5 ] || { echo "$output"; false; }
  [[ "$output" == *'going back to release 2'* ]]
  [ "$(current_mark "$DEVICE")" = "$(hash_of_mark second)" ]
  [[ "$(health "$DEVICE")" == *'"status":"ok"'* ]]
  [ ! -f "$DEVICE/opt/sam3-fleet/state/trial" ]
  [ "$(sha256sum "$DEVICE/etc/sam3-fleet/agent.env")" = "$settings" ]
  [ -z "$(find "$DEVICE/opt/sam3-fleet/state" -name 'settings.*')" ]
}

@test "a bundle with one changed byte is not unpacked into a release" {
  cp -r "$BUNDLE" "$BATS_TEST_TMPDIR/bad"
  seal_bundle "$BATS_TEST_TMPDIR/bad" tampered
  printf '\n' >>"$BATS_TEST_TMPDIR/bad/app/packages/edge-agent/dist/agent-version.js"
  run on_device "$DEVICE" --offline "$BATS_TEST_TMPDIR/bad"
  [ "$status" -eq 1 ]
  [[ "$output" == *'agent-version.js: FAILED'* ]]
  [ "$(current_mark "$DEVICE")" = "$(hash_of_mark second)" ]
}

@test "removed, settings and what was seen stay; purged, nothing stays" {
  pid="$(agent_pid_of "$DEVICE")"
  run on_device "$DEVICE" --uninstall --yes
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [ ! -d "/proc/$pid" ]
  [ ! -e "$DEVICE/opt/sam3-fleet" ]
  [ -f "$DEVICE/var/lib/sam3-fleet/.cache/sam3_deepstream/db/detections.db" ]
  run on_device "$DEVICE" --uninstall --purge --yes
  [ "$status" -eq 0 ]
  [ -z "$(find "$DEVICE" -path "$DEVICE/stubs" -prune -o -name '*sam3*' -print)" ]
}
