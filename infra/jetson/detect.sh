# shellcheck shell=bash
# What this machine is: module, L4T and JetPack, CUDA, TensorRT, power mode, memory and disk; and whether it will do.
# Read from the files and commands that NVIDIA documents; nothing is changed.

# Mebibytes that the agent, its models and the system need to live together.
MEMORY_MIN_MB=3500
# Mebibytes for two releases, Node and room to work; what cameras bring comes on top.
DISK_MIN_MB=4000
# L4T 36 is JetPack 6: the first with TensorRT 10, which the engines are made for.
L4T_MIN=36

MACHINE_ARCH="" MODULE="" SOC="" L4T="" JETPACK="" CUDA="" TENSORRT="" POWER_MODE="" MEMORY_MB=0 DISK_FREE_MB=0 OS_NAME=""

read_text() { [ ! -r "$1" ] || tr -d '\0' <"$1"; }
package_version() { dpkg-query ${PREFIX:+--admindir="$PREFIX/var/lib/dpkg"} -W -f '${Version}' "$1" 2>/dev/null || true; }

detect_l4t() {
  # "# R36 (release), REVISION: 4.3, GCID: ..., BOARD: generic, EABI: aarch64, DATE: ..."
  local release="$PREFIX/etc/nv_tegra_release"
  [ -r "$release" ] || return 0
  sed -n 's/^# R\([0-9]\+\) (release), REVISION: \([0-9.]\+\),.*/\1.\2/p' "$release" | head -n 1
}

# The package of that name where it is installed, else what NVIDIA released with that L4T.
detect_jetpack() {
  local version
  version="$(package_version nvidia-jetpack)"
  if [ -n "$version" ]; then echo "${version%%[+-]*}"; return; fi
  case "$L4T" in
    36.2*) echo '6.0 DP' ;;
    36.3*) echo '6.0' ;;
    36.4 | 36.4.0) echo '6.1' ;;
    36.4.3*) echo '6.2' ;;
    36.4.*) echo '6.2.x' ;;
    36.*) echo '6.x' ;;
    38.2*) echo '7.0' ;;
    38.4*) echo '7.1' ;;
    39.2*) echo '7.2' ;;
    38.* | 39.*) echo '7.x' ;;
    35.*) echo '5.x' ;;
    32.*) echo '4.x' ;;
  esac
}

detect_cuda() {
  local file="$PREFIX/usr/local/cuda/version.json"
  [ ! -r "$file" ] || tr -d ' \n' <"$file" | sed -n 's/.*"cuda":{[^}]*"version":"\([0-9.]*\)".*/\1/p'
}

detect_tensorrt() {
  local version
  version="$(package_version libnvinfer10)"
  echo "${version%%[+-]*}"
}

detect_power_mode() {
  command -v nvpmodel >/dev/null 2>&1 || return 0
  nvpmodel -q 2>/dev/null | sed -n 's/^NV Power Mode: *//p' | head -n 1
}

detect_soc() {
  local compatible
  compatible="$([ ! -r "$PREFIX/proc/device-tree/compatible" ] || tr '\0' '\n' <"$PREFIX/proc/device-tree/compatible")"
  case "$compatible" in
    *tegra264*) echo 'Thor (tegra264)' ;;
    *tegra234*) echo 'Orin (tegra234)' ;;
    *tegra194*) echo 'Xavier (tegra194)' ;;
    *tegra210*) echo 'Nano (tegra210)' ;;
  esac
}

detect_machine() {
  MACHINE_ARCH="$(uname -m)"
  MODULE="$(read_text "$PREFIX/proc/device-tree/model")"
  SOC="$(detect_soc)"
  L4T="$(detect_l4t)"
  JETPACK="$(detect_jetpack)"
  CUDA="$(detect_cuda)"
  TENSORRT="$(detect_tensorrt)"
  POWER_MODE="$(detect_power_mode)"
  MEMORY_MB="$(awk '/^MemTotal:/ { print int($2 / 1024) }' "$([ -r "$PREFIX/proc/meminfo" ] && echo "$PREFIX/proc/meminfo" || echo /proc/meminfo)")"
  DISK_FREE_MB="$(df -Pm "${PREFIX:-/}" | awk 'NR == 2 { print $4 }')"
  OS_NAME="$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$PREFIX/etc/os-release" 2>/dev/null || true)"
}

show_machine() {
  local none='none found'
  say "module      ${MODULE:-$none}${SOC:+, $SOC}"
  say "system      ${OS_NAME:-$none}, L4T ${L4T:-$none}, JetPack ${JETPACK:-$none}"
  say "GPU         CUDA ${CUDA:-$none}, TensorRT ${TENSORRT:-$none}"
  say "power mode  ${POWER_MODE:-$none}"
  say "memory      $MEMORY_MB MB, disk free $DISK_FREE_MB MB"
}

# One line for each thing that rules this machine out; silence when none does.
reasons_against() {
  [ "$MACHINE_ARCH" = aarch64 ] || echo "the processor is $MACHINE_ARCH; a Jetson's is aarch64"
  if [ -z "$L4T" ]; then
    echo 'no /etc/nv_tegra_release that names an L4T release: this is not a Jetson, or not flashed with JetPack'
  elif [ "${L4T%%.*}" -lt "$L4T_MIN" ]; then
    echo "L4T $L4T (JetPack ${JETPACK:-unknown}) has no TensorRT 10"
  fi
  [ "$MEMORY_MB" -ge "$MEMORY_MIN_MB" ] || echo "$MEMORY_MB MB of memory; $MEMORY_MIN_MB MB are needed"
  [ "$DISK_FREE_MB" -ge "$DISK_MIN_MB" ] || echo "$DISK_FREE_MB MB free on the disk; $DISK_MIN_MB MB are needed"
}

require_supported_machine() {
  local reasons
  reasons="$(reasons_against)"
  if [ -n "$reasons" ]; then
    while IFS= read -r reason; do say "not supported: $reason"; done <<<"$reasons"
    die "$EXIT_UNSUPPORTED" 'nothing was changed' \
      'supported are Jetson Orin Nano, Orin NX and AGX Orin with JetPack 6 or 7.2, and Thor with JetPack 7; docs/jetson.md has the table'
  fi
  [ -n "$TENSORRT" ] || warn 'no TensorRT: the default pack runs on the CPU; install nvidia-jetpack for engines on the GPU'
  case "$POWER_MODE" in
    '' | MAXN* ) ;;
    *) warn "power mode $POWER_MODE holds the GPU back; 'nvpmodel -q' and 'nvpmodel -m' show and set it" ;;
  esac
}
