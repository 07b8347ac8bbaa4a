"""Read what can be said and what is answered, a file for each language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, cast

from homeassistant.util import language as language_util
from homeassistant.util.yaml import load_yaml_dict

from ..policy.choices import KEEP_LIMITS, Keep

TEXTS: Final = Path(__file__).parent / "texts"
FALLBACK: Final = "en"


class VoiceCommand(StrEnum):
    """What can be asked for by voice."""

    DELETE_LAST = "delete_last"
    NOT_FOR_YOU = "not_for_you"
    DELETE_TODAY = "delete_today"
    DELETE_WEEK = "delete_week"
    DELETE_HERE = "delete_here"
    STOP_SENDING = "stop_sending"
    START_SENDING = "start_sending"
    GUEST_ON = "guest_on"
    GUEST_OFF = "guest_off"
    GUEST_STATE = "guest_state"
    WHAT_KEPT = "what_kept"
    WHAT_HEARD = "what_heard"
    WHO_HEARD = "who_heard"


class ReplyKey(StrEnum):
    """What can be answered."""

    DELETED = "deleted"
    DELETED_ALSO_ELSEWHERE = "deleted_also_elsewhere"
    NOTHING_TO_DELETE = "nothing_to_delete"
    NOT_ALL_DELETED = "not_all_deleted"
    STILL_DELETING = "still_deleting"
    SENDING_STOPPED = "sending_stopped"
    SENDING_STARTED = "sending_started"
    GUEST_ON = "guest_on"
    GUEST_OFF = "guest_off"
    KEPT = "kept"
    KEPT_NOTHING = "kept_nothing"
    HEARD = "heard"
    HEARD_NOTHING = "heard_nothing"
    HEARD_NOT_ALOUD = "heard_not_aloud"
    WHO_LOCAL = "who_local"
    WHO_CLOUD = "who_cloud"
    WHO_UNPROVEN = "who_unproven"
    WHO_NOBODY = "who_nobody"
    SWITCHED_BY_HAND_ONLY = "switched_by_hand_only"
    ADMINISTRATORS_ONLY = "administrators_only"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrasebook:
    """The sentences and replies of one language."""

    language: str
    sentences: Mapping[VoiceCommand, tuple[str, ...]]
    """Templates, as sentence triggers take them."""

    replies: Mapping[ReplyKey, str]
    limits: Mapping[Keep, str]
    """How each final choice of a ``keep_*`` select is said."""

    def reply(self, key: ReplyKey, **values: object) -> str:
        """Return a reply with its placeholders filled in."""
        return self.replies[key].format_map(values)


def known_languages() -> list[str]:
    """Return the languages there is a phrasebook of. Reads the disk."""
    return sorted(file.stem for file in TEXTS.glob("*.yaml"))


def load_phrasebooks(wanted: Iterable[str]) -> dict[str, Phrasebook]:
    """Return a phrasebook by each of the wanted languages; English where there is none.

    Reads the disk.
    """
    known = known_languages()
    nearest = {
        language: next(iter(language_util.matches(language, known)), FALLBACK)
        for language in wanted
    }
    books = {language: _load(language) for language in {*nearest.values(), FALLBACK}}
    return {
        FALLBACK: books[FALLBACK],
        **{language: books[name] for language, name in nearest.items()},
    }


def _load(language: str) -> Phrasebook:
    """Read the file of a language; a missing text in it is an error, never a silence."""
    texts = load_yaml_dict(str(TEXTS / f"{language}.yaml"))
    sentences = cast("Mapping[str, list[str]]", texts["sentences"])
    replies = cast("Mapping[str, str]", texts["replies"])
    limits = cast("Mapping[str, str]", texts["limits"])
    return Phrasebook(
        language=language,
        sentences={command: tuple(sentences[command]) for command in VoiceCommand},
        replies={key: str(replies[key]) for key in ReplyKey},
        limits={keep: str(limits[keep]) for keep in KEEP_LIMITS},
    )
