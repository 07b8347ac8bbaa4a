"""Judge a Wyoming program by how it describes itself."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from homeassistant.const import Platform

from ...policy.models import Evidence, EvidenceKind, Locality
from .known_programs import CLOUD_HOSTS, KNOWN_PROGRAMS, Nature

if TYPE_CHECKING:
    # The package is there only where the Wyoming integration is used.
    from wyoming.info import Artifact, Info

VERDICTS: Final = {
    Nature.ON_DEVICE: Locality.LOCAL,
    Nature.FORWARDS: Locality.CLOUD,
    Nature.DEPENDS: Locality.UNPROVEN,
}


def programs_evidence(info: Info, domain: str) -> list[Evidence]:
    """Judge every program that a server could use for engines of this domain."""
    return [program_evidence(item) for item in _programs(info, domain)]


def program_evidence(program: Artifact) -> Evidence:
    """Judge a program by its name and attribution."""
    url = program.attribution.url
    return Evidence(
        kind=EvidenceKind.WYOMING_PROGRAM,
        verdict=_verdict(program.name.lower(), url.lower()),
        detail=f"{program.name} ({url})" if url else program.name,
    )


def _programs(info: Info, domain: str) -> list[Artifact]:
    """Return the programs for engines of this domain; those not installed are not used."""
    programs: list[Artifact] = {
        Platform.STT: info.asr,
        Platform.TTS: info.tts,
        Platform.CONVERSATION: [*info.intent, *info.handle],
        Platform.WAKE_WORD: info.wake,
    }.get(domain, [])  # type: ignore[call-overload]
    return [program for program in programs if program.installed]


def _verdict(name: str, url: str) -> Locality:
    """Return what name and address say together."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return Locality.UNPROVEN
    if any(host == known or host.endswith(f".{known}") for known in CLOUD_HOSTS):
        return Locality.CLOUD
    address = f"{host}{parts.path}"
    verdicts = {
        VERDICTS[known.nature]
        for known in KNOWN_PROGRAMS
        if address.startswith(known.address)
        # Bad news needs no name: whatever it is called, it comes from there.
        and (known.nature is Nature.FORWARDS or name.startswith(known.name))
    }
    if Locality.CLOUD in verdicts:
        return Locality.CLOUD
    return Locality.LOCAL if verdicts == {Locality.LOCAL} else Locality.UNPROVEN
