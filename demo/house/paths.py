"""Where the parts of the house are found, as script/setup left them."""

import os
from pathlib import Path
import socket

REPOSITORY = Path(__file__).parents[2]
INTEGRATION = REPOSITORY / "custom_components" / "voice_retention"
LOOPBACK = "127.0.0.1"


def cache_folder() -> Path:
    """Return the folder that script/setup fills, found the same way as in script/lib/env.sh."""
    if chosen := os.environ.get("VOICE_RETENTION_CACHE"):
        return Path(chosen)
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user_cache) / "voice-retention"


def python(environment: str) -> Path:
    """Return the interpreter of one of the environments that script/setup makes."""
    interpreter = cache_folder() / "venv" / environment / "bin" / "python"
    if not interpreter.exists():
        raise FileNotFoundError(f"{interpreter} is missing: run script/setup first")
    return interpreter


def program_command(program: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command that runs one of the programs beside us, in the satellites' environment."""
    return [python("satellite"), "-m", f"demo.house.programs.{program}", *arguments]


def environment_variables() -> dict[str, str]:
    """Return this process's environment for a program: the speech commands on the path, and no module path of ours."""
    commands = str(cache_folder() / "bin")
    variables = os.environ | {
        "PATH": os.pathsep.join([commands, os.environ.get("PATH", os.defpath)])
    }
    variables.pop("PYTHONPATH", None)
    return variables


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
