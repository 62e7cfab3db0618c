# shellcheck shell=bash
# The agent's settings while a release is tried: what an installation changes goes into a copy, which the release is checked
# with. The copy takes their place together with `current`, and a release that goes back brings back what was there.

CANDIDATE_FILE="$STATE_DIR/settings.candidate"
# As they were before the switch, for as long as it is not proved.
SETTINGS_BEFORE_FILE="$STATE_DIR/settings.before"
# Set when the agent has to be started again to see what was changed.
SETTINGS_CHANGED=false
# Whether this installation brings a token that the agent is to use.
TOKEN_IS_NEW=false

set_setting() {
  [ "$(env_value "$1" "$SETTINGS_FILE")" = "$2" ] && return 0
  env_set "$1" "$2"
  SETTINGS_CHANGED=true
}

begin_settings() {
  write_file "$CANDIDATE_FILE" 0600 <"$ENV_FILE"
  SETTINGS_FILE="$CANDIDATE_FILE"
}

drop_settings() {
  rm -f "$CANDIDATE_FILE"
  SETTINGS_FILE="$ENV_FILE"
}

keep_settings_before() { write_file "$SETTINGS_BEFORE_FILE" 0600 <"$ENV_FILE"; }

put_settings() {
  write_file "$ENV_FILE" 0600 <"$SETTINGS_FILE"
  drop_settings
  # In a file that only root reads, and out of it again once the device has its own credentials.
  ! $TOKEN_IS_NEW || printf 'FLEET_ENROL_TOKEN="%s"\n' "$ENROL_TOKEN" | write_file "$ENROL_FILE" 0600
}

put_settings_back() {
  [ -f "$SETTINGS_BEFORE_FILE" ] || return 0
  # A token is for one centre; another one must not be shown it.
  if [ "$(env_value FLEET_CENTRE_URL "$ENV_FILE")" != "$(env_value FLEET_CENTRE_URL "$SETTINGS_BEFORE_FILE")" ]; then rm -f "$ENROL_FILE"; fi
  write_file "$ENV_FILE" 0600 <"$SETTINGS_BEFORE_FILE"
}
