"""What a translator writes is complete, and no sentence means two things."""

from collections import defaultdict
import json
import re
from string import Formatter

from hassil.parse_expression import parse_sentence
from hassil.sample import sample_sentence
import pytest

from custom_components.voice_retention.commands.phrasebook import (
    FALLBACK,
    ReplyKey,
    VoiceCommand,
    known_languages,
    load_phrasebooks,
)
from custom_components.voice_retention.policy.choices import KEEP_LIMITS
from homeassistant.components.conversation.trigger import TRIGGER_SCHEMA
from tests.dialogs import INTEGRATION

LANGUAGES = known_languages()
BOOKS = load_phrasebooks(LANGUAGES)


def samples(template: str) -> set[str]:
    """Return every way to say a template."""
    return {
        " ".join(text.casefold().split())
        for text in sample_sentence(parse_sentence(template))
    }


def test_there_are_ten_languages() -> None:
    """Those that the README names."""
    assert LANGUAGES == ["de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_sentence_and_reply(language: str) -> None:
    """A missing one would be silence, one without its values half a truth."""
    book = BOOKS[language]
    assert all(book.sentences[command] for command in VoiceCommand)
    assert book.limits.keys() == KEEP_LIMITS.keys()
    for key in ReplyKey:
        wanted = {
            name for _, name, _, _ in Formatter().parse(BOOKS[FALLBACK].replies[key])
        }
        given = {name for _, name, _, _ in Formatter().parse(book.replies[key])}
        assert given - {None} == wanted - {None}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_as_home_assistant_wants_them(language: str) -> None:
    """It refuses punctuation in an automation's sentences; ours should not be odder."""
    for sentences in BOOKS[language].sentences.values():
        TRIGGER_SCHEMA({"platform": "conversation", "command": list(sentences)})


def test_no_sentence_means_two_things_in_any_language() -> None:
    """Home Assistant runs every trigger that matches, and one of them might delete."""
    meanings: defaultdict[str, set[VoiceCommand]] = defaultdict(set)
    for book in BOOKS.values():
        for command, sentences in book.sentences.items():
            for sentence in sentences:
                for text in samples(sentence):
                    meanings[text].add(command)
    assert len(meanings) > 1000
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_is_understood_as_the_options_quote_it(language: str) -> None:
    """People say what they read there."""
    file = INTEGRATION / "translations" / f"{language}.json"
    quoted = json.loads(file.read_text())["selector"]["voice_command"]["options"]
    assert quoted.keys() == {*VoiceCommand}
    for command, text in quoted.items():
        templates = BOOKS[language].sentences[VoiceCommand(command)]
        understood = set().union(*map(samples, templates))
        # A man's and a woman's word, where the language tells them apart.
        for reading in (r"\1", r"\2"):
            one = re.sub(r"(\w+) / (\w+)", reading, text)
            # Of quotes and marks, only the apostrophe is spoken.
            said = " ".join(re.sub(r"[^\w\s'\u2019-]", " ", one).casefold().split())
            assert said in understood, one


def test_a_variety_of_a_language_is_answered_in_that_language() -> None:
    """Assist speaks "de-AT" too."""
    books = load_phrasebooks(["de-AT", "pt-BR", "xx"])
    assert books["de-AT"].language == "de"
    assert books["pt-BR"].language == "pt"
    assert books["xx"].language == FALLBACK
