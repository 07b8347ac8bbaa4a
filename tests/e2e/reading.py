"""Read everything that Home Assistant shows to an administrator, over both of its interfaces."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
import contextlib
from datetime import UTC, datetime, timedelta
import itertools
import json

import aiohttp

from demo.house.client import Json
from demo.house.household import Household

from . import reading_list
from .reading_list import Fields

QUIET = 1.0
"""Seconds without an answer after which there will be none any more."""

type Shown = dict[str, str]
"""What each command or path answered, as it came."""


class UnknownCommandError(Exception):
    """There is something new to read, and "reading_list.py" does not say yet how."""


async def read_everything(house: Household) -> Shown:
    """Ask every command and every path that only tells; return all answers."""
    commands = await house.client.call("witness/commands")
    views = await house.client.call("witness/views")
    fields = await _fields(house)
    shown = await _call_all(house, list(_requests(commands, fields)))
    return shown | await _fetch_all(house, list(_paths(views, fields)))


def _requests(commands: Iterable[str], fields: Fields) -> Iterator[Json]:
    """Yield what to ask, in all the ways that there are."""
    for command in commands:
        if reading_list.changes(command):
            continue
        for extra in fields.get(command, [{}]):
            yield {"type": command} | extra


def _paths(views: Iterable[str], fields: Fields) -> Iterator[str]:
    """Yield the paths to fetch, with everything that can be filled in."""
    for view in views:
        if reading_list.is_no_list(view):
            continue
        if "{" in view and view not in fields:
            raise UnknownCommandError(view)
        for one in fields.get(view, [{}]):
            path = view
            for name, value in one.items():
                path = path.replace(f"{{{name}}}", str(value))
            query = one.get("query")
            yield f"{path}?{query}" if query else path


async def _fields(house: Household) -> Fields:
    """Look up everything that can be asked for by its id."""
    client = house.client
    start = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    entities = [state["entity_id"] for state in await client.call("get_states")]
    entries = [entry["entry_id"] for entry in await client.call("config_entries/get")]
    traces = [
        {key: trace[key] for key in ("domain", "item_id", "run_id")}
        for domain in ("automation", "script")
        for trace in await client.call("trace/list", domain=domain)
    ]
    runs = [
        {"pipeline_id": pipeline["id"], "pipeline_run_id": run["pipeline_run_id"]}
        for pipeline in (await client.call("assist_pipeline/pipeline/list"))[
            "pipelines"
        ]
        for run in (
            await client.call(
                "assist_pipeline/pipeline_debug/list", pipeline_id=pipeline["id"]
            )
        )["pipeline_runs"]
    ]
    conversations = await _conversations(house)
    kept = await client.call("voice_retention/history/list")
    return reading_list.make_fields(
        start=start,
        entities=entities,
        entries=entries,
        traces=traces,
        runs=runs,
        conversations=conversations,
        satellites=[placed.entity_id for placed in house.placed.values()],
        devices=[placed.device_id for placed in house.placed.values()],
        recordings=[row["recording_id"] for row in kept["recordings"]],
        voice=house.engines.voice,
    )


async def _conversations(house: Household) -> list[str]:
    """Return the ids of all chat logs."""
    async with house.client.subscribe(
        "conversation/chat_log/subscribe_index"
    ) as events:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET):
                event = await events.get()
                return [item["conversation_id"] for item in event["data"]]
    return []


async def _call_all(house: Household, requests: list[Json]) -> Shown:
    """Ask everything at once; collect results and events until it is quiet."""
    token = await house.client.call(
        "auth/long_lived_access_token", client_name=str(next(_names)), lifespan=1
    )
    shown: defaultdict[str, str] = defaultdict(str)
    unanswered = dict(enumerate(requests, start=1))
    problems: list[str] = []
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{house.home_assistant.url}/api/websocket", max_msg_size=0
        ) as socket,
    ):
        await socket.receive()
        await socket.send_json({"type": "auth", "access_token": token})
        await socket.receive()
        for number, request in unanswered.items():
            await socket.send_json(request | {"id": number})
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(QUIET if not unanswered else 10 * QUIET):
                    text: str = (await socket.receive()).data
                for message in _messages(text):
                    request = requests[message["id"] - 1]
                    unanswered.pop(message["id"], None)
                    shown[request["type"]] += json.dumps(message, ensure_ascii=False)
                    if not message.get("success", True):
                        problems += _problem(request, message["error"])
    problems += [f"{request} did not answer" for request in unanswered.values()]
    if problems:
        raise UnknownCommandError("\n".join(problems))
    return dict(shown)


def _messages(text: str) -> list[Json]:
    """Return the messages that came together."""
    parsed = json.loads(text)
    return parsed if isinstance(parsed, list) else [parsed]


def _problem(request: Json, error: Json) -> list[str]:
    """Return what is wrong with a request, if not only that there is nothing to tell."""
    if error["code"] in {"invalid_format", "unknown_error", "unknown_command"}:
        return [f"{request}: {error['code']} {error['message']}"]
    return []


async def _fetch_all(house: Household, paths: list[str]) -> Shown:
    """Fetch every path."""

    async def fetch(path: str) -> tuple[str, str]:
        _, body = await house.client.fetch("GET", path)
        return path, body.decode(errors="replace")

    return dict(await asyncio.gather(*map(fetch, paths)))


_names = itertools.count(1)
