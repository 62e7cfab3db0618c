#!/bin/sh
# What the entry point of PostgreSQL's image does with the settings that docker-compose.yml gives it: a cluster on the first
# start, with the password of a file, then the server.
set -eu
bin=/usr/lib/postgresql/15/bin
data=/var/lib/postgresql/data
if [ ! -f "$data/PG_VERSION" ]; then
  "$bin/initdb" --no-sync --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --auth=scram-sha-256 -D "$data" >/dev/null
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  echo "CREATE DATABASE $POSTGRES_DB;" | "$bin/postgres" --single -D "$data" postgres >/dev/null
fi
exec "$bin/postgres" -D "$data" -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp
