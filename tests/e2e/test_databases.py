"""A household whose history is kept by MariaDB or PostgreSQL: what is deleted is in no table any more."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
import json

import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from demo.house.household import CLOUD_PIPELINE, Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import Retention
from tests.databases import MariaDB, PostgreSQL, Server, running

HEARD = "input_text.heard"
ECHO = {
    "id": "echo",
    "alias": "Echo",
    "triggers": [{"trigger": "conversation", "command": ["tell me about {thing}"]}],
    "actions": [
        {"event": "heard", "event_data": {"text": "{{ trigger.sentence }}"}},
        {
            "action": "input_text.set_value",
            "target": {"entity_id": HEARD},
            "data": {"value": "{{ trigger.sentence }}"},
        },
        {"set_conversation_response": "You asked about {{ trigger.slots.thing }}"},
    ],
}
"""It leaves a sentence in events of its own, in calls, in a state and, as the reply, in traces."""

RESIDUES = {
    MariaDB: "recorder_mariadb_rows_and_logs",
    PostgreSQL: "recorder_postgresql_rows_and_log",
}
RECORDER = frozenset({"recorder_events", "recorder_states"})


@pytest.fixture(scope="module", params=[MariaDB, PostgreSQL])
async def server(request: pytest.FixtureRequest) -> AsyncGenerator[Server]:
    """Start a server."""
    kind: type[Server] = request.param
    with running(kind) as server:
        yield server


@pytest.fixture(scope="module")
def database(server: Server) -> str:
    """Return the address of the history."""
    return server.new_database()


@pytest.fixture(scope="module")
async def house(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Household]:
    """Return a house with its history there."""
    house = Household(tmp_path_factory.mktemp("house"))
    folder = house.home_assistant.config_folder
    configuration = folder / "configuration.yaml"
    configuration.write_text(
        configuration.read_text().replace(
            "recorder:\n", f"recorder:\n  db_url: {database}\n"
        )
        + "\ninput_text:\n  heard:\n    name: Heard\n"
    )
    (folder / "automations.yaml").write_text(json.dumps([ECHO]))
    async with house:
        yield house
        complaints = house.home_assistant.complaints()
    assert not complaints, "\n".join(complaints)


def rows_with(database: str, words: str) -> Counter[str]:
    """Count the rows of each table that hold words in any column."""
    engine = create_engine(database, poolclass=NullPool)
    rows: Counter[str] = Counter()
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                rows[table] += any(words in str(value) for value in row)
    return +rows


@pytest.mark.slow
async def test_one_satellites_sentences_go_from_all_tables(
    server: Server, database: str, house: Household
) -> None:
    """All that was said at another one stays, row for row."""
    retention = await Retention.set_up(
        house.client, local_engines=(house.engines.local,)
    )
    marks = {"Kitchen": "the purple walrus", "Bedroom": "the orange emu"}
    placed = {}
    for name, mark in marks.items():
        satellite = LightSatellite(name, name)
        placed[name] = await house.add_satellite(satellite, CLOUD_PIPELINE)
        speech = await Speech.of(f"tell me about {mark}")
        house.cloud.teach([speech])
        await satellite.wait_connected()
        run = await satellite.speak(speech, speed=20)
        assert run.response == f"You asked about {mark}"
        # The same by text, as an automation or a dashboard does.
        await house.client.action("conversation.process", {"text": speech.text})
    await retention.wait_for_recordings(2)

    async def written() -> bool:
        tables = [rows_with(database, mark) for mark in marks.values()]
        return all(
            found["event_data"] >= 3 and found["states"] >= 1 for found in tables
        )

    await until(written, 30)
    # Longer than the recorder takes for what is still on its way.
    await asyncio.sleep(2)
    kept = rows_with(database, marks["Bedroom"])

    receipt = await retention.purge(
        target={"device_id": placed["Kitchen"].device_id}, keep_days=0
    )
    assert receipt["complete"], receipt
    places = {place["place"]: place for place in receipt["places"]}
    for place in RECORDER:
        assert places[place]["found"] == places[place]["deleted"] > 0
        assert places[place]["residue"] == RESIDUES[type(server)]
    assert not rows_with(database, marks["Kitchen"])
    assert rows_with(database, marks["Bedroom"]) == kept

    await house.settle()
    assert not rows_with(database, marks["Kitchen"])
    assert rows_with(database, marks["Bedroom"]) >= kept
