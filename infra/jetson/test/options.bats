#!/usr/bin/env bats
# What the installer understands, what it sees of a machine, and what it refuses, without installing anything.

setup() {
  # shellcheck source=infra/jetson/test/fixture.bash
  . "$BATS_TEST_DIRNAME/fixture.bash"
  DEVICE="$BATS_TEST_TMPDIR/device"
  make_device "$DEVICE"
  mkdir -p "$BATS_TEST_TMPDIR/bundle"
  printf '{\n  "format": 1,\n  "id": "0123456789abcdef",\n  "cpu": "%s"\n}\n' "$(node -p process.arch)" \
    >"$BATS_TEST_TMPDIR/bundle/bundle.json"
}

dry_run() { on_device "$DEVICE" --dry-run --offline "$BATS_TEST_TMPDIR/bundle" "$@"; }

# Of a machine that is refused, nothing may have been touched.
files_of_device() { (cd "$DEVICE" && find . -type f | sort | xargs sha256sum); }

@test "--help names every option and exit code" {
  run on_device "$DEVICE" --help
  [ "$status" -eq 0 ]
  for option in checkpoint precision pack enrol token offline docker-only skip-docker push repo init-db health-check \
    json uninstall purge dry-run yes; do
    [[ "$output" == *"--$option"* ]] || { echo "not named: --$option"; false; }
  done
}

@test "an option that is not known, lacks its value or contradicts another is refused with 2" {
  for options in '--frobnicate' '--checkpoint' '--precision fp64' '--checkpoint /nowhere/at/all' '--push' '--purge' \
    '--enrol ftp://centre' '--enrol http://centre:4000' '--pack /nowhere' '--offline /nowhere'; do
    # shellcheck disable=SC2086
    run on_device "$DEVICE" --dry-run $options
    [ "$status" -eq 2 ] || { echo "$options: $status $output"; false; }
  done
}

@test "a token from standard input may lack the end of its line, must not be empty, and cannot become a setting" {
  run dry_run --enrol http://centre:4000 --token - < <(printf canary-token-1234)
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  run dry_run --enrol http://centre:4000 --token - </dev/null
  [ "$status" -eq 2 ]
  [[ "$output" == *'nothing came from standard input'* ]]
  run dry_run --enrol http://centre:4000 --token $'abc"\nNODE_OPTIONS="--require=/tmp/x'
  [ "$status" -eq 2 ]
}

@test "settings that cannot be written whole stay as they were, also where errexit does not hold" {
  run env FLEET_INSTALL_ROOT="$DEVICE" bash -c '
    set -euo pipefail
    . "$1/infra/jetson/lib.sh"
    sync() { return 1; }
    env_set FLEET_CENTRE_URL http://centre:4000 && echo written' _ "$CHECKOUT"
  [ "$status" -eq 1 ]
  [[ "$output" == *'could not be written; it is as it was'* && "$output" != *$'\nwritten'* ]]
  [ "$(grep -c FLEET_CENTRE_URL "$DEVICE/etc/sam3-fleet/agent.env")" = 0 ]
  [ -z "$(find "$DEVICE/etc" -name '*.new.*')" ]
}

@test "the folders of the service are made by it: root follows no link that lies there" {
  run env FLEET_INSTALL_ROOT="$DEVICE" bash -c '
    set -euo pipefail
    . "$1/infra/jetson/lib.sh"
    . "$1/infra/jetson/system.sh"
    has_prefix() { false; }
    as_service() { echo "service: $*"; }
    for name in install chown; do eval "$name() { echo \"root: $name \$*\"; }"; done
    make_folders' _ "$CHECKOUT"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$output" == *'service: install'*/engines* ]]
  [[ "$(grep '^root:' <<<"$output")" != *var/lib/sam3-fleet/* ]]
}

@test "a pack is copied by the service: root changes nothing in its folder" {
  release="$BATS_TEST_TMPDIR/release" pack="$BATS_TEST_TMPDIR/pack"
  mkdir -p "$release/node/bin" "$DEVICE/opt/sam3-fleet"
  ln -s "$NODE_UNDER_TEST" "$release/node/bin/node"
  ln -s "$CHECKOUT/packages" "$release/packages"
  cp -r "$CHECKOUT/packages/models/src/sam3/fixtures/tiny" "$pack"
  # As a download cache has it.
  mv "$pack/tokenizer.json" "$BATS_TEST_TMPDIR/cached"
  ln -s "$BATS_TEST_TMPDIR/cached" "$pack/tokenizer.json"
  run env FLEET_INSTALL_ROOT="$DEVICE" bash -c '
    set -euo pipefail
    . "$1/infra/jetson/lib.sh"
    . "$1/infra/jetson/settings.sh"
    . "$1/infra/jetson/release.sh"
    . "$1/infra/jetson/extras.sh"
    has_prefix() { false; }
    as_service() { env "$@"; }
    for name in cp rm mv mkdir chown sync; do eval "$name() { echo \"root: $name \$*\"; command $name \"\$@\" || true; }"; done
    PACK="$3"
    use_pack "$2"' _ "$CHECKOUT" "$release" "$pack"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$(grep '^root:' <<<"$output")" != *var/lib/sam3-fleet/* ]] || { echo "$output"; false; }
  copy="$(sed -n 's/^FLEET_MODEL_PACK="\(.*\)"/\1/p' "$DEVICE/etc/sam3-fleet/agent.env")"
  [ ! -L "$copy/tokenizer.json" ] && cmp "$copy/tokenizer.json" "$BATS_TEST_TMPDIR/cached"
  [ "$(cd "$copy" && find . -type f | sort)" = "$(cd "$pack" && find . -not -type d | sort)" ]
}

@test "what was unpacked counts only for the bundle that it came from, and only with files that its list names" {
  bundle="$BATS_TEST_TMPDIR/bundle"
  (cd "$bundle" && sha256sum ./bundle.json >SHA256SUMS)
  unpacks() {
    run env FLEET_INSTALL_ROOT="$DEVICE" bash -c '
      set -euo pipefail
      . "$1/infra/jetson/lib.sh"
      . "$1/infra/jetson/release.sh"
      SOURCE_KIND=bundle SOURCE_PATH="$2" SOURCE_ID=one
      unpack_bundle
      incoming_is_whole && echo "one is whole"
      SOURCE_ID=other
      incoming_is_whole || echo "other is not"' _ "$CHECKOUT" "$bundle"
  }
  unpacks
  [ "$output" = $'one is whole\nother is not' ] || { echo "$output"; false; }
  echo 'echo unseen' >"$bundle/unlisted.sh"
  unpacks
  [ "$status" -ne 0 ]
  [ "$output" = 'not listed in SHA256SUMS: ./unlisted.sh' ] || { echo "$output"; false; }
  [ ! -e "$DEVICE/opt/sam3-fleet/incoming/.whole" ]
}

@test "sees module, L4T, JetPack, power mode and memory of an Orin Nano" {
  run dry_run
  [ "$status" -eq 0 ]
  [[ "$output" == *'NVIDIA Jetson Orin Nano Developer Kit, Orin (tegra234)'* ]]
  [[ "$output" == *'Ubuntu 22.04.5 LTS, L4T 36.4.3, JetPack 6.2'* ]]
  [[ "$output" == *'MAXN_SUPER'* ]]
  [[ "$output" == *'7619 MB'* ]]
}

@test "sees CUDA and TensorRT where JetPack has installed them" {
  mkdir -p "$DEVICE/usr/local/cuda"
  printf '{\n  "cuda" : {\n    "name" : "CUDA SDK",\n    "version" : "12.6.11"\n  }\n}\n' >"$DEVICE/usr/local/cuda/version.json"
  cat >"$DEVICE/var/lib/dpkg/status" <<'TEXT'
Package: libnvinfer10
Status: install ok installed
Architecture: arm64
Maintainer: NVIDIA
Version: 10.3.0.30-1+cuda12.5
Description: TensorRT

Package: nvidia-jetpack
Status: install ok installed
Architecture: arm64
Maintainer: NVIDIA
Version: 6.2.1+b38
Description: JetPack
TEXT
  run dry_run
  [[ "$output" == *'CUDA 12.6.11, TensorRT 10.3.0.30'* ]]
  [[ "$output" == *'JetPack 6.2.1'* ]]
  [[ "$output" != *'no TensorRT'* ]]
}

@test "SAM3 without TensorRT is refused with 4 before anything is changed, unless the CPU was asked for" {
  # As it is typed: a path from where the command is given, which the steps are not run in.
  mkdir "$BATS_TEST_TMPDIR/checkpoint"
  before="$(files_of_device)"
  cd "$BATS_TEST_TMPDIR"
  run on_device "$DEVICE" --offline bundle --checkpoint checkpoint --dry-run
  [ "$status" -eq 4 ] || { echo "$output"; false; }
  [[ "$output" == *"no TensorRT on this machine to build the engines of $BATS_TEST_TMPDIR/checkpoint with"* ]] || { echo "$output"; false; }
  pack="$CHECKOUT/packages/models/src/sam3/fixtures/tiny"
  run dry_run --pack "$pack"
  [ "$status" -eq 4 ] || { echo "$output"; false; }
  [ "$before" = "$(files_of_device)" ]
  echo 'FLEET_SAM3_RUNTIME="onnxruntime"' >>"$DEVICE/etc/sam3-fleet/agent.env"
  run dry_run --pack "$pack"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "says that a low power mode holds the GPU back" {
  stub "$DEVICE" nvpmodel 'echo "NV Power Mode: 7W"'
  run dry_run
  [[ "$output" == *'power mode 7W holds the GPU back'* ]]
}

@test "refuses with 3 what is not supported, names every reason and what is, and touches nothing" {
  stub "$DEVICE" uname 'echo x86_64'
  echo '# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref, EABI: aarch64, DATE: Tue Aug  1 19:57:35 UTC 2023' \
    >"$DEVICE/etc/nv_tegra_release"
  printf 'MemTotal:        2000000 kB\n' >"$DEVICE/proc/meminfo"
  before="$(files_of_device)"
  run on_device "$DEVICE" --dry-run --offline "$BATS_TEST_TMPDIR/bundle"
  [ "$status" -eq 3 ]
  [[ "$output" == *'x86_64'* && "$output" == *'L4T 35.4.1'* && "$output" == *'1953 MB of memory'* ]]
  [[ "$output" == *'supported are Jetson Orin Nano, Orin NX and AGX Orin'* ]]
  [ "$before" = "$(files_of_device)" ]
}

@test "a machine that is no Jetson is refused" {
  rm "$DEVICE/etc/nv_tegra_release"
  run dry_run
  [ "$status" -eq 3 ]
  [[ "$output" == *'this is not a Jetson'* ]]
}

@test "--dry-run names each step and changes nothing" {
  before="$(files_of_device)"
  run dry_run --enrol http://centre:4000 --token canary-token-1234
  [ "$status" -eq 0 ]
  for step in unpack packages node user folders settings log-rotation; do [[ "$output" == *"] $step:"* ]]; done
  [[ "$output" == *'nothing was changed'* ]]
  [[ "$output" != *canary* ]]
  [ "$before" = "$(files_of_device)" ]
}

@test "a bundle for another processor is refused before anything is unpacked" {
  sed -i 's/"cpu": ".*"/"cpu": "riscv64"/' "$BATS_TEST_TMPDIR/bundle/bundle.json"
  run dry_run
  [ "$status" -eq 2 ]
  [[ "$output" == *'is for riscv64'* ]]
}

@test "a health check of a device without the product says so with 7" {
  run on_device "$DEVICE" --health-check
  [ "$status" -eq 7 ]
  [[ "$output" == *'nothing is installed here'* ]]
}

@test "--init-db leaves the database of an agent that runs alone" {
  release="$DEVICE/opt/sam3-fleet/releases/1"
  mkdir -p "$release" "$DEVICE/opt/sam3-fleet/state"
  ln -s releases/1 "$DEVICE/opt/sam3-fleet/current"
  (cd "$release" && exec sleep 60 3>&-) &
  agent=$!
  echo "$agent" >"$DEVICE/opt/sam3-fleet/state/agent.pid"
  until [ "$(readlink "/proc/$agent/cwd")" = "$release" ]; do kill -0 "$agent"; done
  run on_device "$DEVICE" --init-db
  kill "$agent"
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ "$output" == *'the agent runs'* ]]
}

@test "everything is removed only when it is confirmed" {
  run on_device "$DEVICE" --uninstall --purge </dev/null
  [ "$status" -eq 2 ]
  [ -f "$DEVICE/etc/sam3-fleet/agent.env" ]
}

@test "a second installer gives up after seconds, with 8, and touches nothing" {
  mkdir -p "$DEVICE/opt/sam3-fleet/state"
  exec 8>"$DEVICE/opt/sam3-fleet/state/install.lock"
  flock 8
  run on_device "$DEVICE" --offline "$BATS_TEST_TMPDIR/bundle"
  [ "$status" -eq 8 ]
  exec 8>&-
}

@test "every script of the installer is clean for shellcheck" {
  cd "$CHECKOUT"
  run shellcheck -x -a install_jetson.sh
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  run shellcheck -x scripts/make-bundle.sh scripts/test-install.sh infra/jetson/test/fixture.bash
  [ "$status" -eq 0 ] || { echo "$output"; false; }
}

@test "systemd understands the unit" {
  command -v systemd-analyze >/dev/null || skip 'no systemd-analyze here'
  mkdir -p "$DEVICE/opt/sam3-fleet/current/node/bin"
  cp /bin/true "$DEVICE/opt/sam3-fleet/current/node/bin/node"
  sed -e "s|@PREFIX@|$DEVICE|g" -e 's|@USER@|nobody|g' -e 's|@MEMORY_MAX@|4000M|g' \
    "$CHECKOUT/infra/jetson/sam3-fleet-agent.service" >"$BATS_TEST_TMPDIR/sam3-fleet-agent.service"
  run systemd-analyze verify "$BATS_TEST_TMPDIR/sam3-fleet-agent.service"
  # Older ones do not know the growing distance between restarts and go without it.
  left="$(grep -v -E "Unknown key( name)? '?Restart(Steps|MaxDelaySec)|nobody" <<<"$output" || true)"
  [ "$status" -eq 0 ] && [ -z "$left" ] || { echo "$output"; false; }
}
