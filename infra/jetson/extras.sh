# shellcheck shell=bash
# What an installation may bring besides the agent: a model pack, engines, a place in the fleet, a container image; and
# how all of it is removed again.

IMAGE=sam3-edge:jetson
# Seconds until the centre must have answered an enrolment; after that the agent goes on trying by itself.
ENROL_MAX_S="${FLEET_ENROL_MAX_S:-60}"

api_port() { local port; port="$(env_value API_PORT "$ENV_FILE")"; echo "${port:-8000}"; }

# Without a network, what is missing is said before anything is changed, all at once.
require_packages_offline() {
  local missing
  $DRY_RUN && return 0
  [ -d "$BUNDLE_DIR/debs" ] && return 0
  missing="$(missing_build_packages | tr '\n' ' ')"
  [ -z "$missing" ] || die "$EXIT_MISSING" "these packages are missing and the bundle has none: $missing" \
    'install them, or make the bundle with --debs on a machine with this system'
}

# Paths of what a pack consists of, each ended by a zero: what else lies in its folder is no part of it.
list_pack_files() {
  # shellcheck disable=SC2016 # a template of JavaScript
  "$1/node/bin/node" -e 'const { files } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    process.stdout.write(["pack.json", ...files.map(({ path }) => path)].map((path) => `${path}\0`).join(""))' "$PACK/pack.json"
}

# use_pack RELEASE: every file is compared with its sha256 before the pack is copied to the device's own.
use_pack() {
  local id target
  [ -n "$PACK" ] || return 0
  # The service's user need not be able to read where the pack was brought from.
  "$1/node/bin/node" "$1/packages/fleet-cli/dist/main.js" packs verify "$PACK" >>"$LOG_FILE" 2>&1 ||
    die "$EXIT_FAILED" "the pack in $PACK is not whole" 'bring it again; the log names the files'
  id="$(json_value id <"$PACK/pack.json")-$(json_value version <"$PACK/pack.json")"
  [[ "$id" =~ ^[A-Za-z0-9._-]+$ ]] || die "$EXIT_FAILED" "the pack in $PACK has no usable name"
  target="$DATA_DIR/packs/$id"
  if ! as_service cmp -s "$target/pack.json" - <"$PACK/pack.json"; then
    copy_pack "$1" "$target" || die "$EXIT_FAILED" "the pack in $PACK could not be copied to $target" 'look for room on the disk (df)'
  fi
  set_setting FLEET_MODEL_PACK "$target"
  say "the device sees with the pack $id"
}

# copy_pack RELEASE TARGET: root only reads. The folder belongs to the service, which may have put a link where a folder was,
# so the service's user does all that changes it. A listed file may be a link (a download cache has such): its bytes are copied.
copy_pack() {
  as_service rm -rf "$2.new" && as_service mkdir -p "$2.new" &&
    list_pack_files "$1" | tar -C "$PACK" -ch --null --verbatim-files-from -T - | as_service tar -xC "$2.new" --no-same-owner &&
    as_service sync -f "$2.new" && as_service rm -rf "$2" && as_service mv -T "$2.new" "$2"
}

brings_sam3() { [ -n "$CHECKPOINT" ] || { [ -n "$PACK" ] && grep -q '"sam3' "$PACK/pack.json"; }; }
has_tensorrt() { [ -n "$TENSORRT" ] || [ -n "$(env_value FLEET_TENSORRT_DIR "$SETTINGS_FILE")" ]; }
# Without engines SAM3 runs only where somebody asked for the CPU, and of a pack: a checkpoint is for engines alone.
runs_without_engines() { [ -z "$CHECKPOINT" ] && [ "$(env_value FLEET_SAM3_RUNTIME "$SETTINGS_FILE")" = onnxruntime ]; }

# Said before anything is changed: an agent with such a pack and without its engines would not start.
require_tensorrt_for_sam3() {
  if ! brings_sam3 || has_tensorrt || runs_without_engines; then return 0; fi
  die "$EXIT_MISSING" "no TensorRT on this machine to build the engines of ${CHECKPOINT:-$PACK} with" \
    "install nvidia-jetpack; or, for a small pack on the CPU, set FLEET_SAM3_RUNTIME=onnxruntime in $ENV_FILE"
}

# build_engines RELEASE: minutes on the GPU; an engine that is there and fits is not built again.
build_engines() {
  local rc=0 from=() exported="$DATA_DIR/engines/pack-fp32"
  if [ -n "$CHECKPOINT" ]; then
    from=(--checkpoint "$CHECKPOINT")
  elif brings_sam3; then
    from=(--pack "$(env_value FLEET_MODEL_PACK "$SETTINGS_FILE")")
  else
    return 0
  fi
  if ! has_tensorrt; then
    warn 'no TensorRT on this machine: engines are not built; FLEET_SAM3_RUNTIME has the pack run on the CPU'
    return 0
  fi
  say "building engines ($PRECISION); this takes minutes"
  fleet_of "$1" engines build "${from[@]}" --precision "$PRECISION" --output-dir "$DATA_DIR/engines" || rc=$?
  [ $rc -eq 0 ] || die "$EXIT_FAILED" 'the engines could not be built, or differ too much from the model' 'its output above says why'
  [ -n "$CHECKPOINT" ] || return 0
  # The pack that the exporter made of the checkpoint is the one to see with.
  [ "$PRECISION" != fp16 ] || exported="$DATA_DIR/engines/pack-fp16"
  set_setting SAM3_CHECKPOINT "$CHECKPOINT"
  set_setting FLEET_MODEL_PACK "$exported"
}

set_enrolment() {
  [ -n "$ENROL_URL" ] || return 0
  set_setting FLEET_CENTRE_URL "$ENROL_URL"
  [ -n "$ENROL_TOKEN" ] || return 0
  [ ! -f "$DATA_DIR/credentials.json" ] || { say 'this device has credentials already: the token is not used'; return 0; }
  TOKEN_IS_NEW=true
}

settle_enrolment() {
  local waited=0
  [ -f "$ENROL_FILE" ] || return 0
  while [ ! -f "$DATA_DIR/credentials.json" ] && [ $waited -lt "$ENROL_MAX_S" ]; do sleep 1; waited=$((waited + 1)); done
  if [ -f "$DATA_DIR/credentials.json" ]; then
    rm -f "$ENROL_FILE"
    say "enrolled at $(env_value FLEET_CENTRE_URL "$ENV_FILE")"
  else
    warn "not enrolled after $ENROL_MAX_S s: the agent works alone and goes on trying; $(where_agent_logs) says why. A token is good for one hour"
  fi
}

image_builder() {
  local builder
  for builder in docker podman buildah; do command -v "$builder" >/dev/null 2>&1 && { echo "$builder"; return; }; done
}

build_image() {
  local script="$SCRIPT_DIR/infra/docker/build-images.sh" options=(--jetson)
  ! $PUSH || options+=(--push --repo "$REPO")
  if $DRY_RUN; then say "would build $IMAGE$($PUSH && echo " and push $REPO:jetson-latest")"; return 0; fi
  [ -n "$(image_builder)" ] ||
    die "$EXIT_MISSING" 'neither docker, podman nor buildah is here' 'install docker.io, or leave the image out with --skip-docker'
  [ -f "$script" ] || die "$EXIT_MISSING" 'there is nothing here to build an image from' 'run this from a checkout'
  # shellcheck disable=SC2031
  env "PATH=$(node_home)/bin:$PATH" bash "$script" "${options[@]}" ||
    die "$EXIT_FAILED" "the image $IMAGE could not be built or pushed" 'its output above says why'
}

# The agent runs without an image, so a device without docker is none the worse.
build_image_if_possible() {
  if [ -z "$(image_builder)" ]; then
    if $PUSH; then die "$EXIT_MISSING" 'nothing is here to build and push an image with' 'install docker.io'; fi
    say "no docker here: $IMAGE is not built (the agent does not need it)"
    return 0
  fi
  build_image
}

uninstall_product() {
  local answer
  detect_machine
  if $DRY_RUN; then
    say "would stop the agent and remove $PRODUCT_DIR and its unit$($PURGE && echo ", settings and everything in $HOME_DIR")"
    return
  fi
  if ! $ASSUME_YES && [ -t 0 ]; then
    printf 'Remove sam3-fleet%s? [y/N] ' "$($PURGE && echo ' and everything that this device has seen')" >&2
    read -r answer
    [ "$answer" = y ] || [ "$answer" = Y ] || { say 'nothing was changed'; return; }
  elif $PURGE && ! $ASSUME_YES; then
    die "$EXIT_USAGE" 'removing everything that this device has seen must be confirmed' 'add --yes'
  fi
  stop_agent
  if systemd_runs; then systemctl --quiet disable "$UNIT_NAME" 2>/dev/null || true; fi
  rm -f "$UNIT_DIR/$UNIT_NAME" "$UNIT_DIR/multi-user.target.wants/$UNIT_NAME" "$PREFIX/etc/logrotate.d/sam3-fleet"
  if systemd_runs; then systemctl daemon-reload; fi
  LOG_FILE=/dev/null
  rm -rf "$PRODUCT_DIR"
  if $PURGE; then
    rm -rf "$CONFIG_DIR" "$HOME_DIR" "$LOG_DIR"
    if ! has_prefix && id -u "$SERVICE_USER" >/dev/null 2>&1; then userdel "$SERVICE_USER"; fi
    say 'removed, with settings and data'
  else
    say "removed; settings stay in $CONFIG_DIR, what the device has seen in $DATA_DIR (--uninstall --purge removes both)"
  fi
}
