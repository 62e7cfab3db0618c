#!/usr/bin/env bash
# Inside the build stage: compiles the product and stages what each image runs into /stage: prepare.sh "agent aggregator".
# Node comes with the build context (.cache/docker), npm's packages from the registry that the secret npmrc names.
set -euo pipefail
read -ra targets <<<"$1"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[ ! -f /run/secrets/ca ] || export NODE_EXTRA_CA_CERTS=/run/secrets/ca
[ ! -f /run/secrets/npmrc ] || export npm_config_userconfig=/run/secrets/npmrc
mkdir -p .cache/node24/lib/node_modules/npm
case "$(uname -m)" in aarch64) cpu=arm64 ;; *) cpu=x64 ;; esac
tar -xzf ".cache/docker/node-$cpu.tgz" -C .cache/node24 --strip-components=1
tar -xzf .cache/docker/npm.tgz -C .cache/node24/lib/node_modules/npm --strip-components=1
ln -s ../lib/node_modules/npm/bin/npm-cli.js .cache/node24/bin/npm
ln -s ../lib/node_modules/npm/bin/npx-cli.js .cache/node24/bin/npx
export PATH="$PWD/.cache/node24/bin:$PATH" TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1 NEXT_TELEMETRY_DISABLED=1

wants() { [[ " ${targets[*]} " == *" $1 "* ]]; }

if wants agent; then
  apt-get -q update
  apt-get -q install -y --no-install-recommends ca-certificates g++ pkg-config libfaiss-dev libopenblas-dev \
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
fi
npm install --ignore-scripts --no-audit --no-fund --loglevel=error
filters=()
! wants agent || filters+=(--filter=./packages/edge-agent --filter=./packages/fleet-cli)
! wants aggregator || filters+=(--filter=./packages/aggregator)
! wants console || filters+=(--filter=./packages/console)
npx --no-install turbo run build --output-logs=errors-only --no-color "${filters[@]}"

mkdir -p /stage
install -m 0755 .cache/node24/bin/node /stage/node
if wants agent; then
  # shellcheck source=scripts/setup/lib.sh
  . scripts/setup/lib.sh
  # shellcheck source=scripts/setup/faiss.sh
  . scripts/setup/faiss.sh
  export NODE_DIR="$PWD/.cache/node24"
  build_faiss
  node packages/trt-native/native/build-addon.ts
  node packages/gst-native/native/build-addon.ts
  node infra/docker/stage.ts /stage/agent shared trt-native gst-native models edge-agent fleet-cli
  cp "$FAISS_TARGET" "/stage/agent/node_modules/faiss-node/build/Release/"
fi
! wants aggregator || node infra/docker/stage.ts /stage/aggregator shared trt-native models aggregator
if wants console; then
  mkdir -p /stage/console/packages/console
  cp -a packages/console/.next/standalone/. /stage/console/
  cp -a packages/console/.next/static /stage/console/packages/console/.next/static
  [ ! -d packages/console/public ] || cp -a packages/console/public /stage/console/packages/console/public
  # The server is started as it stands: its static files are in place already.
  printf "%s\n" "process.env.PORT ||= '3000'" "await import('./server.js')" >/stage/console/packages/console/start.mjs
fi
