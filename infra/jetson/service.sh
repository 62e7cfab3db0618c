# shellcheck shell=bash
# The agent as a service: systemd's unit, and the same unit's own ExecStart where systemd does not run (a chroot, an image
# that is being made). Starting, stopping, and waiting for what the agent says of itself.

# Seconds until a started agent must answer /health: it loads models and looks through its database first.
ANSWER_MAX_S="${FLEET_ANSWER_MAX_S:-180}"
# Seconds that an update waits for a job to end before it gives up; the job goes on and nothing has changed.
IDLE_MAX_S="${FLEET_IDLE_MAX_S:-900}"
# Seconds for an orderly stop; the unit's TimeoutStopSec is the same.
STOP_MAX_S=60
# Of the machine's memory in percent: beyond it the agent is restarted before the whole device becomes unusable.
MEMORY_MAX_PERCENT=75
# Lines of the agent's log that are shown when it does not answer.
AGENT_LINES_SHOWN=15

AGENT_LOG="$LOG_DIR/agent.log"
PID_FILE="$STATE_DIR/agent.pid"

systemd_runs() { ! has_prefix && [ -d /run/systemd/system ]; }

# install_unit RELEASE: the unit as that release has it.
install_unit() {
  sed -e "s|@PREFIX@|$PREFIX|g" -e "s|@USER@|$SERVICE_USER|g" -e "s|@MEMORY_MAX@|$((MEMORY_MB * MEMORY_MAX_PERCENT / 100))M|g" \
    "$1/infra/jetson/$UNIT_NAME" | write_file "$UNIT_DIR/$UNIT_NAME" 0644
  if systemd_runs; then
    systemctl daemon-reload
    systemctl --quiet enable "$UNIT_NAME"
  else
    mkdir -p "$UNIT_DIR/multi-user.target.wants"
    ln -sfn "../$UNIT_NAME" "$UNIT_DIR/multi-user.target.wants/$UNIT_NAME"
  fi
}

agent_pid() {
  local pid
  if systemd_runs; then
    pid="$(systemctl show --property MainPID --value "$UNIT_NAME" 2>/dev/null || true)"
    [ "${pid:-0}" = 0 ] || echo "$pid"
  elif [ -f "$PID_FILE" ]; then
    pid="$(cat "$PID_FILE")"
    # A number alone may have become another process's since.
    if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" != '' ] &&
      [[ "$(readlink "/proc/$pid/cwd")" == "$RELEASES_DIR"/* ]]; then echo "$pid"; fi
  fi
}

agent_runs() { [ -n "$(agent_pid)" ]; }

stop_agent() {
  local pid waited=0
  if systemd_runs; then systemctl stop "$UNIT_NAME" || true; return 0; fi
  pid="$(agent_pid)"
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || return 0
  while [ -d "/proc/$pid" ] && [ $waited -lt $((STOP_MAX_S * 5)) ]; do sleep 0.2; waited=$((waited + 1)); done
  [ ! -d "/proc/$pid" ] || kill -KILL "$pid" 2>/dev/null || true
  rm -f "$PID_FILE"
}

restart_agent() {
  if systemd_runs; then systemctl restart "$UNIT_NAME"; return; fi
  stop_agent
  start_from_unit
}

unit_values() { sed -n "s/^$1=//p" "$UNIT_DIR/$UNIT_NAME"; }

# What systemd would do with the unit, as far as it can be done without it: user, folder, environment, command.
start_from_unit() {
  local command setting file
  command="$(unit_values ExecStart)"
  mkdir -p "$LOG_DIR" "$STATE_DIR"
  (
    while IFS= read -r setting; do
      setting="${setting%\"}"
      export "${setting#\"}"
    done < <(unit_values Environment)
    while IFS= read -r file; do load_env "${file#-}"; done < <(unit_values EnvironmentFile)
    cd -P "$(unit_values WorkingDirectory)" || exit 1
    umask "$(unit_values UMask)"
    # shellcheck disable=SC2086 # a command and its arguments, as the unit has them
    if has_prefix || ! is_root; then
      setsid env "HOME=$HOME_DIR" $command >>"$AGENT_LOG" 2>&1 </dev/null 9>&- &
    else
      setsid env "HOME=$HOME_DIR" setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --init-groups --inh-caps=-all \
        $command >>"$AGENT_LOG" 2>&1 </dev/null 9>&- &
    fi
    echo $! >"$PID_FILE"
  )
  say 'systemd does not run here: the agent was started by its unit'"'"'s own ExecStart, without restart and watchdog'
}

where_agent_logs() { if systemd_runs; then echo "journalctl -u $UNIT_NAME"; else echo "$AGENT_LOG"; fi; }

show_last_agent_lines() {
  if systemd_runs; then
    journalctl -u "$UNIT_NAME" -n "$AGENT_LINES_SHOWN" --no-pager -o cat 2>/dev/null | sed 's/^/    /' >&2 || true
  elif [ -f "$AGENT_LOG" ]; then
    tail -n "$AGENT_LINES_SHOWN" "$AGENT_LOG" | sed 's/^/    /' >&2
  fi
}

# agent_answers RELEASE: waits until /health answers, from a process of that release.
agent_answers() {
  local release="$1" pid
  ask_agent "$release" healthy "$ANSWER_MAX_S" >>"$LOG_FILE" 2>&1 || return 1
  pid="$(agent_pid)"
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$release" ]
}

# wait_until_idle RELEASE: an update never falls into a job that is being worked off.
wait_until_idle() {
  local rc=0
  ask_agent "$1" idle "$IDLE_MAX_S" >>"$LOG_FILE" 2>&1 || rc=$?
  [ $rc -ne 75 ] || die "$EXIT_BUSY" "a job has been running for $IDLE_MAX_S s: nothing was changed" \
    'wait for it or cancel it (DELETE /api/v1/jobs/{id}), then run this script again'
}
