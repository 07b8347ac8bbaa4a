"""Give the household our blueprints, and leave alone what it made of them."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.automation import (
    DOMAIN as AUTOMATION_DOMAIN,
    automations_with_blueprint,
)
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .const import DOMAIN, LOGGER

SHIPPED: Final = Path(__file__).parent / "blueprints" / AUTOMATION_DOMAIN

type Digests = dict[str, str]
"""What we wrote, by the name of the file."""


async def async_install_blueprints(hass: HomeAssistant) -> None:
    """Copy the blueprints to where Home Assistant looks for them.

    Each is given once: one that was edited stays as it is, one that was deleted stays away,
    and one that is as we wrote it is replaced when a newer one comes.
    """
    if AUTOMATION_DOMAIN not in hass.config.components:
        return
    blueprints, store = async_get_blueprints(hass), _store(hass)
    try:
        # It fills a new folder with its own examples, but not one that is there already.
        await blueprints.async_populate()
        known = await store.async_load() or {}
        given = await hass.async_add_executor_job(
            _install, blueprints.blueprint_folder / DOMAIN, known
        )
    except (OSError, HomeAssistantError) as err:
        # Nothing that protects anybody depends on them.
        LOGGER.warning("The blueprints could not be written: %s", err)
        return
    if given != known:
        await store.async_save(given)
        await blueprints.async_reset_cache()


async def async_remove_blueprints(hass: HomeAssistant) -> None:
    """Delete the blueprints that are as we wrote them and in no automation."""
    store = _store(hass)
    known = await store.async_load() or {}
    await store.async_remove()
    if AUTOMATION_DOMAIN not in hass.config.components:
        return
    unused = {
        name: digest
        for name, digest in known.items()
        if not automations_with_blueprint(hass, f"{DOMAIN}/{name}")
    }
    blueprints = async_get_blueprints(hass)
    try:
        await hass.async_add_executor_job(
            _remove, blueprints.blueprint_folder / DOMAIN, unused
        )
    except OSError as err:
        LOGGER.warning("The blueprints could not be deleted: %s", err)
    await blueprints.async_reset_cache()


def _store(hass: HomeAssistant) -> Store[Digests]:
    """Return where is written down what we gave."""
    return Store(hass, 1, f"{DOMAIN}.blueprints", private=True, atomic_writes=True)


def _install(folder: Path, known: Digests) -> Digests:
    """Write what is new, or newer than what we wrote; return what we ever wrote."""
    given = dict(known)
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(SHIPPED.glob("*.yaml")):
        text, path = source.read_bytes(), folder / source.name
        digest = _digest(text)
        found = _digest(path.read_bytes()) if path.exists() else None
        if found != known.get(source.name) or found == digest:
            # Edited, deleted, somebody else's, or as it should be.
            continue
        temporary = path.with_suffix(".new")
        temporary.write_bytes(text)
        temporary.replace(path)
        given[source.name] = digest
    return given


def _remove(folder: Path, known: Digests) -> None:
    """Delete the files that are as we wrote them, and a folder that is empty then."""
    for name, digest in known.items():
        path = folder / name
        if path.exists() and _digest(path.read_bytes()) == digest:
            path.unlink()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _digest(text: bytes) -> str:
    """Return what tells whether a file is as we wrote it."""
    return sha256(text).hexdigest()
