"""A stand-in for a cloud speech provider, on loopback, that keeps everything it is sent."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
import io
import time
import wave

from aiohttp import web

from .paths import LOOPBACK
from .speech import Speech


@dataclass(kw_only=True, slots=True)
class Upload:
    """One request, as far as it came."""

    engine: str
    """The name of the engine that sent it."""
    body: bytearray = field(default_factory=bytearray)
    chunk_times: list[float] = field(default_factory=list)
    """When each piece arrived, in seconds of the monotonic clock."""
    is_complete: bool = False


class CloudStandIn:
    """Answers with the sentence that it was taught for a recording, and remembers each byte."""

    def __init__(self) -> None:
        """Prepare it; it has a port once it is started."""
        self.uploads: list[Upload] = []
        self.told: list[list[str]] = []
        """What the agent was told, each time with the whole conversation."""

        self.said: list[str] = []
        """What the voice was to say."""

        self.port = 0
        self._taught: dict[bytes, Speech] = {}
        self._crash_after: int | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address that an engine is set up with."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def bytes_received(self) -> int:
        """Return how many bytes of audio ever arrived."""
        return sum(len(upload.body) for upload in self.uploads)

    async def start(self) -> None:
        """Start, also again after a stop, on the same port."""
        app = web.Application()
        app.router.add_post("/speech/{engine}", self._recognise)
        app.router.add_post("/agent/{engine}", self._answer)
        app.router.add_post("/voice/{engine}", self._speak)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Go off line."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def teach(self, speeches: Iterable[Speech]) -> None:
        """Make these recordings known, so that they are recognised."""
        self._taught.update({speech.fingerprint: speech for speech in speeches})

    def crash_after(self, received: int | None) -> None:
        """Drop each further connection once it has sent so many bytes; None ends that."""
        self._crash_after = received

    def uploads_of(self, speech: Speech) -> list[Upload]:
        """Return the requests that carried any of a recording."""
        return [upload for upload in self.uploads if self._carries(upload, speech)]

    def bytes_of(self, speech: Speech) -> int:
        """Return how many bytes arrived in the requests that carried any of a recording."""
        return sum(len(upload.body) for upload in self.uploads_of(speech))

    def forget(self) -> None:
        """Start counting anew."""
        self.uploads.clear()
        self.told.clear()
        self.said.clear()

    async def _recognise(self, request: web.Request) -> web.StreamResponse:
        upload = Upload(engine=request.match_info["engine"])
        self.uploads.append(upload)
        try:
            async for chunk in request.content.iter_any():
                upload.body += chunk
                upload.chunk_times.append(time.monotonic())
                if self._is_to_crash(upload) and request.transport is not None:
                    request.transport.abort()
        except ConnectionResetError:
            # Home Assistant has given up, or we have.
            return web.Response()
        upload.is_complete = True
        return web.json_response(
            {"text": await asyncio.to_thread(self._text_of, bytes(upload.body))}
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a conversation word by word."""
        self.told.append(await request.json())
        response = web.StreamResponse()
        await response.prepare(request)
        for word in (f"Answer {len(self.told)} ", "from ", "a ", "cloud"):
            await response.write(f"{word}\n".encode())
        await response.write_eof()
        return response

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        """Say something; all of it sounds alike."""
        self.said.append(await request.text())
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setframerate(16000)
            writer.setsampwidth(2)
            writer.setnchannels(1)
            writer.writeframes(b"\x10\x00" * 1600)
        return web.Response(body=file.getvalue())

    def _is_to_crash(self, upload: Upload) -> bool:
        return self._crash_after is not None and len(upload.body) >= self._crash_after

    def _text_of(self, body: bytes) -> str:
        return next(
            (speech.text for mark, speech in self._taught.items() if mark in body), ""
        )

    @staticmethod
    def _carries(upload: Upload, speech: Speech) -> bool:
        """Return whether any tenth of a second of a recording is in an upload."""
        step, size = 3200, 64
        body = bytes(upload.body)
        return any(
            speech.pcm[start : start + size] in body
            for start in range(0, len(speech.pcm) - size, step)
        )
