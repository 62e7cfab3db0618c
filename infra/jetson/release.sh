# shellcheck shell=bash
# A release from a bundle or from this checkout into releases/N, its native parts compiled here, tried, and made current.
# `current` changes in one step, and only after the new release has shown that it works; else the one before goes on.

# Where a release is put together before it has a number.
BUNDLE_DIR="$PRODUCT_DIR/incoming"
# Written before a switch and removed when the new release has proved itself: what is found after a power cut is undone.
TRIAL_FILE="$STATE_DIR/trial"
# Releases that stay: the current one and the one before.
RELEASES_KEPT=2

SOURCE_KIND="" SOURCE_PATH="" SOURCE_ID="" NODE_CPU=arm64

json_value() { sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1; }
release_id_of() { [ ! -f "$1/release.json" ] || json_value id <"$1/release.json"; }

# The folder of the release with this id, if it was ever put in place.
release_with_id() {
  local dir
  for dir in "$RELEASES_DIR"/*/; do
    [ -f "$dir/release.json" ] && [ -e "$dir/.complete" ] && [ "$(release_id_of "$dir")" = "$1" ] && { echo "${dir%/}"; return; }
  done
}

current_release() { [ ! -L "$CURRENT_LINK" ] || readlink -f "$CURRENT_LINK"; }

next_release_number() {
  local last
  last="$(find "$RELEASES_DIR" -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | grep -E '^[0-9]+$' | sort -n | tail -n 1)"
  echo $((${last:-0} + 1))
}

# choose_source BUNDLE: a bundle as a file or as an unpacked folder; without one, the checkout that this script lies in.
choose_source() {
  local text
  case "$(dpkg --print-architecture)" in amd64) NODE_CPU=x64 ;; *) NODE_CPU=arm64 ;; esac
  if [ -z "$1" ]; then
    SOURCE_KIND=checkout SOURCE_PATH="$SCRIPT_DIR"
    [ -f "$SCRIPT_DIR/scripts/release/stage-release.ts" ] ||
      die "$EXIT_USAGE" 'this is no checkout to install from' 'give --offline BUNDLE'
    SOURCE_ID="$(checkout_key)"
    return
  fi
  SOURCE_KIND=bundle SOURCE_PATH="$(readlink -f "$1" || true)"
  if [ -d "$SOURCE_PATH" ] && [ -f "$SOURCE_PATH/bundle.json" ]; then
    text="$(cat "$SOURCE_PATH/bundle.json")"
  elif [ -f "$SOURCE_PATH" ]; then
    text="$(tar -xzOf "$SOURCE_PATH" --occurrence=1 sam3-fleet/bundle.json 2>/dev/null || true)"
  else
    die "$EXIT_USAGE" "no bundle at $1" 'make one with scripts/make-bundle.sh on a machine with a network'
  fi
  SOURCE_ID="$(json_value id <<<"$text")"
  [ -n "$SOURCE_ID" ] || die "$EXIT_USAGE" "$1 is not a bundle of this product" 'make one with scripts/make-bundle.sh'
  [ "$(json_value cpu <<<"$text")" = "$NODE_CPU" ] ||
    die "$EXIT_USAGE" "$1 is for $(json_value cpu <<<"$text"), this machine is $NODE_CPU" "scripts/make-bundle.sh --cpu $NODE_CPU"
}

# Names, sizes and times of everything that a release is made from.
checkout_key() {
  (cd "$SCRIPT_DIR" && find package-lock.json package.json packages infra/jetson scripts install_jetson.sh \
    \( -name node_modules -o -name dist -o -name .next -o -name .turbo \) -prune -o -type f -printf '%p %s %T@\n' | sort) |
    sha256sum | cut -c1-16
}

# `.whole` names what lies there: after a kill before its stamp, an unpacked bundle may not be the one that was asked for.
incoming_is_this() { [ -f "$BUNDLE_DIR/.whole" ] && [ "$(cat "$BUNDLE_DIR/.whole")" = "$SOURCE_ID" ]; }
incoming_is_whole() { incoming_is_this || already_released; }
# Put in place before, under whatever number.
already_released() { [ "$SOURCE_KIND" = bundle ] && [ -n "$(release_with_id "$SOURCE_ID")" ]; }

# In the bundle's folder: a file that its list does not name would be run without having been compared.
every_file_is_listed() {
  local extra
  extra="$(comm -13 <(cut -c 67- SHA256SUMS | sort) <(find . -type f ! -path ./SHA256SUMS | sort))"
  [ -z "$extra" ] || { printf '%s\n' "$extra" | sed 's/^/not listed in SHA256SUMS: /'; return 1; }
}

# A bundle's every file is compared with its list before anything of it runs.
unpack_bundle() {
  already_released && return 0
  rm -rf "$BUNDLE_DIR"
  mkdir -p "$BUNDLE_DIR"
  if [ -d "$SOURCE_PATH" ]; then
    cp -a "$SOURCE_PATH/." "$BUNDLE_DIR/"
  else
    tar -xzf "$SOURCE_PATH" -C "$BUNDLE_DIR" --strip-components=1 --no-same-owner
  fi
  (cd "$BUNDLE_DIR" && sha256sum --check --quiet --strict SHA256SUMS && every_file_is_listed)
  has_prefix || chown -R root:root "$BUNDLE_DIR"
  sync -f "$BUNDLE_DIR"
  printf '%s' "$SOURCE_ID" >"$BUNDLE_DIR/.whole"
  sync "$BUNDLE_DIR/.whole"
}

stage_checkout() {
  rm -rf "$BUNDLE_DIR"
  mkdir -p "$BUNDLE_DIR"
  PATH="$(node_home)/bin:$PATH" "$(node_bin)" "$SCRIPT_DIR/scripts/release/stage-release.ts" \
    --out "$BUNDLE_DIR/app" --build "$PRODUCT_DIR/build" --cpu "$NODE_CPU"
  rm -rf "$PRODUCT_DIR/build"
  sync -f "$BUNDLE_DIR"
  printf '%s' "$SOURCE_ID" >"$BUNDLE_DIR/.whole"
  sync "$BUNDLE_DIR/.whole"
}

native_parts_load() {
  already_released && return 0
  faiss_is_impossible || faiss_loads_in "$BUNDLE_DIR/app" || return 1
  addon_loads
}

addon_loads() {
  "$(node_bin)" -e "require('$BUNDLE_DIR/app/packages/trt-native/native/build/sam3_trt.node').liveCounts()"
}

faiss_is_impossible() { ! package_is_installed "$FAISS_PACKAGE"; }

# with_faiss_parts APP FUNCTION: set-up's own way to compile faiss-node, told to do it in APP.
with_faiss_parts() {
  (
    # shellcheck disable=SC2034 # read by the parts of set-up
    ROOT="$1"
    # shellcheck disable=SC2030 # for this subshell alone
    PATH="$(node_home)/bin:$PATH"
    # shellcheck source=/dev/null
    . "$1/scripts/setup/faiss.sh"
    "$2"
  )
}
faiss_loads_in() { with_faiss_parts "$1" faiss_loads; }

# What a bundle brings compiled is used where it loads; the rest, and everything of a checkout, is compiled here.
build_native_parts() {
  local app="$BUNDLE_DIR/app"
  release_is_in_place && return 0
  if faiss_is_impossible; then
    echo "no $FAISS_PACKAGE in this distribution: the exact index serves instead"
  elif ! faiss_loads_in "$app"; then
    with_faiss_parts "$app" build_faiss
  fi
  export NODE_HEADERS
  NODE_HEADERS="$(node_home)/include/node"
  addon_loads || "$(node_bin)" "$app/packages/trt-native/native/build-addon.ts"
  if pkg-config --exists gstreamer-app-1.0 gstreamer-video-1.0 2>/dev/null; then
    "$(node_bin)" "$app/packages/gst-native/native/build-addon.ts" || echo 'the GStreamer addon does not compile: video goes through FFmpeg'
  else
    echo "no GStreamer headers: video goes through FFmpeg"
  fi
}

release_is_in_place() { [ -n "$(release_with_id "$(incoming_id)")" ]; }
# What is being installed: known from the bundle, and for a checkout only once it has been staged.
incoming_id() {
  if [ "$SOURCE_KIND" = bundle ]; then
    echo "$SOURCE_ID"
  elif [ -f "$BUNDLE_DIR/app/release.json" ]; then
    release_id_of "$BUNDLE_DIR/app"
  elif [ -f "$STAMPS_DIR/release" ]; then
    cat "$STAMPS_DIR/release"
  fi
}

# One rename puts it in place; `.complete` says that everything before that reached the disk.
place_release() {
  local target
  release_is_in_place && return 0
  target="$RELEASES_DIR/$(next_release_number)"
  ln -sfn "../../node/$NODE_VERSION" "$BUNDLE_DIR/app/node"
  touch "$BUNDLE_DIR/app/.complete"
  sync -f "$BUNDLE_DIR"
  mv "$BUNDLE_DIR/app" "$target"
  sync "$RELEASES_DIR"
  rm -rf "$BUNDLE_DIR"
}

# fleet_of RELEASE ARGUMENTS...: the operator's command line of that release, as the service's user.
fleet_of() {
  local release="$1"
  shift
  as_service "$release/node/bin/node" "$release/packages/fleet-cli/dist/main.js" "$@"
}

# agent_of RELEASE QUESTION ARGUMENTS...: asks the agent that runs, through a script of that release.
ask_agent() {
  local release="$1"
  shift
  as_service "$release/node/bin/node" "$release/scripts/release/ask-agent.ts" "$@"
}

# Severities of `fleet doctor`: 0 well, 3 warnings, 4 failures.
is_well_enough() { [ "$1" -eq 0 ] || [ "$1" -eq 3 ]; }

check_release() {
  local rc=0
  fleet_of "$1" doctor --before-start || rc=$?
  is_well_enough $rc
}

# Undoes a switch that nobody confirmed: the power went, or this script was killed, between switch and proof.
finish_interrupted_trial() {
  local before
  [ -f "$TRIAL_FILE" ] || { rm -f "$SETTINGS_BEFORE_FILE" "$CANDIDATE_FILE"; return 0; }
  before="$(sed -n 's/^before=//p' "$TRIAL_FILE")"
  if [ -n "$before" ] && [ -d "$before" ]; then
    say "an update was interrupted before it had proved itself: back to release $(basename "$before") and its settings first"
    put_settings_back
    put_current "$before"
  elif [ -L "$CURRENT_LINK" ]; then
    say 'a first start was interrupted before it had proved itself: it is tried again'
    rm -f "$CURRENT_LINK"
  fi
  end_trial
}

end_trial() {
  rm -f "$TRIAL_FILE"
  sync "$STATE_DIR"
  rm -f "$SETTINGS_BEFORE_FILE"
}

# put_current RELEASE: `current` and the unit belong together; the service is left as it is.
put_current() {
  link_to "releases/$(basename "$1")" "$CURRENT_LINK"
  install_unit "$1"
}

# switch_to RELEASE: to it and to the settings it was checked with; stops the old one between jobs, starts the new one, and goes back by itself when it does not answer.
switch_to() {
  local release="$1" before
  before="$(current_release)"
  if agent_runs && [ -n "$before" ]; then wait_until_idle "$before"; fi
  keep_settings_before
  printf 'before=%s\nafter=%s\n' "$before" "$release" | write_file "$TRIAL_FILE" 0644
  put_current "$release"
  put_settings
  if restart_agent && agent_answers "$release"; then
    end_trial
    forget_old_releases
    return 0
  fi
  show_last_agent_lines
  if [ -z "$before" ] || { [ "$before" = "$release" ] && ! $SETTINGS_CHANGED; }; then
    stop_agent
    # There is nothing to go back to, and the next run must not undo what a person mends in them.
    rm -f "$SETTINGS_BEFORE_FILE"
    die "$EXIT_UNHEALTHY" 'the agent does not answer' "see $(where_agent_logs), then run this script again"
  fi
  say "release $(basename "$release") does not answer: going back to release $(basename "$before") and its settings"
  put_settings_back
  put_current "$before"
  restart_agent || true
  end_trial
  agent_answers "$before" || die "$EXIT_UNHEALTHY" 'neither the new release nor the one before answers' "see $(where_agent_logs)"
  die "$EXIT_ROLLED_BACK" "release $(basename "$before") runs as before; what was tried is in $release" \
    "see $(where_agent_logs), then run this script again"
}

forget_old_releases() {
  local dir current previous kept=0
  current="$(current_release)"
  previous=''
  for dir in $(find "$RELEASES_DIR" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | grep -E '^[0-9]+$' | sort -rn); do
    kept=$((kept + 1))
    [ "$RELEASES_DIR/$dir" = "$current" ] && continue
    if [ -z "$previous" ]; then previous="$dir"; continue; fi
    [ $kept -le $RELEASES_KEPT ] || rm -rf "${RELEASES_DIR:?}/$dir"
  done
}
