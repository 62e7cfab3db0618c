# shellcheck shell=bash
# Shared by every part of the installer: places, exit codes, what is said and logged, and the step engine.
# A step that was done and still holds is skipped; its stamp is on the disk only after its own check has passed, so a
# power cut at any moment leaves either a finished step or one that is done again from its beginning.

# Empty on a device; tests put a folder here and nothing outside of it is touched.
PREFIX="${FLEET_INSTALL_ROOT:-}"
readonly PREFIX

PRODUCT_DIR="$PREFIX/opt/sam3-fleet"
RELEASES_DIR="$PRODUCT_DIR/releases"
CURRENT_LINK="$PRODUCT_DIR/current"
NODE_DIR="$PRODUCT_DIR/node"
STATE_DIR="$PRODUCT_DIR/state"
STAMPS_DIR="$STATE_DIR/steps"
CONFIG_DIR="$PREFIX/etc/sam3-fleet"
ENV_FILE="$CONFIG_DIR/agent.env"
ENROL_FILE="$CONFIG_DIR/enrol.env"
# The settings that are changed and that the service's programs get: the agent's, or a copy of them that is tried.
SETTINGS_FILE="$ENV_FILE"
HOME_DIR="$PREFIX/var/lib/sam3-fleet"
# Where the product has always kept it: ~/.cache/sam3_deepstream of the service's user.
DATA_DIR="$HOME_DIR/.cache/sam3_deepstream"
LOG_DIR="$PREFIX/var/log/sam3-fleet"
UNIT_DIR="$PREFIX/etc/systemd/system"
UNIT_NAME=sam3-fleet-agent.service
SERVICE_USER=sam3-fleet
NODE_VERSION=24.21.0
NPM_VERSION=11.19.1

# Exit codes: a promise to scripts that call this one; docs/jetson.md has them too.
EXIT_FAILED=1
EXIT_USAGE=2
EXIT_UNSUPPORTED=3
EXIT_MISSING=4
EXIT_ROLLED_BACK=5
EXIT_BUSY=6
EXIT_UNHEALTHY=7
EXIT_LOCKED=8
readonly EXIT_FAILED EXIT_USAGE EXIT_UNSUPPORTED EXIT_MISSING EXIT_ROLLED_BACK EXIT_BUSY EXIT_UNHEALTHY EXIT_LOCKED

# Lines of a failed step's output that are shown; the log has all.
LOG_LINES_SHOWN=20

DRY_RUN="${DRY_RUN:-false}"
LOG_FILE=/dev/null
STEPS_TOTAL=0
STEPS_STARTED=0

say() { printf 'install: %s\n' "$*" >&2; log "$*"; }
warn() { printf 'install: WARNING: %s\n' "$*" >&2; log "WARNING: $*"; }
log() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$LOG_FILE" 2>/dev/null || true; }

# die CODE WHAT HINT: ends with what went wrong and what to do.
die() {
  local code="$1" what="$2" hint="${3:-}"
  say "$what"
  [ -z "$hint" ] || say "  what to do: $hint"
  [ "$LOG_FILE" = /dev/null ] || printf 'install:   log: %s\n' "$LOG_FILE" >&2
  exit "$code"
}

now_ms() { date +%s%3N; }
seconds_since() { local ms=$(($(now_ms) - $1)); printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

is_root() { [ "$(id -u)" -eq 0 ]; }
# With a prefix everything belongs to whoever runs it: no users are made and none is changed to.
has_prefix() { [ -n "$PREFIX" ]; }

open_log() {
  $DRY_RUN && return 0
  mkdir -p "$LOG_DIR"
  LOG_FILE="$LOG_DIR/install-$(date -u +%Y%m%dT%H%M%SZ)-$$.log"
  (umask 077; : >"$LOG_FILE")
}

# write_file TARGET MODE: standard input, whole or not at all, on the disk before it has its name.
write_file() {
  local target="$1" mode="$2" fresh
  fresh="$target.new.$$"
  # Joined, not left to errexit, which does not hold inside a condition: a full disk must not cost the file that was there.
  mkdir -p "$(dirname "$target")" && (umask 077; cat >"$fresh") && chmod "$mode" "$fresh" && sync "$fresh" &&
    mv -f "$fresh" "$target" && sync "$(dirname "$target")" && return 0
  rm -f "$fresh"
  die "$EXIT_FAILED" "$target could not be written; it is as it was" 'look for room on the disk (df), then run this script again'
}

# link_to TARGET LINK: replaces the link in one step, so that it always leads somewhere.
link_to() {
  ln -sfn "$1" "$2.new.$$"
  mv -fT "$2.new.$$" "$2"
  sync "$(dirname "$2")"
}

# step NAME KEY CHECK HINT FUNCTION: runs FUNCTION unless the stamp holds KEY and CHECK (a function) succeeds.
step() {
  local name="$1" key="$2" check="$3" hint="$4" run="$5"
  local stamp="$STAMPS_DIR/$name" started rc part
  STEPS_STARTED=$((STEPS_STARTED + 1))
  local at="[$STEPS_STARTED/$STEPS_TOTAL] $name"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && "$check" >/dev/null 2>&1; then
    say "$at: there already"
    return 0
  fi
  if $DRY_RUN; then
    say "$at: would be done"
    return 0
  fi
  started=$(now_ms)
  say "$at ..."
  part="$(wc -l <"$LOG_FILE")"
  # A subshell of its own, called bare: errexit holds inside it, which `if run` would switch off.
  set +e
  (set -euo pipefail; "$run") >>"$LOG_FILE" 2>&1 </dev/null 9>&-
  rc=$?
  set -e
  if [ $rc -eq 0 ] && ! "$check" >>"$LOG_FILE" 2>&1; then
    log "the step ended well, but its check failed: $check"
    rc=1
  fi
  if [ $rc -ne 0 ]; then
    say "$at FAILED after $(seconds_since "$started") (exit $rc). What it said last:"
    tail -n "+$((part + 1))" "$LOG_FILE" | tail -n "$LOG_LINES_SHOWN" | sed 's/^/    /' >&2
    die "$EXIT_FAILED" "$name could not be done; what was there before is as it was" "$hint"
  fi
  printf '%s' "$key" | write_file "$stamp" 0644
  say "$at done in $(seconds_since "$started")"
}

# twice COMMAND...: package mirrors lose a connection now and then; one more try is enough.
twice() { "$@" || { echo "first try failed, once more: $*"; sleep 2; "$@"; }; }

# hash_of WORD...: one short hash of words.
hash_of() { printf '%s\n' "$@" | sha256sum | cut -c1-16; }

# env_value KEY FILE: what KEY is set to; nothing when it is not.
env_value() { [ ! -f "$2" ] || sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$2" | tail -n 1; }

# env_set KEY VALUE: sets KEY in the agent's settings; every other line, also one that a person wrote, stays.
env_set() {
  case "$2" in *[\"\\\$\`]* | *$'\n'*) die "$EXIT_USAGE" "the value for $1 has a character that is not allowed there" ;; esac
  { [ ! -f "$SETTINGS_FILE" ] || grep -v "^$1=" "$SETTINGS_FILE" || true; printf '%s="%s"\n' "$1" "$2"; } | write_file "$SETTINGS_FILE" 0600
}

# env_default KEY VALUE: sets KEY only where nobody has.
env_default() { [ -n "$(env_value "$1" "$SETTINGS_FILE")" ] || env_set "$1" "$2"; }

# load_env FILE: exports its settings without running it as a script.
load_env() {
  local line key value
  [ -f "$1" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    [[ "$line" =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || continue
    key="${line%%=*}"
    value="${line#*=}"
    value="${value#\"}"
    value="${value%\"}"
    export "$key=$value"
  done <"$1"
}
