"""The configuration folder of a household's Home Assistant."""

from collections.abc import Iterable
import json
from pathlib import Path
import shutil

from .paths import LOOPBACK

CLOUD_SPEECH = Path(__file__).parents[1] / "custom_components" / "cloud_speech"

# What default_config would load, less everything that looks for devices or asks the internet.
_CONFIGURATION = """\
homeassistant:
  name: Demonstration
  country: GB
  unit_system: metric
  time_zone: UTC

api:
assist_pipeline:
backup:
config:
conversation:
frontend:
history:
logbook:
media_source:
recorder:
  commit_interval: 1
system_health:
tag:
trace:

automation: !include automations.yaml
script: !include scripts.yaml

input_boolean:
{switches}

template:
  - light:
{lights}
"""

_SWITCH = """\
  {key}:
    name: {name} relay
"""

_LIGHT = """\
      - name: {name}
        unique_id: {key}
        state: "{{{{ is_state('input_boolean.{key}', 'on') }}}}"
        turn_on:
          - action: input_boolean.turn_on
            target:
              entity_id: input_boolean.{key}
        turn_off:
          - action: input_boolean.turn_off
            target:
              entity_id: input_boolean.{key}
"""

LIGHTS = (
    "Kitchen light",
    "Bedroom light",
    "Living room lamp",
    "Garden fountain",
    "Ceiling fan",
    "Coffee machine",
)
"""What the spoken commands switch; each is a light, as those are open to Assist from the start."""

_FIRST_RELEASE_WITH_STORED_HTTP = (2026, 8)


def make_config_folder(
    folder: Path, *, port: int, release: tuple[int, int], integrations: Iterable[Path]
) -> None:
    """Fill an empty folder with a household's configuration."""
    storage = folder / ".storage"
    storage.mkdir(parents=True)
    keys = {name: name.lower().replace(" ", "_") for name in LIGHTS}
    configuration = _CONFIGURATION.format(
        switches="".join(
            _SWITCH.format(key=key, name=name) for name, key in keys.items()
        ),
        lights="".join(_LIGHT.format(key=key, name=name) for name, key in keys.items()),
    )
    if release >= _FIRST_RELEASE_WITH_STORED_HTTP:
        (storage / "http").write_text(json.dumps(_stored_http(port)))
    else:
        configuration += f"\nhttp:\n  server_host: {LOOPBACK}\n  server_port: {port}\n"
    (folder / "configuration.yaml").write_text(configuration)
    (folder / "automations.yaml").write_text("[]\n")
    (folder / "scripts.yaml").write_text("{}\n")
    for integration in integrations:
        install(integration, folder)


def install(integration: Path, folder: Path) -> None:
    """Put a custom integration where HACS and the Marketplace put it."""
    target = folder / "custom_components" / integration.name
    shutil.copytree(integration, target, ignore=shutil.ignore_patterns("__pycache__"))


def _stored_http(port: int) -> dict[str, object]:
    """Return settings of the web server that are already confirmed: unconfirmed ones are taken back after five minutes."""
    stable = {
        "server_host": [LOOPBACK],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }
    # The second version of this file is one that newer releases still bring up to date by themselves.
    return {
        "version": 2,
        "minor_version": 1,
        "key": "http",
        "data": {"stable": stable, "pending": None, "yaml_migration_done": True},
    }
