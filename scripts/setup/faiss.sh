# shellcheck shell=bash
# Builds the native part of faiss-node from the source in its own package against Debian's FAISS and OpenBLAS.
# Its install script would download a binary, which install rules deny; the compiler call is the whole build.

FAISS_TARGET="$ROOT/node_modules/faiss-node/build/Release/faiss-node.node"

faiss_loads() {
  (cd "$ROOT" && [ -f "$FAISS_TARGET" ] && node -e '
    const { IndexFlatL2 } = require("faiss-node")
    const index = new IndexFlatL2(2)
    index.add([1, 0, 0, 1])
    if (index.search([0, 1], 1).labels[0] !== 1) throw new Error("faiss-node finds the wrong neighbour")
  ')
}

# Headers of the Node in use: beside the binary (Node's own archives), else those of the distribution.
node_headers() {
  local prefix dir
  prefix="$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")"
  for dir in "$prefix/include/node" /usr/include/node; do
    [ -f "$dir/node_api.h" ] && { echo "$dir"; return; }
  done
  # Only a binary without headers: the npm package of the same version brings them.
  fetch_node_package >&2
  echo "$NODE_DIR/include/node"
}

build_faiss() {
  local source="$ROOT/node_modules/faiss-node/src/faiss.cc" addon_api
  addon_api="$(cd "$ROOT/node_modules/faiss-node" && node -p 'require.resolve("node-addon-api/package.json").replace(/.package.json$/, "")')"
  mkdir -p "$(dirname "$FAISS_TARGET")"
  g++ -std=c++17 -O2 -fPIC -shared -fopenmp \
    -DNAPI_VERSION=8 -DNAPI_CPP_EXCEPTIONS -DNODE_GYP_MODULE_NAME=faiss-node \
    -include "$ROOT/scripts/setup/compat.h" -I"$(node_headers)" -I"$addon_api" \
    "$source" -o "$FAISS_TARGET.new" -lfaiss -lopenblas
  mv "$FAISS_TARGET.new" "$FAISS_TARGET"
}

setup_faiss() {
  step faiss-node \
    "$(hash_of "$ROOT/node_modules/faiss-node/src/faiss.cc" "$ROOT/scripts/setup/compat.h" "$ROOT/scripts/setup/faiss.sh" "=$(node -v)")" \
    faiss_loads \
    'see that g++, libfaiss-dev and libopenblas-dev are installed, then run npm run setup again' \
    build_faiss
}
