# Where script/setup puts things. Source this file: . "$(dirname "$0")/lib/env.sh"
# shellcheck shell=bash

export VR_CACHE="${VOICE_RETENTION_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/voice-retention}"
export VR_PYTHON_HA="$VR_CACHE/venv/ha-2026.11/bin/python"
export VR_PYTHON_OLDEST="$VR_CACHE/venv/ha-2026.6/bin/python"
export VR_PYTHON_TEST="$VR_CACHE/venv/test/bin/python"
export VR_PYTHON_SATELLITE="$VR_CACHE/venv/satellite/bin/python"
export VR_PYTHON_SERVERS="$VR_CACHE/venv/servers/bin/python"
export VR_NODE="$VR_CACHE/venv/tools/bin/node"

export PATH="$VR_CACHE/bin:$PATH"

# Holds at most libturbojpeg, and nothing at all where the host's own Python serves.
export LD_LIBRARY_PATH="$VR_CACHE/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
