# shellcheck shell=bash
# Brings the pgvector extension to Debian's PostgreSQL: bookworm has no package of it, so trixie's source is built.
# apt state of its own under .cache; the machine's sources stay as they are. No LLVM bitcode, no CPU-specific code.

PG_MAJOR=15
PG_LIB="/usr/lib/postgresql/$PG_MAJOR/lib"
PG_EXTENSIONS="/usr/share/postgresql/$PG_MAJOR/extension"
PGVECTOR_MIN=0.8.0

pgvector_installed() {
  local version
  [ -f "$PG_LIB/vector.so" ] || return 1
  version="$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$PG_EXTENSIONS/vector.control")"
  [ -n "$version" ] && [ "$(printf '%s\n' "$PGVECTOR_MIN" "$version" | sort -V | head -n 1)" = "$PGVECTOR_MIN" ]
}

# The mirror that this machine already uses for its own release of Debian.
debian_mirror() {
  local codename
  codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' "Created-By: Packages" |
    awk -v release="$codename" '$1 == release { print $2; exit }'
}

fetch_pgvector_source() {
  local work="$1" apt
  mkdir -p "$work/lists/partial" "$work/archives/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) trixie main" >"$work/sources.list"
  apt=(apt-get -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User=root)
  twice "${apt[@]}" -q update
  (cd "$work" && twice "${apt[@]}" -q source --download-only pgvector && mkdir source &&
    tar xf pgvector_*.orig.tar.* -C source --strip-components=1)
}

# The server's headers, unpacked rather than installed: the package would pull in 600 MB of LLVM for bitcode.
server_headers() {
  local work="$1"
  [ -f "/usr/include/postgresql/$PG_MAJOR/server/postgres.h" ] && { echo /usr/include/postgresql; return; }
  (cd "$work" && twice apt-get -q download "postgresql-server-dev-$PG_MAJOR" libpq-dev &&
    for deb in ./*.deb; do dpkg-deb -x "$deb" headers; done) >&2
  echo "$work/headers/usr/include/postgresql"
}

build_pgvector() {
  local work headers version
  work="$(mktemp -d "$CACHE/pgvector.XXXXXX")"
  fetch_pgvector_source "$work"
  headers="$(server_headers "$work")"
  cd "$work/source"
  version="$(sed -n "s/^default_version = '\(.*\)'/\1/p" vector.control)"
  # The flags are those of pgvector's Makefile with OPTFLAGS="" (no -march=native).
  printf '%s\0' src/*.c | xargs -0 -P "$(nproc)" -I{} sh -c 'gcc -O2 -fPIC -ftree-vectorize -fassociative-math \
    -fno-signed-zeros -fno-trapping-math -D_GNU_SOURCE -I"$1/$2/server" -I"$1" -c "$3" -o "$3.o"' \
    compile "$headers" "$PG_MAJOR" {}
  gcc -shared -o vector.so src/*.c.o -lm
  cp sql/vector.sql "sql/vector--$version.sql"
  install -m 644 vector.so "$PG_LIB/vector.so.new"
  mv "$PG_LIB/vector.so.new" "$PG_LIB/vector.so"
  install -m 644 sql/vector--*.sql vector.control "$PG_EXTENSIONS/"
  rm -rf "$work"
}

setup_pgvector() {
  # Of the machine, not of this clone: whoever installed it, it is there.
  pgvector_installed && return 0
  step pgvector "$(hash_of "$ROOT/scripts/setup/pgvector.sh")" pgvector_installed \
    'it writes into the folders of PostgreSQL, which needs root once: sudo bash scripts/setup.sh test' \
    build_pgvector
}
