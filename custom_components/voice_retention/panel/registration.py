"""Put the panel into the sidebar, and serve the files that it is made of."""

from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    DOMAIN as FRONTEND_DOMAIN,
    async_remove_panel,
)
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.panel_custom import async_register_panel
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER

BUNDLE: Final = Path(__file__).parents[1] / "frontend"
"""Where the built panel lies, in a release; its source is not part of the package."""

ENTRY_FILE: Final = "panel.js"
ELEMENT: Final = "voice-retention-panel"
TITLE: Final = "Voice Retention"
"""The name of the integration, which is the same in every language."""

ICON: Final = "mdi:account-voice"
URL_PATH: Final = "voice-retention"
STATIC_URL: Final = f"/{DOMAIN}_static"

DIGEST_LENGTH: Final = 16

SERVED: HassKey[set[str]] = HassKey(f"{DOMAIN}_served")
"""Addresses that are served already: Home Assistant cannot take one back."""

SHOWN: HassKey[str] = HassKey(f"{DOMAIN}_shown")
"""The address of the panel that is in the sidebar, while one of ours is."""


async def async_show_panel(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Show the panel in the sidebar of administrators while the entry is loaded.

    The rest of the integration works without: who runs Home Assistant without its
    frontend has no sidebar, and protection must not hang on a picture of it.
    """
    if FRONTEND_DOMAIN not in hass.config.components:
        return
    digest = await hass.async_add_executor_job(_digest, BUNDLE)
    if digest is None:
        LOGGER.warning(
            "There is no panel in the sidebar: its files are not in %s. "
            "They are part of each release; from source, they have to be built first",
            BUNDLE,
        )
        return
    integration = await async_get_integration(hass, DOMAIN)
    # In the path, not behind it: what the entry file imports is then versioned as well.
    url = f"{STATIC_URL}/{integration.version}-{digest}"
    await _async_serve(hass, url)
    await _async_register(hass, f"{url}/{ENTRY_FILE}")
    entry.async_on_unload(partial(_async_follow, hass, entry))


@callback
def _async_follow(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the panel away when it is clear that the entry does not only begin anew."""
    hass.async_create_task(
        _async_hide_unless_reloaded(hass, entry), "voice_retention hide panel"
    )


async def _async_hide_unless_reloaded(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Wait for the end of a reload: it must not throw out who looks at the panel."""
    async with entry.setup_lock:
        if entry.state is not ConfigEntryState.LOADED:
            _async_hide(hass)


@callback
def _async_hide(hass: HomeAssistant) -> None:
    """Take the panel out of the sidebar, if it is ours."""
    if hass.data.pop(SHOWN, None) is not None:
        async_remove_panel(hass, URL_PATH)


async def _async_register(hass: HomeAssistant, module_url: str) -> None:
    """Put the panel into the sidebar, in the place of an older one of ours."""
    if hass.data.get(SHOWN) == module_url:
        return
    _async_hide(hass)
    try:
        await async_register_panel(
            hass,
            frontend_url_path=URL_PATH,
            webcomponent_name=ELEMENT,
            sidebar_title=TITLE,
            sidebar_icon=ICON,
            module_url=module_url,
            embed_iframe=False,
            require_admin=True,
        )
    except ValueError:
        LOGGER.error(
            "There is no panel in the sidebar: a dashboard or another integration "
            "has taken the address /%s",
            URL_PATH,
        )
    else:
        hass.data[SHOWN] = module_url


async def _async_serve(hass: HomeAssistant, url: str) -> None:
    """Serve the files under an address, for ever the same and so kept by every cache."""
    served = hass.data.setdefault(SERVED, set())
    if url in served:
        return
    served.add(url)
    await hass.http.async_register_static_paths(
        [StaticPathConfig(url, str(BUNDLE), cache_headers=True)]
    )


def _digest(bundle: Path) -> str | None:
    """Return what changes with any file of the panel; none if it was not built."""
    if not (bundle / ENTRY_FILE).is_file():
        return None
    digest = sha256()
    for path in sorted(bundle.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(bundle).as_posix()}\0".encode())
            digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:DIGEST_LENGTH]
