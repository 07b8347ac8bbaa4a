"""A real Home Assistant, started from its published package."""

from collections.abc import Iterable, Sequence
import contextlib
from http import HTTPStatus
import json
from pathlib import Path

import aiohttp

from .client import Client
from .config_folder import CLOUD_SPEECH, make_config_folder
from .log import complaints, read_log
from .onboarding import onboard
from .paths import INTEGRATION, LOOPBACK, free_port, python
from .program import Program, ProgramError
from .waiting import until

NEWEST = "ha-2026.11"
RESTART_EXIT_CODE = 100
"""With this it ends to be started again."""

START_TIMEOUT = 120
"""Seconds; a start with an empty cache on two busy cores takes half a minute."""


class HomeAssistant:
    """One Home Assistant with its own configuration folder."""

    def __init__(
        self,
        config_folder: Path,
        *,
        environment: str = NEWEST,
        integrations: Iterable[Path] = (INTEGRATION, CLOUD_SPEECH),
    ) -> None:
        """Prepare the folder; nothing runs yet."""
        self.config_folder = config_folder
        self.port = free_port()
        self._client: Client | None = None
        self._token: str | None = None
        year, month = environment.removeprefix("ha-").split(".")
        release = (int(year), int(month))
        make_config_folder(
            config_folder, port=self.port, release=release, integrations=integrations
        )
        command: Sequence[str | Path] = (
            *(python(environment), "-m", "homeassistant", "--config", config_folder),
            # script/setup has installed everything: what is missing is a mistake to be seen, not to be fetched.
            "--skip-pip",
        )
        # Not in the repository, where Home Assistant would find the integration without its being installed.
        self._program = Program("Home Assistant", command, folder=config_folder)

    @property
    def url(self) -> str:
        """Return the address of the pages."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def client(self) -> Client:
        """Return the connection of the first user, an administrator."""
        if self._client is None:
            raise ProgramError("Home Assistant is not running")
        return self._client

    @property
    def token(self) -> str:
        """Return what the first user signs in with; it outlives restarts."""
        if self._token is None:
            raise ProgramError("Home Assistant has not been started yet")
        return self._token

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._program.pid

    async def start(self) -> None:
        """Start, also again, and return when it is ready and the first user is signed in."""
        await self._program.start()
        await until(self._has_port, START_TIMEOUT)
        if self._token is None:
            self._token = await onboard(self.url)
        self._client = await Client.connect(self.url, self._token)
        await until(self._is_ready, START_TIMEOUT)

    async def stop(self) -> None:
        """Stop cleanly."""
        await self._sign_out()
        await self._program.stop(timeout=60)

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        await self._program.kill()
        await self._sign_out()

    async def restart(self) -> None:
        """Stop cleanly and start again."""
        await self.stop()
        await self.start()

    async def restore(self, backup: Path, *, password: str | None = None) -> None:
        """Restore one of its backups as its pages do: the next start empties the folder, fills it, and ends."""
        await self.stop()
        order = {
            "path": str(backup),
            "password": password,
            "remove_after_restore": False,
            "restore_database": True,
            "restore_homeassistant": True,
        }
        (self.config_folder / ".HA_RESTORE").write_text(json.dumps(order))
        await self._program.start()
        if await self._program.wait() != RESTART_EXIT_CODE:
            raise ProgramError(f"Nothing was restored:\n{self._program.last_lines}")
        await self.start()

    def complaints(self, *, expected: Sequence[str] = ()) -> list[str]:
        """Return what stands as an error in the log, except what a test expects."""
        return complaints(read_log(self.config_folder), expected=expected)

    async def sign_in(self, token: str) -> Client:
        """Return a connection of another user."""
        return await Client.connect(self.url, token)

    async def _sign_out(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _is_ready(self) -> bool:
        config = await self.client.call("get_config")
        return bool(config["state"] == "RUNNING")

    async def _has_port(self) -> bool:
        if not self._program.is_running:
            raise ProgramError(f"Home Assistant ended:\n{self._program.last_lines}")
        with contextlib.suppress(aiohttp.ClientError):
            async with aiohttp.request("GET", f"{self.url}/api/onboarding") as response:
                # After onboarding the view is gone; any answer shows that it listens.
                return response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return False
