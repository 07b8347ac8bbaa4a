# Published Wyoming servers, in an environment of their own because they and Home Assistant pin the same packages.
# shellcheck shell=bash

make_servers() {
  local venv="$VR_CACHE/venv/servers"
  export VIRTUAL_ENV=$venv
  uv venv --quiet --clear --python "$(<"$VR_CACHE/python-path")" "$venv"
  uv pip install --only-binary :all: -r requirements/servers.txt
}
