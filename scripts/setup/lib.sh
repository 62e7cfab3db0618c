# shellcheck shell=bash
# Shared by every set-up step: where things lie, how a step is timed, logged, stamped and how its failure reads.
# Guarantees: a step whose inputs did not change is skipped; a failed one names itself, its log and what to do.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="$ROOT/.cache"
STAMPS="$CACHE/stamps"
LOGS="$CACHE/logs"
MEDIA="$CACHE/media"
NODE_VERSION=24.21.0
NPM_VERSION=11.19.1
LOG_LINES_SHOWN=25

mkdir -p "$STAMPS" "$LOGS" "$MEDIA"

say() { printf 'setup: %s\n' "$*" >&2; }

now_ms() { date +%s%3N; }

seconds_since() { local ms=$(($(now_ms) - $1)); printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); }

# hash_of PATH...: one hash over the contents of files and the literal words given as `=word`.
hash_of() {
  local item
  for item in "$@"; do
    case "$item" in
      =*) printf '%s\n' "${item#=}" ;;
      *) [ -f "$item" ] && sha256sum <"$item" ;;
    esac
  done | sha256sum | cut -c1-32
}

# step NAME KEY CHECK HINT FUNCTION: runs FUNCTION unless its stamp holds KEY and CHECK (a command) succeeds.
step() {
  local name="$1" key="$2" check="$3" hint="$4" run="$5"
  local stamp="$STAMPS/$name" log="$LOGS/$name.log" started rc
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] && $check >/dev/null 2>&1; then return 0; fi
  started=$(now_ms)
  say "$name ..."
  # A subshell of its own, called bare: errexit holds inside it, which `if run` would switch off.
  set +e
  (set -euo pipefail; "$run") >"$log" 2>&1 </dev/null 9>&-
  rc=$?
  set -e
  if [ $rc -eq 0 ] && ! $check >/dev/null 2>&1; then
    printf 'the step ended well, but its check failed: %s\n' "$check" >>"$log"
    rc=1
  fi
  if [ $rc -ne 0 ]; then
    say "$name FAILED after $(seconds_since "$started") (exit $rc). The end of $log:"
    tail -n "$LOG_LINES_SHOWN" "$log" | sed 's/^/    /' >&2
    say "what to do: $hint"
    exit 1
  fi
  printf '%s' "$key" >"$stamp"
  say "$name done in $(seconds_since "$started")"
}

# twice COMMAND...: package mirrors lose a connection now and then; one more try is enough.
twice() { "$@" || { echo "first try failed, once more: $*"; sleep 2; "$@"; }; }

is_root() { [ "$(id -u)" -eq 0 ]; }
