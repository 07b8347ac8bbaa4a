# Debian packages unpacked into a folder of ours: the host's own packages and apt state stay as they are.
# shellcheck shell=bash

DEBIAN_SUITE=forky

has_debian() {
  command -v apt-get >/dev/null && command -v dpkg >/dev/null &&
    [[ -n $(debian_keyring) && -n $(debian_mirror) ]]
}

debian_keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    if [[ -f $file ]]; then printf '%s\n' "$file"; return; fi
  done
}

# The address the host itself takes Debian's packages from: one that ends in /debian, which leaves out
# security updates and other vendors' packages.
debian_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -E '^(deb|URIs:) ' | grep -oE '[a-z]+://[^] ]+/debian/?( |$)' | sed 1q || true
}

# Writes an apt configuration that knows nothing of the host but how it reaches the network.
write_apt_config() {
  local apt=$1
  mkdir -p "$apt"/{lists/partial,archives/partial,parts}
  : >"$apt/status"
  printf 'deb [signed-by=%s] %s %s main\n' \
    "$(debian_keyring)" "$(debian_mirror)" "$DEBIAN_SUITE" >"$apt/sources.list"
  {
    apt-config dump | grep '^Acquire::' || true
    cat <<EOF
Dir::Etc::main "";
Dir::Etc::parts "$apt/parts";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "$apt/parts";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Acquire::Languages "none";
APT::Install-Recommends "false";
APT::Sandbox::User "";
EOF
  } >"$apt/apt.conf"
}

# unpack_debian FOLDER PACKAGE… [-- PACKAGE…]: those after "--" come without what they depend on.
unpack_debian() {
  local prefix=$1 apt="$1.apt" with=() alone=()
  shift
  while (($#)) && [[ $1 != -- ]]; do with+=("$1"); shift; done
  (($# > 1)) && alone=("${@:2}")
  rm -rf "$prefix" "$apt"
  write_apt_config "$apt"
  mkdir -p "$prefix"
  APT_CONFIG="$apt/apt.conf" apt-get update -q
  APT_CONFIG="$apt/apt.conf" apt-get install -q -y --download-only "${with[@]}"
  if ((${#alone[@]})); then
    (cd "$apt/archives" && APT_CONFIG="$apt/apt.conf" apt-get download -q "${alone[@]}")
  fi
  local package
  for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$prefix"; done
  rm -rf "$apt"
}

# The folder's own dynamic loader, and the folders of its libraries, joined by ":".
debian_loader() { find "$1/usr" -name 'ld-linux*.so.*' | sort | head -n 1; }
debian_libraries() { find "$1"/usr/lib/*-linux-gnu -maxdepth 2 -name 'lib*.so*' -printf '%h\n' | sort -u | paste -sd:; }
