"""Notifications that carry what was said are dismissed; all others stay."""

from datetime import timedelta

import pytest

from custom_components.voice_retention.places.notifications import NotificationsPlace
from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .talk import AUDIO, BEDROOM_WORDS, KITCHEN_REPLY, KITCHEN_WORDS, Talk, purge


@pytest.fixture
def place(hass: HomeAssistant) -> NotificationsPlace:
    """Return the place."""
    return NotificationsPlace(hass)


def shown(hass: HomeAssistant) -> set[str]:
    """Return the ids of the notifications that are shown."""
    return set(persistent_notification._async_get_or_create_notifications(hass))


def notify(hass: HomeAssistant, notification_id: str, text: str) -> None:
    """Show a notification."""
    persistent_notification.async_create(
        hass, text, title="Heard", notification_id=notification_id
    )


async def test_notifications_of_a_satellites_words_go_and_others_stay(
    talk: Talk, place: NotificationsPlace
) -> None:
    """Whoever looks under the bell would read what was deleted everywhere else."""
    await talk.both_ask()
    notify(talk.hass, "kitchen", f"Somebody said: {KITCHEN_WORDS}")
    notify(talk.hass, "reply", KITCHEN_REPLY)
    notify(talk.hass, "bedroom", f"Somebody said: {BEDROOM_WORDS}")
    notify(talk.hass, "update", "An update is available")
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (2, 2, 0)
    assert shown(talk.hass) == {"bedroom", "update"}


async def test_notifications_of_another_time_and_of_held_recordings_stay(
    talk: Talk, place: NotificationsPlace
) -> None:
    """Only what was asked for goes."""
    await talk.both_ask()
    notify(talk.hass, "kitchen", KITCHEN_WORDS)
    (run,) = talk.runs(talk.house.kitchen)
    held = talk.target(talk.house.kitchen, spared_runs=[run.run_id])
    assert await purge(place, held) == (0, 0, 0)
    later = dt_util.utcnow() + timedelta(days=1)
    assert await purge(place, talk.target(talk.house.kitchen, start=later)) == (0, 0, 0)
    audio = talk.target(talk.house.kitchen, contents=AUDIO)
    assert await purge(place, audio) == (0, 0, 0)
    assert shown(talk.hass) == {"kitchen"}
