# shellcheck shell=bash
# The device of the arm64 test and its centre: how they are made, and each part of the story that the test tells.

CENTRE_PORT="" CENTRE_PID="" DEVICE_PORT="" PARTS_PASSED=0
# Wall seconds that emulation may take where a device takes a tenth of them.
ANSWER_MAX_S=1200
JOB_MAX_S=2400
SYNC_MAX_S=300
# Of a street with people in every picture: enough of them that tracks become sightings.
CLIP_PACKETS=11
ADMIN_TOKEN="$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"
TRANSCRIPT="$LOGS/arm64-transcript.log"

# part NAME FUNCTION: one guarantee, with its time; the first that fails ends the test.
part() {
  local started rc=0
  started=$(now_ms)
  say "arm64: $1 ..."
  printf '\n=== %s\n' "$1" >>"$TRANSCRIPT"
  set +e
  (set -euo pipefail; "$2") >>"$TRANSCRIPT" 2>&1 </dev/null
  rc=$?
  set -e
  if [ $rc -ne 0 ]; then
    tail -n 40 "$TRANSCRIPT" | sed 's/^/    /' >&2
    say "arm64: FAILED after $(seconds_since "$started"): $1 (all of it: $TRANSCRIPT)"
    exit 1
  fi
  PARTS_PASSED=$((PARTS_PASSED + 1))
  say "arm64: ok in $(seconds_since "$started")"
}

fetched() { step "arm64-$1" "$2" "$3" 'see the log; the network must reach a Debian mirror' "$4"; }

# The packages that a device of this system lacks, fetched by this machine's own apt for the other processor.
make_debs() {
  fetched debs "$(hash_of "=${BUILD_PACKAGES[*]} ${WISHED_PACKAGES[*]}" "=$BASE_VERSION")" debs_are_there fetch_debs
}
debs_are_there() { compgen -G "$ARM64_CACHE/debs/libfaiss-dev_*_arm64.deb" >/dev/null; }
fetch_debs() {
  local apt=(-o "Dir=$ARM64_BASE" -o "Dir::State::status=$ARM64_BASE/var/lib/dpkg/status" -o APT::Architecture=arm64
    -o APT::Architectures=arm64 -o "Dir::Cache::archives=$ARM64_CACHE/debs" -o APT::Sandbox::User=root
    -o 'Acquire::Check-Valid-Until=false')
  mkdir -p "$ARM64_CACHE/debs/partial"
  twice apt-get -q "${apt[@]}" update
  twice apt-get -q -y "${apt[@]}" --no-install-recommends --download-only install "${BUILD_PACKAGES[@]}" "${WISHED_PACKAGES[@]}"
}

make_arm64_bundle() {
  BUNDLE="$ARM64_CACHE/bundle.tar.gz"
  step arm64-bundle "$(sources_key)" bundle_is_there 'see the log' make_bundle_file
}
bundle_is_there() { [ -s "$BUNDLE" ]; }
make_bundle_file() { bash "$ROOT/scripts/make-bundle.sh" --cpu arm64 --out "$BUNDLE"; }

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# wait_for SECONDS COMMAND...: until it succeeds; looks twice a second, for it waits on processes of another world.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not in time: $*"; return 1; }
    sleep 0.5
  done
}

start_centre() {
  local mqtt_port
  CENTRE_PORT="$(free_port)"
  mqtt_port="$(free_port)"
  CENTRE_DIR="$(mktemp -d "$ARM64_CACHE/centre.XXXXXX")"
  FLEET_DATA_DIR="$CENTRE_DIR" PORT="$CENTRE_PORT" FLEET_MQTT_PORT="$mqtt_port" FLEET_ENROL=required \
    FLEET_ADMIN_TOKEN="$ADMIN_TOKEN" node "$ROOT/packages/aggregator/dist/main.js" >"$LOGS/arm64-centre.log" 2>&1 9>&- &
  CENTRE_PID=$!
  wait_for 120 grep -q 'the centre is ready' "$LOGS/arm64-centre.log"
}

# trpc PROCEDURE [JSON]: a query, or with JSON a mutation; prints the data.
trpc() {
  local data=()
  [ $# -lt 2 ] || data=(-H 'content-type: application/json' --data "$2")
  curl -fsS -H @- ${data[@]+"${data[@]}"} "http://127.0.0.1:$CENTRE_PORT/trpc/$1" <<<"authorization: Bearer $ADMIN_TOKEN" |
    node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8")).result.data)'
}

make_device() {
  unmount_from "$ARM64_RUN"
  rm -rf "$ARM64_RUN"
  cp -a "$ARM64_BASE" "$ARM64_RUN"
  dress_as_jetson "$ARM64_RUN"
  mount_into "$ARM64_RUN"
  : >"$TRANSCRIPT"
  DEVICE_PORT="$(free_port)"
  mkdir -p "$ARM64_RUN/etc/sam3-fleet" "$ARM64_RUN/media"
  printf 'API_PORT="%s"\nAPI_HOST="127.0.0.1"\nFLEET_DETECTOR_WORKERS="1"\nFLEET_DEVICE_NAME="emulated"\n' "$DEVICE_PORT" \
    >"$ARM64_RUN/etc/sam3-fleet/agent.env"
  tar -xzf "$BUNDLE" -C "$ARM64_RUN/media"
}

# The script from the bundle, as a person starts it on a device that has no way out.
install_there() { enter "$ARM64_RUN" FLEET_ANSWER_MAX_S="$ANSWER_MAX_S" FLEET_ENROL_MAX_S=300 ${FLEET_ENROL_TOKEN:+"FLEET_ENROL_TOKEN=$FLEET_ENROL_TOKEN"} /media/sam3-fleet/install_jetson.sh "$@"; }

refuses_without_packages() {
  local rc=0
  install_there --offline /media/sam3-fleet || rc=$?
  [ $rc -eq 4 ]
  cp -a "$ARM64_CACHE/debs" "$ARM64_RUN/media/sam3-fleet/"
  rm -rf "$ARM64_RUN/media/sam3-fleet/debs/partial" "$ARM64_RUN/media/sam3-fleet/debs/lock"
  # As make-bundle.sh --debs would have listed them.
  (cd "$ARM64_RUN/media/sam3-fleet" && sha256sum debs/*.deb >>SHA256SUMS)
  rm -rf "$ARM64_RUN/opt/sam3-fleet/incoming"
}

# holds_nowhere TEXT PLACE...: errexit does not see a `!` by itself.
holds_nowhere() { if grep -rqF -e "$@"; then echo "found in $*"; return 1; fi; }

installs() {
  local token
  token="$(trpc devices.enrolToken '{"note":"emulated"}' | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).token')"
  FLEET_ENROL_TOKEN="$token" install_there --offline /media/sam3-fleet --enrol "http://127.0.0.1:$CENTRE_PORT" --skip-docker
  [ -f "$ARM64_RUN/var/lib/sam3-fleet/.cache/sam3_deepstream/credentials.json" ]
  holds_nowhere "$token" "$ARM64_RUN/var/log" "$ARM64_RUN/opt/sam3-fleet/state"
  curl -fsS "http://127.0.0.1:$DEVICE_PORT/health"
}

native_parts_load_there() {
  local app=/opt/sam3-fleet/current
  enter "$ARM64_RUN" sh -c "cd $app && node/bin/node -e '
    for (const name of [\"better-sqlite3\", \"sharp\", \"node-av\", \"onnxruntime-node\", \"faiss-node\"]) { require(name); console.log(name, \"loads on\", process.arch) }
    require(\"$app/packages/trt-native/native/build/sam3_trt.node\").liveCounts(); console.log(\"trt-native loads\")'"
}

ask() { curl -fsS -H @- "$@" <<<"authorization: Bearer $(sed -n 's/^FLEET_API_TOKEN="\(.*\)"/\1/p' "$ARM64_RUN/etc/sam3-fleet/agent.env")"; }
field() { node -p "JSON.parse(require('fs').readFileSync(0, 'utf8'))$1"; }
device_url() { echo "http://127.0.0.1:$DEVICE_PORT"; }

frames_done_above() { [ "$(ask "$(device_url)/api/v1/jobs/$1" | field '.frames_done')" -gt "$2" ]; }
job_is_over() { [[ "$(ask "$(device_url)/api/v1/jobs/$1" | field '.status')" =~ ^(completed|failed)$ ]]; }

works_through_clip() {
  local clip="$ARM64_CACHE/clip.avi" job pid
  node "$ROOT/infra/jetson/test/arm64/cut-clip.ts" "$MEDIA/vtest.avi" "$clip" "$CLIP_PACKETS"
  job="$(ask -F "file=@$clip" "$(device_url)/api/v1/detect" | field '.job_id')"
  wait_for "$JOB_MAX_S" frames_done_above "$job" 0
  pid="$(cat "$ARM64_RUN/opt/sam3-fleet/state/agent.pid")"
  kill -KILL "$pid"
  echo "agent $pid killed after $(now_ms) with the job half done"
  install_there --offline /media/sam3-fleet --skip-docker
  wait_for "$JOB_MAX_S" job_is_over "$job"
  ask "$(device_url)/api/v1/jobs/$job"
  [ "$(ask "$(device_url)/api/v1/jobs/$job" | field '.status')" = completed ]
  ask "$(device_url)/api/v1/objects?group_by=label"
  ask "$(device_url)/api/v1/search?q=person+on+a+bike&limit=3"
  [ "$(ask "$(device_url)/api/v1/objects?group_by=label" | field '.objects.length')" -gt 0 ]
}

centre_is_level() {
  [ "$(ask "$(device_url)/stats" | field '.sync.backlogEntries')" = 0 ] && [ "$(ask "$(device_url)/stats" | field '.totals.sightings')" -gt 0 ]
}
centre_has_all() {
  wait_for "$SYNC_MAX_S" centre_is_level
  ask "$(device_url)/stats" | field '.sync'
  local at_device at_centre
  at_device="$(ask "$(device_url)/stats" | field '.totals.sightings')"
  at_centre="$(trpc 'devices.list' | tee /dev/stderr | node -p 'JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8"))).match(/"sightings":(\d+)/)?.[1] ?? ""')"
  [ "$at_device" = "$at_centre" ]
}

second_run() {
  local before said
  before="$(cat "$ARM64_RUN/opt/sam3-fleet/state/agent.pid")"
  said="$(install_there --offline /media/sam3-fleet --skip-docker 2>&1)"
  echo "$said"
  grep -q 'installed already, and it answers' <<<"$said"
  [ "$(cat "$ARM64_RUN/opt/sam3-fleet/state/agent.pid")" = "$before" ]
}

# another_release FOLDER MARK: the same bundle as another release.
another_release() {
  local id
  rm -rf "$1/debs"
  id="$(printf '%s' "$2" | sha256sum | cut -c1-16)"
  sed -i "s/\"id\": \".*\"/\"id\": \"$id\"/" "$1/bundle.json" "$1/app/release.json"
  (cd "$1" && rm -f SHA256SUMS && find . -type f -print0 | sort -z | xargs -0 sha256sum >/tmp/sums.$$ && mv /tmp/sums.$$ SHA256SUMS)
}

release_in_use() { readlink "$ARM64_RUN/opt/sam3-fleet/current"; }

updates() {
  another_release "$ARM64_RUN/media/sam3-fleet" newer
  install_there --offline /media/sam3-fleet --skip-docker
  [ "$(release_in_use)" = releases/2 ]
  [ "$(ask "$(device_url)/stats" | field '.totals.sightings')" -gt 0 ]
}

goes_back() {
  local rc=0
  echo 'process.exit(1)' >"$ARM64_RUN/media/sam3-fleet/app/packages/edge-agent/dist/main.js"
  another_release "$ARM64_RUN/media/sam3-fleet" does-not-start
  enter "$ARM64_RUN" FLEET_ANSWER_MAX_S=120 /media/sam3-fleet/install_jetson.sh --offline /media/sam3-fleet --skip-docker || rc=$?
  [ $rc -eq 5 ]
  [ "$(release_in_use)" = releases/2 ]
  curl -fsS "$(device_url)/health"
}

health_check() {
  local rc=0
  install_there --health-check || rc=$?
  [ $rc -eq 0 ] || [ $rc -eq 3 ]
}

uninstalls() {
  local pid
  pid="$(cat "$ARM64_RUN/opt/sam3-fleet/state/agent.pid")"
  install_there --uninstall --purge --yes
  [ ! -d "/proc/$pid" ]
  [ -z "$(find "$ARM64_RUN"/{opt,etc,var,usr} -name '*sam3*' -print)" ]
  holds_nowhere 'sam3-fleet:' "$ARM64_RUN/etc/passwd"
}

clean_up() {
  local pid
  if [ -f "$ARM64_RUN/opt/sam3-fleet/state/agent.pid" ]; then
    pid="$(cat "$ARM64_RUN/opt/sam3-fleet/state/agent.pid")"
    if [[ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" == "$ARM64_RUN"/* ]]; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  [ -z "$CENTRE_PID" ] || kill "$CENTRE_PID" 2>/dev/null || true
  unmount_from "$ARM64_RUN"
  rm -rf "$ARM64_RUN" "${CENTRE_DIR:-}"
}
