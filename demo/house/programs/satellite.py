"""A published Wyoming satellite, with the three things that its last release lacks for today's Home Assistant.

Usage: python -m demo.house.programs.satellite NAME AREA PORT WAKE_URI EVENT_URI MICROPHONE_PORT

The event service gets each utterance once more as a "sent-audio" event: what went over the wire, byte for byte.
"""

# mypy: disable-error-code="import-not-found,misc,call-arg"
# This program runs in an environment of its own: wyoming-satellite is there and not where types are checked, and
# the Wyoming library is an older release there.

import argparse
import asyncio
from functools import partial
import sys
from typing import override

from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Attribution, Info, Satellite as SatelliteInfo
from wyoming.server import AsyncServer
from wyoming.snd import Played
from wyoming_satellite.__main__ import SatelliteEventHandler
from wyoming_satellite.satellite import WakeStreamingSatellite
from wyoming_satellite.settings import (
    EventSettings,
    MicSettings,
    SatelliteSettings,
    SndSettings,
    VadSettings,
    WakeSettings,
)

from demo.house.paths import LOOPBACK
from demo.house.program import READY
from demo.house.wire import WAKE_WORD, sent_audio_event


class Satellite(WakeStreamingSatellite):
    """Answers pings, says when it has played, and goes back to waiting after an error."""

    def __init__(self, settings: SatelliteSettings) -> None:
        """Start with nothing sent."""
        super().__init__(settings)
        self._sent = bytearray()

    @override
    async def event_from_server(self, event: Event) -> None:
        # The release of the Wyoming library that it is held at has no class for these two.
        if event.type == "ping":
            await self.event_to_server(Event(type="pong", data=event.data))
            return
        is_end_of_speech = Transcript.is_type(event.type) or Error.is_type(event.type)
        if is_end_of_speech:
            await self._report_sent()
        await super().event_from_server(event)
        if Error.is_type(event.type):
            await self._wait_for_wake_word()
        elif AudioStop.is_type(event.type):
            await self.event_to_server(Played().event())

    @override
    async def event_to_server(self, event: Event) -> None:
        if AudioChunk.is_type(event.type):
            self._sent += AudioChunk.from_event(event).audio
        await super().event_to_server(event)

    async def _wait_for_wake_word(self) -> None:
        self.is_streaming = False
        await self.trigger_streaming_stop()
        await self._send_wake_detect()

    async def _report_sent(self) -> None:
        if self._sent:
            await self.forward_event(sent_audio_event(bytes(self._sent)))
            self._sent.clear()


def make_settings(wake_uri: str, event_uri: str, microphone: str) -> SatelliteSettings:
    """Return a satellite with local wake word, a microphone of ours and a silent loudspeaker."""
    return SatelliteSettings(
        mic=MicSettings(
            command=[sys.executable, "-m", "demo.house.programs.microphone", microphone]
        ),
        vad=VadSettings(enabled=False),
        wake=WakeSettings(uri=wake_uri, names=[WAKE_WORD], reconnect_seconds=0.2),
        snd=SndSettings(command=["sh", "-c", "cat >/dev/null"]),
        event=EventSettings(uri=event_uri, reconnect_seconds=0.2),
    )


def make_info(name: str, area: str) -> Info:
    """Describe the satellite to Home Assistant."""
    attribution = Attribution(
        name="", url="https://github.com/rhasspy/wyoming-satellite"
    )
    return Info(
        satellite=SatelliteInfo(
            name=name,
            area=area,
            attribution=attribution,
            installed=True,
            description=name,
        )
    )


async def main(name: str, area: str, port: int, settings: SatelliteSettings) -> None:
    """Run until the process ends."""
    satellite = Satellite(settings)
    server = AsyncServer.from_uri(f"tcp://{LOOPBACK}:{port}")
    handler = partial(
        SatelliteEventHandler, make_info(name, area), satellite, argparse.Namespace()
    )
    running = asyncio.create_task(satellite.run())
    print(READY, flush=True)
    try:
        await server.run(handler)
    finally:
        await satellite.stop()
        await running


if __name__ == "__main__":
    name, area, port, wake_uri, event_uri, microphone = sys.argv[1:]
    asyncio.run(
        main(name, area, int(port), make_settings(wake_uri, event_uri, microphone))
    )
