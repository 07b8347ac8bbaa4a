"""Wyoming servers as their authors publish them, each in a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
import os
from pathlib import Path
import socket

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

START_SECONDS = 50

WITHOUT_MODEL = """
import runpy, sys
from wyoming_faster_whisper.models import ModelLoader

async def load_transcriber(self, *args, **kwargs):
    "Do without: a model would have to be fetched, and nothing is said to this server."

ModelLoader.load_transcriber = load_transcriber
sys.argv[0] = "wyoming_faster_whisper"
runpy.run_module("wyoming_faster_whisper", run_name="__main__")
"""

VOICE = """{"language": {"code": "en_US"}, "audio": {"sample_rate": 22050,
"quality": "low"}, "num_speakers": 1, "espeak": {"voice": "en-us"}}"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """How a server is started."""

    arguments: tuple[str, ...]
    """After the interpreter; the address to listen at is added."""

    environment: dict[str, str] = field(default_factory=dict)


def openai(url: str) -> Server:
    """Return the proxy for servers that speak like OpenAI's."""
    return Server(
        arguments=(
            *("-m", "wyoming_openai", "--languages", "en"),
            *("--stt-openai-url", url, "--stt-models", "whisper-1"),
            *("--tts-openai-url", url, "--tts-models", "tts-1"),
            *("--tts-voices", "alloy"),
            *("--stt-backend", "OPENAI", "--tts-backend", "OPENAI"),
        )
    )


def servers(folder: Path) -> dict[str, Server]:
    """Return all of them; what they want to find on the disk is put into a folder."""
    (folder / "house.onnx").touch()
    (folder / "house.onnx.json").write_text(VOICE)
    (folder / "whisper.py").write_text(WITHOUT_MODEL)
    data = ("--data-dir", str(folder))
    return {
        "faster-whisper": Server(
            arguments=(
                str(folder / "whisper.py"),
                *data,
                *("--model", "tiny", "--language", "en"),
                *("--stt-library", "faster-whisper"),
            )
        ),
        "piper": Server(arguments=("-m", "wyoming_piper", *data, "--voice", "house")),
        "microsoft": Server(
            arguments=(
                *("-m", "wyoming_microsoft_stt", "--download-dir", str(folder)),
                *("--service-region", "westeurope", "--subscription-key", "0" * 40),
            )
        ),
        "palabra": Server(
            arguments=("-m", "wyoming_palabra"), environment={"PALABRA_API_KEY": "none"}
        ),
        "openai": openai("https://api.openai.com/v1"),
    }


@asynccontextmanager
async def running(*started: Server) -> AsyncIterator[list[int]]:
    """Run servers at the same time, and return their ports once all of them listen."""
    async with AsyncExitStack() as stack:
        ports = [_free_port() for _ in started]
        for server, port in zip(started, ports, strict=True):
            await stack.enter_async_context(_running(server, port))
        await asyncio.gather(*(_listens(port) for port in ports))
        yield ports


@asynccontextmanager
async def _running(server: Server, port: int) -> AsyncIterator[None]:
    """Run one server."""
    process = await asyncio.create_subprocess_exec(
        os.environ["VR_PYTHON_SERVERS"],
        *server.arguments,
        "--uri",
        f"tcp://127.0.0.1:{port}",
        env={**os.environ, **server.environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> None:
    """Wait until a server can be connected to."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.2)
            else:
                writer.close()
                return


def _free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
    return port


async def add_server(hass: HomeAssistant, port: int) -> dict[str, str]:
    """Add a server to Home Assistant, and return its engines by what they do."""
    entry = MockConfigEntry(domain="wyoming", data={"host": "127.0.0.1", "port": port})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    return {
        item.domain: item.entity_id
        for item in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
    }
