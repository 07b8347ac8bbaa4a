"""Read what Wyoming servers and satellites said of themselves when they were connected."""

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState

if TYPE_CHECKING:
    # Importing them for real would need a package that is there only where Wyoming is used.
    from wyoming.info import Artifact, Info

    from homeassistant.components.wyoming.models import DomainDataItem

NOT_CONNECTED: Final = "not connected"


def programs_of(entry: ConfigEntry[DomainDataItem]) -> str:
    """Name the programs behind an entry, each with where it comes from."""
    if entry.state is not ConfigEntryState.LOADED:
        return NOT_CONNECTED
    found = (_described(item) for item in _artifacts(entry.runtime_data.service.info))
    return ", ".join(dict.fromkeys(found)) or NOT_CONNECTED


def _artifacts(info: Info) -> Iterable[Artifact]:
    """List everything that is installed on a server."""
    lists = (info.asr, info.tts, info.handle, info.intent, info.wake)
    satellite = [] if info.satellite is None else [info.satellite]
    return (item for item in chain(satellite, *lists) if item.installed)


def _described(item: Artifact) -> str:
    """Return a program's name and address, or as much as it told."""
    url = item.attribution.url
    return f"{item.name} ({url})" if url else item.name
