# shellcheck shell=bash
# Installs the npm packages that package-lock.json names and builds our own with turbo.
# `npm install`, not `npm ci`: a mirror may lack other platforms' optional binaries, which `npm ci` refuses.

LOCK="$ROOT/package-lock.json"

manifests_key() {
  (cd "$ROOT" && hash_of package-lock.json package.json .npmrc packages/*/package.json "=$(node -v)")
}

npm_packages_present() {
  [ -x "$ROOT/node_modules/.bin/turbo" ] && [ -f "$ROOT/node_modules/.package-lock.json" ] && [ -d "$ROOT/node_modules/@sam3-fleet/shared" ]
}

install_npm_packages() {
  cd "$ROOT"
  local committed="$CACHE/package-lock.committed.json"
  cp "$LOCK" "$committed"
  # No package of ours needs its install script; some of them would try to download (scripts/setup/faiss.sh builds).
  npm install --ignore-scripts --no-audit --no-fund --loglevel=error
  cmp -s "$LOCK" "$committed" && return 0
  if node "$ROOT/scripts/setup/compare-locks.ts" "$committed" "$LOCK"; then
    echo 'the registry has other optional packages than before; package-lock.json is left as it is committed'
    cp "$committed" "$LOCK"
    return 0
  fi
  echo 'npm install changed package-lock.json: commit what it wrote, or see why it does not match package.json'
  if [ "${CI:-}" = true ]; then return 1; fi
}

setup_npm() {
  step npm-packages "$(manifests_key)" npm_packages_present \
    'check that npm reaches its registry (npm ping); if the log speaks of package-lock.json, run npm install and commit it' \
    install_npm_packages
  # npm may have rewritten the lock; the stamp must match what lies there now.
  manifests_key | tr -d '\n' >"$STAMPS/npm-packages"
}

build_packages() {
  cd "$ROOT"
  export TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 NEXT_TELEMETRY_DISABLED=1
  npx --no-install turbo run build --output-logs=errors-only --no-color
}

# Every source that a build reads, by name, size and time: cheaper than asking turbo, which knows the contents.
sources_key() {
  (cd "$ROOT" && { cat "$STAMPS/npm-packages"; find packages turbo.json tsconfig.base.json \
    \( -name node_modules -o -name dist -o -name .next -o -name .turbo \) -prune -o -type f ! -name next-env.d.ts ! -name '*.tsbuildinfo' -printf '%p %s %T@\n' | sort; } |
    sha256sum | cut -c1-32)
}

packages_built() { [ -f "$ROOT/packages/shared/dist/domain/identity.js" ]; }

setup_build() {
  step build "$(sources_key)" packages_built \
    'the log names the package that does not compile; npm run typecheck shows the same errors' build_packages
}
