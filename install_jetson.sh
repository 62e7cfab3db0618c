#!/usr/bin/env bash
# Everything that a Jetson needs to join the fleet, in one command that may be run again at any time: it installs,
# updates, checks and removes. Its parts lie in infra/jetson; docs/jetson.md goes from box to search result.
set -euo pipefail

SCRIPT_DIR="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
PARTS_DIR="$SCRIPT_DIR/infra/jetson"
# shellcheck source=infra/jetson/lib.sh
. "$PARTS_DIR/lib.sh"
# shellcheck source=infra/jetson/settings.sh
. "$PARTS_DIR/settings.sh"
# shellcheck source=infra/jetson/detect.sh
. "$PARTS_DIR/detect.sh"
# shellcheck source=infra/jetson/release.sh
. "$PARTS_DIR/release.sh"
# shellcheck source=infra/jetson/packages.sh
. "$PARTS_DIR/packages.sh"
# shellcheck source=infra/jetson/system.sh
. "$PARTS_DIR/system.sh"
# shellcheck source=infra/jetson/service.sh
. "$PARTS_DIR/service.sh"
# shellcheck source=infra/jetson/extras.sh
. "$PARTS_DIR/extras.sh"

usage() {
  cat <<'TEXT'
usage: sudo ./install_jetson.sh [options]

Without options: installs or updates this device from the checkout that the script lies in, and starts it.

  --checkpoint PATH       build TensorRT engines from this SAM3 checkpoint
  --precision P           of the engines: fp16 (default), fp32 or int8
  --pack DIR              model pack that the device sees with; else the one that comes with the product
  --enrol URL             the centre that this device joins
  --token T               single-use token of the centre; - reads it from standard input (so does FLEET_ENROL_TOKEN
                          from the environment), which keeps it out of the list of processes
  --offline BUNDLE        install from a bundle (file or unpacked folder) made by scripts/make-bundle.sh; uses no network
  --docker-only           only build the container image sam3-edge:jetson
  --skip-docker           do not build the image
  --push --repo R         also push the image as R:jetson-latest
  --init-db               only make the database, or bring it to the newest form
  --health-check [--json] only check this device; each finding says what to do
  --uninstall [--purge]   remove the product; --purge also removes settings and everything that the device has seen
  --dry-run               say what would be done and change nothing
  --yes                   do not ask before removing

Exit codes: 0 done (for --health-check: all is well), 1 a step failed, 2 the options were not understood, 3 this machine
is not supported, 4 something is missing that an offline installation cannot fetch, or TensorRT for SAM3, 5 the
update did not work and the release before runs again, 6 a job is being worked off, 7 the agent does not answer, 8 another installation is running.
--health-check ends with 0 well, 3 warnings, 4 failures.
TEXT
}

ACTION=install CHECKPOINT="" PRECISION=fp16 PACK="" ENROL_URL="" ENROL_TOKEN="${FLEET_ENROL_TOKEN:-}" BUNDLE=""
WITH_IMAGE=true PUSH=false REPO="" PURGE=false ASSUME_YES=false JSON=false
unset FLEET_ENROL_TOKEN

bad_usage() { say "$1"; usage >&2; exit "$EXIT_USAGE"; }

parse_options() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --checkpoint | --precision | --pack | --enrol | --token | --offline | --repo)
        if [ $# -lt 2 ] || [ -z "$2" ]; then bad_usage "$1 needs a value"; fi
        ;;
    esac
    case "$1" in
      --checkpoint) CHECKPOINT="$2"; shift ;;
      --precision) PRECISION="$2"; shift ;;
      --pack) PACK="$2"; shift ;;
      --enrol) ENROL_URL="$2"; shift ;;
      --token) ENROL_TOKEN="$2"; shift ;;
      --offline) BUNDLE="$2"; shift ;;
      --repo) REPO="$2"; shift ;;
      --docker-only) ACTION=image ;;
      --skip-docker) WITH_IMAGE=false ;;
      --push) PUSH=true ;;
      --init-db) ACTION=init-db ;;
      --health-check) ACTION=health-check ;;
      --json) JSON=true ;;
      --uninstall) ACTION=uninstall ;;
      --purge) PURGE=true ;;
      --dry-run) DRY_RUN=true ;;
      --yes) ASSUME_YES=true ;;
      -h | --help) usage; exit 0 ;;
      *) bad_usage "unknown option $1" ;;
    esac
    shift
  done
  case "$PRECISION" in fp16 | fp32 | int8) ;; *) bad_usage '--precision is fp16, fp32 or int8' ;; esac
  [ -z "$CHECKPOINT" ] || [ -e "$CHECKPOINT" ] || bad_usage "--checkpoint: nothing lies at $CHECKPOINT"
  # What uses it runs in a folder of its own.
  [ -z "$CHECKPOINT" ] || CHECKPOINT="$(readlink -f "$CHECKPOINT")"
  [ -z "$PACK" ] || [ -f "$PACK/pack.json" ] || bad_usage "--pack: no pack.json in $PACK"
  if $PUSH && [ -z "$REPO" ]; then bad_usage '--push needs --repo'; fi
  if $PURGE && [ "$ACTION" != uninstall ]; then bad_usage '--purge belongs to --uninstall'; fi
  [ -z "$ENROL_URL" ] || [[ "$ENROL_URL" =~ ^https?://[^[:space:]]+$ ]] || bad_usage '--enrol is an address with http or https'
  # A last line without its end is a token too.
  [ "$ENROL_TOKEN" != - ] || { ENROL_TOKEN=""; IFS= read -r ENROL_TOKEN || [ -n "$ENROL_TOKEN" ] || bad_usage '--token -: nothing came from standard input'; }
  # It becomes a line of a file of settings, which it must not end.
  [ -z "$ENROL_TOKEN" ] || [[ "$ENROL_TOKEN" =~ ^[A-Za-z0-9._~+/=-]+$ ]] || bad_usage '--token has a character that no token has'
  if [ -n "$ENROL_URL" ] && [ -z "$ENROL_TOKEN" ] && [ ! -f "$DATA_DIR/credentials.json" ]; then
    bad_usage '--enrol needs --token, or FLEET_ENROL_TOKEN in the environment'
  fi
}

require_root() { is_root || has_prefix || die "$EXIT_USAGE" 'this changes the system' 'run it with sudo'; }

# Seconds that an installer which was just killed may need to be gone: its last write may still be under way.
LOCK_MAX_S=5

# One installer at a time; a second one would meet half a release.
take_lock() {
  mkdir -p "$STATE_DIR"
  exec 9>"$STATE_DIR/install.lock"
  flock -w "$LOCK_MAX_S" 9 || die "$EXIT_LOCKED" 'another installation is running on this device' 'wait until it has ended'
}

install_product() {
  detect_machine
  show_machine
  require_supported_machine
  require_tensorrt_for_sam3
  choose_source "$BUNDLE"
  STEPS_TOTAL=9
  local network='check the network, then run this script again: it goes on where it was'

  if ! $DRY_RUN; then finish_interrupted_trial; fi
  [ "$SOURCE_KIND" = checkout ] ||
    step unpack "$SOURCE_ID" incoming_is_whole 'the bundle is damaged or the disk is full: copy it again' unpack_bundle
  [ "$SOURCE_KIND" = checkout ] || require_packages_offline
  step packages "$(hash_of "${BUILD_PACKAGES[@]}")" no_packages_missing "$network" install_packages
  step node "$NODE_VERSION-$NODE_CPU" node_works "$network" install_node
  [ "$SOURCE_KIND" = bundle ] || step stage "$SOURCE_ID" incoming_is_whole_or_released "$network" stage_checkout
  step user "$SERVICE_USER" user_exists 'see the log' make_user
  step folders 1 folders_are_there 'see the log' make_folders
  step settings 1 settings_are_there 'see the log' write_settings
  step log-rotation 1 log_rotation_is_there 'see the log' write_log_rotation
  if $DRY_RUN; then
    say 'then: compile the native parts, try the new release, switch to it, start it and see that it answers'
    say 'nothing was changed'
    return
  fi
  step native-parts "$(incoming_id)" native_parts_or_released 'see the log; it says which compiler or library is missing' build_native_parts
  step release "$(incoming_id)" release_is_in_place 'see the log' place_release
  bring_into_service "$(release_with_id "$(cat "$STAMPS_DIR/release")")"
}

# A checkout's release is known by the key that it was staged from.
incoming_is_whole_or_released() {
  incoming_is_this || { [ -f "$STAMPS_DIR/release" ] && [ -n "$(release_with_id "$(cat "$STAMPS_DIR/release")")" ]; }
}
native_parts_or_released() { release_is_in_place || native_parts_load; }

bring_into_service() {
  local release="$1" before
  before="$(current_release)"
  begin_settings
  use_pack "$release"
  build_engines "$release"
  set_enrolment
  say "trying release $(basename "$release") ($(release_id_of "$release")) before it is used"
  if ! check_release "$release"; then
    drop_settings
    die "$EXIT_FAILED" "release $(basename "$release") failed its check; nothing was switched" \
      'each failed line above says what to do; then run this script again'
  fi
  if [ "$before" = "$release" ] && ! $SETTINGS_CHANGED && ! $TOKEN_IS_NEW && agent_runs && agent_answers "$release"; then
    drop_settings
    say 'installed already, and it answers'
  else
    switch_to "$release"
    say "release $(basename "$release") runs and answers"
  fi
  settle_enrolment
  if $WITH_IMAGE && [ "$SOURCE_KIND" = checkout ]; then build_image_if_possible; fi
  say "ready: http://$(hostname 2>/dev/null || echo localhost):$(api_port)/health; the API token is FLEET_API_TOKEN in $ENV_FILE"
}

check_health() {
  local release rc=0 options=()
  release="$(current_release)"
  [ -n "$release" ] || die "$EXIT_UNHEALTHY" 'nothing is installed here' 'run this script without options'
  ! $JSON || options+=(--json)
  fleet_of "$release" doctor ${options[@]+"${options[@]}"} || rc=$?
  exit $rc
}

init_database() {
  local release
  release="$(current_release)"
  [ -n "$release" ] || die "$EXIT_MISSING" 'nothing is installed here' 'run this script without options first'
  # Two programs that bring one database forward, or move a damaged one aside, would each undo the other's work.
  if agent_runs; then say 'the agent runs: its database is made, and of its own form'; return; fi
  fleet_of "$release" init-db
}

parse_options "$@"
case "$ACTION" in
  health-check) require_root; check_health ;;
  image) build_image ;;
  *)
    if ! $DRY_RUN; then require_root; take_lock; open_log; fi
    case "$ACTION" in
      install) install_product ;;
      init-db) init_database ;;
      uninstall) uninstall_product ;;
    esac
    ;;
esac
