"""Every door of ours, and that none of them lets in who has no business there.

What counts as a door is found out from a running Home Assistant: whatever is there with the
integration and not without. A new one fails these tests until it is listed, and then is tried
by everybody whom it must not let in.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
import json
from pathlib import Path
import secrets
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.voice_retention.const import DOMAIN, PLATFORMS
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.exports.desk import GOOD_FOR as EXPORT_GOOD_FOR
from custom_components.voice_retention.exports.models import ExportOrder
from custom_components.voice_retention.panel import registration
from custom_components.voice_retention.playback import GOOD_FOR
from custom_components.voice_retention.policy.models import ALL_CONTENT
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.http import HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.websocket_api import DOMAIN as WEBSOCKET_API
from homeassistant.const import Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.helpers.integration_platform import DATA_INTEGRATION_PLATFORMS
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.setup import async_setup_component
from tests.dialogs import INTEGRATION
from tests.house import SPEECH, House, add_entity_platform
from tests.intruders import Player, all_that_is_said, raw_request, token_of, ways_up
from tests.lookup import satellite_key, settle
from tests.speaking import set_up_entry

SAID = "the canary sings at midnight"
RECORDING, RECEIPT, KITCHEN = "<recording>", "<receipt>", "<kitchen>"
"""What stands for an id of the house in the tables below."""

COMMANDS: dict[str, dict[str, Any]] = {
    "home": {},
    "history/details": {"recording_id": RECORDING},
    "history/facets": {},
    "history/hold": {"recording_ids": [RECORDING], "until": None},
    "history/list": {"filter": {}},
    "history/play": {"recording_id": RECORDING},
    "history/search": {"filter": {}, "text": "canary"},
    "places": {},
    "receipts/list": {},
    "receipts/verify": {"receipt_ids": [RECEIPT]},
    "subscribe": {},
    "export": {"what": {"everything": True}},
    "delete": {"what": {"everything": True}, "dry_run": True},
    "protect": {},
}
"""A message of each command that an administrator could send; the last one begins anew."""

ACTIONS: dict[str, dict[str, Any]] = {
    "apply_preset": {"preset": "childs_room", "entity_id": [KITCHEN]},
    "export": {"all_devices": True},
    "get_ledger": {"all_devices": True},
    "get_receipts": {},
    "get_recordings": {},
    "hold": {"recording_id": RECORDING, "release": True},
    "purge": {"all_devices": True, "dry_run": True},
    "verify": {},
}

LINKS = {"/api/voice_retention/play/{ticket}", "/api/voice_retention/export/{ticket}"}
"""Open to whoever holds a link that was handed out, for a few minutes."""

BUNDLE = "/voice_retention_static"
"""Open to everybody: what the panel is made of."""

ASKED_BY_HOME_ASSISTANT = {
    "backup",
    "condition",
    "diagnostics",
    "llm",
    "media_source",
    "repairs",
    "system_health",
    "trigger",
}
"""Modules of ours that Home Assistant's own doors look for."""

UNAUTHORIZED = "Unauthorized"
OTHERS = (GROUP_ID_USER, GROUP_ID_READ_ONLY)


class Doors:
    """What of Home Assistant is there at a moment that something can come in by."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take stock."""
        self.commands = {*hass.data[WEBSOCKET_API]}
        self.resources = [*hass.http.app.router.resources()]
        self.actions = {
            (domain, action)
            for domain, actions in hass.services.async_services().items()
            for action in actions
        }

    def new_since(self, before: Doors) -> tuple[set[str], set[str], set[str]]:
        """Return the commands, paths and actions that were not there before."""
        return (
            self.commands - before.commands,
            {item.canonical for item in self.resources if item not in before.resources},
            {".".join(action) for action in self.actions - before.actions},
        )


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build a panel, beside something that is none of it."""
    folder = tmp_path / "integration" / "frontend"
    (folder / "chunks").mkdir(parents=True)
    (folder / "panel.js").write_text("import './chunks/view.js';")
    (folder / "chunks" / "view.js").write_text("export {};")
    (folder.parent / "secret.txt").write_text(SAID)
    (tmp_path / "secret.txt").write_text(SAID)
    monkeypatch.setattr(registration, "BUNDLE", folder)
    return folder


@pytest.fixture
async def before(hass: HomeAssistant, house: House) -> Doors:
    """Take stock of a Home Assistant with all that we build on, but without us."""
    for component in (
        *("api", "automation", "backup", "config", "diagnostics", "frontend"),
        *("media_player", "media_source", "repairs", "script", "system_health"),
        *("system_log", "trace", "websocket_api", *PLATFORMS),
    ):
        assert await async_setup_component(hass, component, {})
    await hass.async_block_till_done()
    return Doors(hass)


@pytest.fixture
async def entry(
    hass: HomeAssistant,
    house: House,
    bundle: Path,
    before: Doors,
    options: dict[str, object],
) -> Any:
    """Set the integration up, and a media player beside it."""
    entry = await set_up_entry(house, options)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


@pytest.fixture
async def player(hass: HomeAssistant, house: House, before: Doors) -> Player:
    """Put a media player into the house."""
    player = Player()
    await add_entity_platform(
        hass, "players", Platform.MEDIA_PLAYER, [player], iot_class="local_push"
    )
    return player


@pytest.fixture
async def recording(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> StoredRecording:
    """Say something in the kitchen that nobody else must hear of."""
    house.cloud.text = SAID
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    (stored,) = await data.storage.async_find(RecordingFilter())
    return stored


@pytest.fixture
async def fill(
    hass: HomeAssistant,
    house: House,
    data: VoiceRetentionData,
    recording: StoredRecording,
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Put ids of the house into a message."""
    receipt = await data.purger.async_purge(
        Scope(asked_by=AskedBy.USER, satellite_keys=frozenset({"nobody"}))
    )
    ids = {
        RECORDING: recording.recording_id,
        RECEIPT: receipt.receipt_id,
        KITCHEN: house.kitchen.entity_id,
    }

    def fill(fields: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(fields)
        for name, value in ids.items():
            text = text.replace(name, value)
        filled: dict[str, Any] = json.loads(text)
        return filled

    return fill


@pytest.fixture(params=OTHERS, ids=["a user", "a guest who may only look"])
async def token(
    hass: HomeAssistant, before: Doors, request: pytest.FixtureRequest
) -> str:
    """Return the token of somebody who is no administrator."""
    return await token_of(hass, request.param)


@pytest.fixture
async def link(data: VoiceRetentionData, recording: StoredRecording) -> str:
    """Return a link to what was said."""
    url, _ = await data.playback.async_open(recording.recording_id, "somebody")
    return url


@pytest.fixture
async def export(data: VoiceRetentionData, recording: StoredRecording) -> str:
    """Return a link to an archive of it."""
    ready = await data.exports.async_export(
        ExportOrder(wanted=RecordingFilter(), contents=ALL_CONTENT, user_id=None)
    )
    return ready.url


def leaks(text: str | bytes, recording: StoredRecording) -> list[str]:
    """Return what in an answer nobody but an administrator may get."""
    found = text.encode() if isinstance(text, str) else text
    audio = SPEECH[3] * 2
    return [
        name
        for name, secret in (
            ("transcript", SAID.encode()),
            ("response", b"understand that"),
            ("audio", audio[:64]),
            ("audio in a text", b64encode(audio)[:64]),
            ("id", recording.recording_id.encode()),
            ("moment", recording.created.isoformat()[:19].encode()),
            ("archive", b"PK\x03\x04"),
        )
        if secret in found
    ]


async def refusal(
    client: MockHAClientWebSocket, recording: StoredRecording, message: dict[str, Any]
) -> str | None:
    """Send a message; return the words with which it is refused, none if it is not."""
    await client.send_json_auto_id(message)
    await client.send_json_auto_id({"type": "ping"})
    words: str | None = None
    while (answer := await client.receive_json())["type"] != "pong":
        assert not leaks(json.dumps(answer), recording), message
        if answer["type"] == "result" and not answer["success"]:
            assert "result" not in answer
            words = answer["error"]["message"]
    return words


# That nothing is missing here


def unlisted(hass: HomeAssistant, before: Doors) -> set[str]:
    """Return the doors of ours that no table knows."""
    commands, paths, actions = Doors(hass).new_since(before)
    return {
        *(commands - {f"{DOMAIN}/{name}" for name in COMMANDS}),
        *(path for path in paths - LINKS if not path.startswith(f"{BUNDLE}/")),
        *(actions - {f"{DOMAIN}.{name}" for name in ACTIONS}),
    }


async def test_every_door_is_listed(
    hass: HomeAssistant, before: Doors, entry: MockConfigEntry
) -> None:
    """A new one must not come without somebody asking whom it lets in."""
    assert unlisted(hass, before) == set()


async def test_every_door_that_is_listed_is_there(
    hass: HomeAssistant, before: Doors, entry: MockConfigEntry
) -> None:
    """Otherwise another one is tried than people have."""
    commands, paths, actions = Doors(hass).new_since(before)
    assert {f"{DOMAIN}/{name}" for name in COMMANDS} == commands
    assert {f"{DOMAIN}.{name}" for name in ACTIONS} == actions
    assert paths > LINKS


async def test_only_these_modules_are_asked_by_home_assistant(
    hass: HomeAssistant, before: Doors, entry: MockConfigEntry
) -> None:
    """Each is part of one of its own doors, which are tried below."""
    asked = {item.platform_name for item in hass.data[DATA_INTEGRATION_PLATFORMS]}
    ours = {path.stem for path in INTEGRATION.glob("*.py")}
    assert asked & ours <= ASKED_BY_HOME_ASSISTANT


async def test_a_door_that_nobody_listed_is_noticed(
    hass: HomeAssistant, before: Doors, entry: MockConfigEntry
) -> None:
    """Of each kind; otherwise the first test would prove nothing."""

    class View(HomeAssistantView):
        """Something new."""

        url = "/api/other_name/{recording_id}"
        name = "new"

        async def get(self, request: object, recording_id: str) -> None:
            """Answer."""

    async def new(call: ServiceCall) -> None:
        """Do something new."""

    hass.data[WEBSOCKET_API]["other_name/new"] = hass.data[WEBSOCKET_API]["ping"]
    hass.http.register_view(View())
    hass.services.async_register("other_name", "new", new)
    assert unlisted(hass, before) == {
        "other_name/new",
        "/api/other_name/{recording_id}",
        "other_name.new",
    }


# Commands of the panel


async def test_no_command_answers_who_is_no_administrator(
    hass: HomeAssistant,
    recording: StoredRecording,
    fill: Callable[[dict[str, Any]], dict[str, Any]],
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Each is understood, and refused for who is asking."""
    client = await hass_ws_client(hass, token)
    for name, fields in COMMANDS.items():
        message = {"type": f"{DOMAIN}/{name}", **fill(fields)}
        assert await refusal(client, recording, message) == UNAUTHORIZED, name


async def test_a_command_without_its_guard_is_noticed(
    hass: HomeAssistant,
    recording: StoredRecording,
    fill: Callable[[dict[str, Any]], dict[str, Any]],
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The messages above are refused by the guard alone: without it, all are answered."""
    commands = hass.data[WEBSOCKET_API]
    client = await hass_ws_client(hass, token)
    for name, fields in COMMANDS.items():
        key = f"{DOMAIN}/{name}"
        guarded, schema = commands[key]
        commands[key] = guarded.__wrapped__, schema
        await client.send_json_auto_id({"type": key, **fill(fields)})
        answer = await client.receive_json()
        while answer["type"] != "result":
            answer = await client.receive_json()
        assert answer["success"], (name, answer)
        if name in {"subscribe", "history/search", "export"}:
            await client.send_json_auto_id(
                {"type": "unsubscribe_events", "subscription": answer["id"]}
            )
            while (await client.receive_json())["type"] != "result":
                pass
    await settle(hass)


# Home Assistant's: the heartbeat of a connection that it has refused.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_nobody_is_heard_before_signing_in(
    hass: HomeAssistant,
    recording: StoredRecording,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Whatever they say first, and with whatever token."""
    client = await hass_client_no_auth()
    firsts: Iterator[dict[str, Any]] = iter(
        [
            *({"type": f"{DOMAIN}/{name}", **COMMANDS[name]} for name in COMMANDS),
            {"type": "auth", "access_token": secrets.token_urlsafe()},
            {"type": "auth", "api_password": "password"},
        ]
    )
    for number, first in enumerate(firsts, 1):
        socket = await client.ws_connect("/api/websocket")
        await socket.send_json(
            {"id": number, **first} if "auth" not in first["type"] else first
        )
        said = await all_that_is_said(socket)
        assert [json.loads(text)["type"] for text in said] == [
            "auth_required",
            "auth_invalid",
        ]
        assert not leaks("".join(said), recording)
        await socket.close()


# Actions


async def test_no_action_answers_who_is_no_administrator(
    hass: HomeAssistant,
    recording: StoredRecording,
    fill: Callable[[dict[str, Any]], dict[str, Any]],
    token: str,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Neither over the websocket nor over HTTP, and nobody at all without signing in."""
    client = await hass_ws_client(hass, token)
    http = await hass_client_no_auth()
    for action, fields in ACTIONS.items():
        message = {
            "type": "call_service",
            "domain": DOMAIN,
            "service": action,
            "service_data": fill(fields),
            "return_response": True,
        }
        assert await refusal(client, recording, message) == UNAUTHORIZED, action
        for headers in ({"Authorization": f"Bearer {token}"}, {}):
            response = await http.post(
                f"/api/services/{DOMAIN}/{action}?return_response",
                json=fill(fields),
                headers=headers,
            )
            assert response.status == HTTPStatus.UNAUTHORIZED, action
            assert not leaks(await response.read(), recording)


async def test_an_action_without_its_guard_is_noticed(
    hass: HomeAssistant,
    recording: StoredRecording,
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The same call goes through where everybody may make it, and would give it all away."""
    client = await hass_ws_client(hass, token)
    message = {
        "type": "call_service",
        "domain": DOMAIN,
        "service": "get_recordings",
        "service_data": {},
        "return_response": True,
    }
    assert await refusal(client, recording, message) == UNAUTHORIZED
    guarded = hass.services.async_services_internal()[DOMAIN]["get_recordings"]

    async def unguarded(call: ServiceCall) -> ServiceResponse:
        """Answer whoever asks, as if it were an automation."""
        own = ServiceCall(hass, DOMAIN, "get_recordings", dict(call.data))
        answer: Any = guarded.job.target(own)
        return await answer

    hass.services.async_register(
        DOMAIN,
        "get_recordings",
        unguarded,
        guarded.schema,
        SupportsResponse.ONLY,
    )
    await client.send_json_auto_id(message)
    assert leaks(json.dumps(await client.receive_json()), recording)


async def test_an_administrator_may_call_each_action(
    hass: HomeAssistant,
    recording: StoredRecording,
    fill: Callable[[dict[str, Any]], dict[str, Any]],
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The same calls, so that it is no mistake in them that was refused."""
    client = await hass_ws_client()
    for action, fields in ACTIONS.items():
        await client.send_json_auto_id(
            {
                "type": "call_service",
                "domain": DOMAIN,
                "service": action,
                "service_data": fill(fields),
                "return_response": True,
            }
        )
        answer = await client.receive_json()
        assert answer["success"], (action, answer)


# Links


async def test_a_link_that_was_handed_out_leads_there(
    recording: StoredRecording,
    link: str,
    export: str,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """As it must; the tests below look for the same."""
    client = await hass_client_no_auth()
    assert "audio" in leaks((await raw_request(client, link)).body, recording)
    assert "archive" in leaks((await raw_request(client, export)).body, recording)


async def test_every_other_link_leads_nowhere(
    hass: HomeAssistant,
    data: VoiceRetentionData,
    recording: StoredRecording,
    link: str,
    export: str,
    token: str,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Altered, guessed, of the other kind, or signed by Home Assistant for whoever asks."""
    client = await hass_client_no_auth()
    refresh_token = next(iter((await hass.auth.async_get_users())[-1].refresh_tokens))
    for url, other in ((link, export), (export, link)):
        folder, _, ticket = url.rpartition("/")
        guesses = [
            *("", ".", "..", "../..", "*", "null", "0", "%00", "%2f", "a" * 4096),
            *(recording.recording_id, recording.recording_id.upper()),
            *(secrets.token_urlsafe(32) for _ in range(20)),
            *(ticket[:-1], ticket[1:], f"{ticket}A", f"A{ticket}", ticket.swapcase()),
            *(f"{ticket}%00", f"{ticket}%20", f"{ticket}/", f"./{ticket}/../x"),
            *(
                ticket[:at] + ("A" if ticket[at] != "A" else "B") + ticket[at + 1 :]
                for at in range(len(ticket))
            ),
            other.rpartition("/")[2],
        ]
        targets = [f"{folder}/{guess}" for guess in guesses]
        targets += [
            async_sign_path(
                hass,
                f"{folder}/{recording.recording_id}",
                timedelta(minutes=1),
                refresh_token_id=refresh_token,
            ),
            f"{folder}?ticket={ticket[:-1]}",
            folder,
        ]
        for target in targets:
            for headers in ({}, {"Authorization": f"Bearer {token}"}):
                answer = await raw_request(client, target, headers=headers)
                assert answer.status >= HTTPStatus.BAD_REQUEST, target
                assert not leaks(answer.text, recording), target
        for method in ("POST", "PUT", "PATCH", "DELETE", "PROPFIND"):
            answer = await raw_request(client, url, method=method)
            assert answer.status >= HTTPStatus.BAD_REQUEST, method
            assert not leaks(answer.text, recording), method


async def test_a_link_of_yesterday_leads_nowhere(
    hass: HomeAssistant,
    recording: StoredRecording,
    link: str,
    export: str,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Each is good for some minutes, and that for one recording or for one time."""
    client = await hass_client_no_auth()
    for url, good_for in ((link, GOOD_FOR), (export, EXPORT_GOOD_FOR - GOOD_FOR)):
        freezer.tick(good_for)
        answer = await raw_request(client, url)
        assert answer.status == HTTPStatus.NOT_FOUND
        assert not leaks(answer.text, recording)


async def test_no_link_outlives_the_entry(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    link: str,
    export: str,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Neither while it is unloaded nor when it is back."""
    client = await hass_client_no_auth()
    await hass.config_entries.async_unload(entry.entry_id)
    for _ in range(2):
        for url in (link, export):
            answer = await raw_request(client, url)
            assert answer.status == HTTPStatus.NOT_FOUND
            assert not leaks(answer.text, recording)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()


# What the panel is made of


def static_folders(hass: HomeAssistant) -> set[str]:
    """Return the addresses below which files are served."""
    return {
        resource.canonical
        for resource in hass.http.app.router.resources()
        if resource.canonical.startswith(f"{BUNDLE}/")
    }


async def test_only_the_panel_is_served_to_everybody(
    hass: HomeAssistant,
    bundle: Path,
    recording: StoredRecording,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """No other file of the integration, of the vault or of Home Assistant, however asked for."""
    client = await hass_client_no_auth()
    (folder,) = static_folders(hass)
    answer = await raw_request(client, f"{folder}/panel.js")
    assert answer.status == HTTPStatus.OK
    public = {file.read_bytes() for file in bundle.rglob("*.js")}
    assert answer.body in public
    config = Path(hass.config.config_dir)
    files = [
        "secret.txt",
        "../secret.txt",
        *(f"../../{file.relative_to(config)}" for file in config.rglob("*.db")),
        str(bundle.parent / "secret.txt"),
        "etc/passwd",
        "../../../../../../../../etc/passwd",
    ]
    assert len(files) > 5
    for file in files:
        for target in (f"{folder}/{file}", *ways_up(folder, file)):
            answer = await raw_request(client, target)
            assert answer.status >= HTTPStatus.BAD_REQUEST, target
            assert not leaks(answer.text, recording), target
            assert b"root:" not in answer.text
    for target in (BUNDLE, f"{BUNDLE}/", folder, f"{folder}/", f"{folder}/chunks/"):
        answer = await raw_request(client, target)
        assert answer.status >= HTTPStatus.BAD_REQUEST, target


async def test_a_file_beside_the_panel_would_be_noticed(
    hass: HomeAssistant,
    bundle: Path,
    recording: StoredRecording,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """If it were served, one would see what was said."""
    (bundle / "secret.txt").write_text(SAID)
    client = await hass_client_no_auth()
    (folder,) = static_folders(hass)
    answer = await raw_request(client, f"{folder}/secret.txt")
    assert leaks(answer.text, recording) == ["transcript"]


# Doors of Home Assistant's own that lead to us


def media_messages(
    key: str, recording: StoredRecording, player: Player
) -> list[dict[str, Any]]:
    """Return every message that browses or plays what was said."""
    day = recording.created.date()
    root = f"media-source://{DOMAIN}"
    places = [root, f"{root}/{key}", f"{root}/{key}/{day}"]
    item = f"{root}/{key}/{day}/{recording.recording_id}"
    music = {"media_content_type": "music"}
    return [
        *(
            {"type": "media_source/browse_media", "media_content_id": place}
            for place in places
        ),
        {"type": "media_source/resolve_media", "media_content_id": item},
        *(
            {
                "type": "media_player/browse_media",
                "entity_id": player.entity_id,
                "media_content_id": place,
                **music,
            }
            for place in places
        ),
        *(
            {
                "type": "call_service",
                "domain": "media_player",
                "service": "browse_media",
                "service_data": {
                    "entity_id": player.entity_id,
                    "media_content_id": place,
                    **music,
                },
                "return_response": True,
            }
            for place in places
        ),
        {
            "type": "call_service",
            "domain": "media_player",
            "service": "play_media",
            "service_data": {
                "entity_id": player.entity_id,
                "media_content_id": item,
                **music,
            },
        },
    ]


async def test_the_media_browser_shows_and_plays_nothing_to_others(
    hass: HomeAssistant,
    house: House,
    player: Player,
    recording: StoredRecording,
    token: str,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Also through a media player, and also over HTTP, with an id that events have told."""
    key = satellite_key(hass, house.kitchen)
    client = await hass_ws_client(hass, token)
    http = await hass_client_no_auth()
    for message in media_messages(key, recording, player):
        await client.send_json_auto_id(message)
        answer = await client.receive_json()
        assert not answer["success"], message
        said = {**answer["error"], "translation_placeholders": None}
        assert not leaks(json.dumps(said), recording), message
        if message["type"] != "call_service":
            continue
        flag = "?return_response" if "return_response" in message else ""
        for headers in ({"Authorization": f"Bearer {token}"}, {}):
            response = await http.post(
                f"/api/services/media_player/{message['service']}{flag}",
                json=message["service_data"],
                headers=headers,
            )
            assert response.status >= HTTPStatus.BAD_REQUEST, message
            assert not leaks(await response.read(), recording), message
    assert player.played == []


async def test_the_media_browser_is_for_administrators(
    hass: HomeAssistant,
    house: House,
    player: Player,
    recording: StoredRecording,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The same messages go through, and show the recording."""
    key = satellite_key(hass, house.kitchen)
    client = await hass_ws_client()
    found = ""
    for message in media_messages(key, recording, player):
        await client.send_json_auto_id(message)
        answer = await client.receive_json()
        assert answer["success"], answer
        found += json.dumps(answer)
    assert "id" in leaks(found, recording)
    assert len(player.played) == 1


async def test_what_home_assistant_tells_of_us_is_for_administrators(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    recording: StoredRecording,
    token: str,
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """Diagnostics, system information, repairs, options and the log."""
    client = await hass_ws_client(hass, token)
    for message in (
        {"type": "system_log/list"},
        {"type": "subscribe_trigger", "trigger": {"trigger": f"{DOMAIN}.kept"}},
        {
            "type": "test_condition",
            "condition": {"condition": f"{DOMAIN}.is_guest_mode"},
        },
    ):
        assert await refusal(client, recording, message) == UNAUTHORIZED, message
    await client.send_json_auto_id({"type": "system_health/info"})
    found: dict[str, Any] = {}
    while found.get("type") != "finish":
        found = (await client.receive_json()).get("event", {})
        if found.get("type") == "initial":
            assert found["data"][DOMAIN]["info"] == {}
        assert found.get("domain") != DOMAIN
    http = await hass_client_no_auth()
    for headers in ({"Authorization": f"Bearer {token}"}, {}):
        for method, path, body in (
            ("GET", f"diagnostics/config_entry/{entry.entry_id}", None),
            ("POST", "repairs/issues/fix", {"handler": DOMAIN, "issue_id": "x"}),
            (
                "POST",
                "config/config_entries/options/flow",
                {"handler": entry.entry_id},
            ),
            ("POST", "config/config_entries/flow", {"handler": DOMAIN}),
        ):
            response = await http.request(
                method, f"/api/{path}", json=body, headers=headers
            )
            assert response.status == HTTPStatus.UNAUTHORIZED, path
            assert not leaks(await response.read(), recording), path


async def test_states_tell_nothing_of_what_was_said(
    hass: HomeAssistant,
    recording: StoredRecording,
    token: str,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Everybody who is signed in may read them; the panel's entry is not among what they get."""
    client = await hass_ws_client(hass, token)
    await client.send_json_auto_id({"type": "get_states"})
    states = json.dumps((await client.receive_json())["result"])
    assert DOMAIN in states
    assert not {*leaks(states, recording)} & {"transcript", "response", "audio"}
    await client.send_json_auto_id({"type": "get_panels"})
    panels = (await client.receive_json())["result"]
    assert "voice-retention" not in panels


@pytest.mark.usefixtures("entry")
async def test_an_administrators_action_asks_who_is_calling(
    hass: HomeAssistant, token: str, hass_ws_client: WebSocketGenerator
) -> None:
    """It is Home Assistant's guard that ours stand on: without it, this whole suite is idle."""
    calls: list[ServiceCall] = []
    async_register_admin_service(hass, "test", "guarded", calls.append)
    client = await hass_ws_client(hass, token)
    await client.send_json_auto_id(
        {"type": "call_service", "domain": "test", "service": "guarded"}
    )
    assert (await client.receive_json())["error"]["message"] == UNAUTHORIZED
    assert calls == []
