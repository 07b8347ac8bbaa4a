"""Offer the recordings to administrators as media, by satellite and by day."""

from collections import Counter
from datetime import date, timedelta
from typing import override

from homeassistant.components.media_player import BrowseError, MediaClass, MediaType
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .actions.common import loaded_data
from .const import DOMAIN
from .data import VoiceRetentionData
from .errors import AdministratorsOnly, NoSuchFolder
from .policy.models import Content
from .requester import async_requester
from .vault.models import RecordingFilter

MAX_OF_A_DAY = 500
"""A list that nobody could read to its end helps nobody; the newest are shown."""


async def async_get_media_source(hass: HomeAssistant) -> VoiceMediaSource:
    """Set up the media source."""
    return VoiceMediaSource(hass)


class VoiceMediaSource(MediaSource):
    """Satellites, in them days, in them recordings."""

    name: str = "Voice Retention"

    def __init__(self, hass: HomeAssistant) -> None:
        """Serve this Home Assistant."""
        super().__init__(DOMAIN)
        self._hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return a link to a recording that works for some minutes."""
        try:
            user_id = _administrator()
            recording_id = item.identifier.rpartition("/")[2]
            playback = loaded_data(self._hass).playback
            url, track = await playback.async_open(recording_id, user_id)
        except HomeAssistantError as err:
            raise Unresolvable(
                translation_domain=err.translation_domain,
                translation_key=err.translation_key,
                translation_placeholders=err.translation_placeholders,
            ) from err
        return PlayMedia(url, track.mime_type)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """List what is in a folder."""
        try:
            _administrator()
            data = loaded_data(self._hass)
            match item.identifier.split("/") if item.identifier else []:
                case []:
                    return await _async_satellites(data)
                case [satellite_key]:
                    return await _async_days(data, satellite_key)
                case [satellite_key, day]:
                    return await _async_day(data, satellite_key, _parse_day(day))
            raise NoSuchFolder
        except HomeAssistantError as err:
            raise BrowseError(
                translation_domain=err.translation_domain,
                translation_key=err.translation_key,
                translation_placeholders=err.translation_placeholders,
            ) from err


@callback
def _administrator() -> str | None:
    """Return who is asking; none is an automation. Others than administrators are refused."""
    if (user := async_requester()) is None:
        return None
    if not user.is_admin:
        raise AdministratorsOnly
    return user.id


def _parse_day(text: str) -> date:
    """Return the day that a folder stands for."""
    try:
        return date.fromisoformat(text)
    except ValueError as err:
        raise NoSuchFolder from err


def _folder(
    identifier: str | None, title: str, children: list[BrowseMediaSource] | None = None
) -> BrowseMediaSource:
    """Return a folder."""
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.MUSIC,
        title=title,
        can_play=False,
        can_expand=True,
        children=children,
    )


async def _async_satellites(data: VoiceRetentionData) -> BrowseMediaSource:
    """List the satellites of which there is anything."""
    totals = await data.storage.async_totals()
    names = {key: data.status.satellite_name(key) for key in totals.by_satellite}
    return _folder(
        None,
        "Voice Retention",
        [_folder(key, names[key]) for key in sorted(names, key=names.__getitem__)],
    )


async def _async_days(
    data: VoiceRetentionData, satellite_key: str
) -> BrowseMediaSource:
    """List the days on which a satellite heard anything that is still there."""
    found = await data.storage.async_find(
        RecordingFilter(satellite_keys=(satellite_key,), contents=(Content.AUDIO,)),
    )
    days = Counter(dt_util.as_local(item.created).date() for item in found)
    return _folder(
        satellite_key,
        data.status.satellite_name(satellite_key),
        [
            _folder(f"{satellite_key}/{day}", f"{day} ({count})")
            for day, count in days.items()
        ],
    )


async def _async_day(
    data: VoiceRetentionData, satellite_key: str, day: date
) -> BrowseMediaSource:
    """List the recordings of a day; a title is shown by players, so it has no words."""
    start = dt_util.start_of_local_day(day)
    found = await data.storage.async_find(
        RecordingFilter(
            satellite_keys=(satellite_key,),
            contents=(Content.AUDIO,),
            start=start,
            end=dt_util.start_of_local_day(day + timedelta(days=1)),
        ),
    )
    return _folder(
        f"{satellite_key}/{day}",
        f"{data.status.satellite_name(satellite_key)}, {day}",
        [
            BrowseMediaSource(
                domain=DOMAIN,
                identifier=f"{satellite_key}/{day}/{item.recording_id}",
                media_class=MediaClass.MUSIC,
                media_content_type="audio/wav",
                title=f"{dt_util.as_local(item.created):%H:%M:%S}, "
                f"{item.audio_seconds:.1f} s",
                can_play=True,
                can_expand=False,
            )
            for item in found[:MAX_OF_A_DAY]
        ],
    )
