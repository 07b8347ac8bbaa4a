"""Published Wyoming servers are taken for what they are, whatever stands near them."""

from pathlib import Path

from aiohttp import web
import pytest

from custom_components.voice_retention.assist.locality import LocalityBook
from custom_components.voice_retention.const import CONF_LOCAL_ENGINES
from homeassistant.core import HomeAssistant
from tests.house import SPEECH, House
from tests.speaking import protect, set_up_entry

from .published_servers import add_server, openai, running, servers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("socket_enabled")]

EXPECTED = {
    "faster-whisper": {"stt": "local"},
    "piper": {"tts": "local"},
    "microsoft": {"stt": "cloud"},
    "palabra": {"stt": "cloud", "tts": "cloud"},
    # As a voice it does not say where it sends the text.
    "openai": {"stt": "cloud", "tts": "unproven"},
}


class Api:
    """A service that speaks like OpenAI's, and counts what it hears."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.heard = b""

    async def transcribe(self, request: web.Request) -> web.Response:
        """Take a sentence."""
        fields = await request.post()
        upload = fields["file"]
        assert isinstance(upload, web.FileField)
        self.heard += upload.file.read()
        return web.json_response({"text": "turn on the light"})


async def test_each_is_classified_as_it_should_be(
    hass: HomeAssistant, house: House, tmp_path: Path
) -> None:
    """All of them listen on this machine, and some send what they get far away."""
    all_servers = servers(tmp_path)
    assert all_servers.keys() == EXPECTED.keys()
    async with running(*all_servers.values()) as ports:
        engines = {
            name: await add_server(hass, port)
            for name, port in zip(all_servers, ports, strict=True)
        }
        book = LocalityBook(hass, {})
        await book.async_check()
        assert {
            name: {
                domain: book.report(engine_id).locality
                for domain, engine_id in engines_of.items()
            }
            for name, engines_of in engines.items()
        } == EXPECTED


async def test_one_that_forwards_to_an_api_hears_only_whom_it_may(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """Neither it nor the service behind it is far away; but who knows what that does."""
    api = Api()
    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", api.transcribe)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    async with running(openai(url)) as (port,):
        engine_id = (await add_server(hass, port))["stt"]
        await house.use_engine(engine_id)
        options[CONF_LOCAL_ENGINES] = [engine_id]
        await set_up_entry(house, options)
        await protect(house, house.kitchen)
        await house.kitchen.speak()
        assert house.kitchen.error_code == "stt-stream-failed"
        assert api.heard == b""
        await house.bedroom.speak()
        assert house.bedroom.error_code is None
        assert b"".join(SPEECH) in api.heard
    await runner.cleanup()
