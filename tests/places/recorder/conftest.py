"""A recorder with the database that a test is run for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from tests.databases import MariaDB, PostgreSQL, Server, running
from tests.house import House

from .history import History


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """Start MariaDB."""
    with running(MariaDB) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """Start PostgreSQL."""
    with running(PostgreSQL) as server:
        yield server


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("mariadb", marks=pytest.mark.slow),
        pytest.param("postgresql", marks=pytest.mark.slow),
    ]
)
def database(request: pytest.FixtureRequest) -> str:
    """Return which database the recorder has; every test is run with each."""
    return str(request.param)


@pytest.fixture
def recorder_db_url(
    request: pytest.FixtureRequest, database: str, tmp_path: Path
) -> str:
    """Return the database's address; SQLite's is where Home Assistant has it, in a file."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'home-assistant_v2.db'}"
    # The test plugin forbids these too, though nobody else is at the other end.
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    server: Server = request.getfixturevalue(database)
    return server.new_database()


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Prepare the recorder before Home Assistant, as the test plugin demands."""


@pytest.fixture
async def recorder(hass: HomeAssistant, async_setup_recorder_instance: Any) -> Recorder:
    """Set the recorder up, which has to be there before anything else."""
    return await async_setup_recorder_instance(hass)


@pytest.fixture
async def history(recorder: Recorder, house: House) -> History:
    """Record what happens in the house."""
    history = History(house.hass, recorder)
    await history.write()
    return history
