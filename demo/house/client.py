"""A user's connection to Home Assistant: the websocket and REST interfaces that its own pages use."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
from http import HTTPStatus
import itertools
from typing import Any, Self

import aiohttp

type Json = dict[str, Any]


class CommandError(Exception):
    """Home Assistant refused a command."""

    def __init__(self, error: Json) -> None:
        """Keep what Home Assistant said."""
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code: str = error.get("code", "")
        self.translation_key: str | None = error.get("translation_key")
        self.translation_domain: str | None = error.get("translation_domain")
        self.translation_placeholders: Json = (
            error.get("translation_placeholders") or {}
        )


class Client:
    """One signed-in user."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        socket: aiohttp.ClientWebSocketResponse,
    ) -> None:
        """Wrap a connection that is signed in."""
        self._url = url
        self._session = session
        self._socket = socket
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: dict[int, asyncio.Queue[Any]] = {}
        self._reader = asyncio.create_task(self._read(), name="websocket reader")

    @classmethod
    async def connect(cls, url: str, token: str) -> Self:
        """Sign in."""
        headers = {"Authorization": f"Bearer {token}"}
        session = aiohttp.ClientSession(headers=headers)
        try:
            socket = await session.ws_connect(f"{url}/api/websocket", max_msg_size=0)
            await _sign_in(socket, token)
        except BaseException:
            await session.close()
            raise
        return cls(url, session, socket)

    async def close(self) -> None:
        """Sign out."""
        await self._socket.close()
        self._reader.cancel()
        await self._session.close()

    async def call(self, command: str, **fields: Any) -> Any:
        """Send a websocket command and return its result."""
        return await self._send(next(self._ids), {"type": command} | fields)

    @contextlib.asynccontextmanager
    async def subscribe(
        self, command: str, **fields: Any
    ) -> AsyncGenerator[asyncio.Queue[Any]]:
        """Send a websocket command that answers with events, and collect these."""
        number = next(self._ids)
        queue = self._subscriptions[number] = asyncio.Queue()
        await self._send(number, {"type": command} | fields)
        try:
            yield queue
        finally:
            del self._subscriptions[number]
            with contextlib.suppress(CommandError, ConnectionError):
                await self.call("unsubscribe_events", subscription=number)

    async def action(
        self,
        name: str,
        data: Json | None = None,
        *,
        target: Json | None = None,
        response: bool = False,
    ) -> Any:
        """Call an action such as light.turn_on and return its response, if one is asked for."""
        domain, _, service = name.partition(".")
        fields: Json = {"service_data": data or {}, "return_response": response}
        if target is not None:
            fields["target"] = target
        result = await self.call(
            "call_service", domain=domain, service=service, **fields
        )
        return result["response"] if response else None

    async def state(self, entity_id: str) -> Json | None:
        """Return the state object of an entity, None if there is no such entity."""
        return next(
            (
                state
                for state in await self.call("get_states")
                if state["entity_id"] == entity_id
            ),
            None,
        )

    async def send_binary(self, data: bytes) -> None:
        """Send raw audio to a running pipeline; the first byte is its handler id."""
        await self._socket.send_bytes(data)

    async def get(self, path: str) -> Any:
        """Fetch JSON over REST."""
        return await self._request("GET", path)

    async def post(self, path: str, data: Any = None) -> Any:
        """Post JSON over REST."""
        return await self._request("POST", path, json=data if data is not None else {})

    async def delete(self, path: str) -> Any:
        """Delete over REST."""
        return await self._request("DELETE", path)

    async def fetch(
        self, method: str, path: str, **arguments: Any
    ) -> tuple[int, bytes]:
        """Return the raw answer to a REST request, whatever its status."""
        async with self._session.request(
            method, self._url + path, **arguments
        ) as response:
            return response.status, await response.read()

    async def _request(self, method: str, path: str, **arguments: Any) -> Any:
        async with self._session.request(
            method, self._url + path, **arguments
        ) as response:
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise CommandError(
                    {"code": str(response.status), "message": await response.text()}
                )
            return await response.json()

    async def _send(self, number: int, message: Json) -> Any:
        if self._reader.done():
            raise ConnectionResetError("Home Assistant has closed the connection")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json(message | {"id": number})
        return await answer

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._dispatch(message.json())
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(
                        ConnectionResetError("Home Assistant has closed the connection")
                    )

    def _dispatch(self, message: Json) -> None:
        number = message["id"]
        if message["type"] == "event":
            if (queue := self._subscriptions.get(number)) is not None:
                queue.put_nowait(message["event"])
        elif (
            message["type"] == "result"
            and (answer := self._answers.pop(number, None))
            and not answer.done()
        ):
            if message["success"]:
                answer.set_result(message["result"])
            else:
                answer.set_exception(CommandError(message["error"]))


async def _sign_in(socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
    await socket.receive_json()
    await socket.send_json({"type": "auth", "access_token": token})
    answer = await socket.receive_json()
    if answer["type"] != "auth_ok":
        raise CommandError(answer)
