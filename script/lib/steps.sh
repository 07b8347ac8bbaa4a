# Steps that run once, and again only when what they are made from changes.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

need() { command -v "$1" >/dev/null || fail "$1 is missing: $2"; }

# Prints one hash of all arguments; an argument that is a file stands for its content.
hash_of() {
  local input
  for input in "$@"; do
    if [[ -f $input ]]; then cat "$input"; else printf '%s\n' "$input"; fi
  done | sha256sum | cut -c1-16
}

# step NAME KEY COMMAND…: runs the command unless it already finished with this key.
step() {
  local name=$1 key=$2 started=$SECONDS
  local stamp="$VR_CACHE/stamps/$name" log="$VR_CACHE/logs/$name.log"
  shift 2
  if [[ -f $stamp && $(<"$stamp") == "$key" ]]; then
    say "$name: ready"
    return
  fi
  rm -f "$stamp"
  # In the background, because bash ignores "set -e" in a command whose failure is handled.
  "$@" >"$log" 2>&1 &
  if ! wait $!; then
    tail -n 25 "$log" >&2
    fail "$name failed after $((SECONDS - started)) s; all of its output: $log"
  fi
  # Last, so that an interrupted step starts over.
  printf '%s\n' "$key" >"$stamp"
  say "$name: done in $((SECONDS - started)) s"
}

# Waits for the given background steps and stops if one of them failed.
wait_all() {
  local pid failed=0
  for pid in "$@"; do wait "$pid" || failed=1; done
  ((failed == 0)) || exit 1
}
