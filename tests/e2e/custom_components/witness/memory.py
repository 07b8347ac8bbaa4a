"""Find the live objects of this process that hold some words, and who holds these objects."""

from asyncio import Task
from collections import defaultdict
from collections.abc import Iterator
import gc
import re
from types import (
    AsyncGeneratorType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any

DEPTH = 7
"""Owners that are named of each holder."""

_NOT_AN_OBJECT = "cffi.thread.canary"
"""What cffi keeps under this name is freed memory to anybody else."""

_EXECUTABLE = (AsyncGeneratorType, CoroutineType, FrameType, GeneratorType)

type Named = list[list[str]]


def find_holders(
    marks: tuple[str, ...], pieces: tuple[bytes, ...], *, with_owners: bool
) -> Named:
    """Return for each mark, and last for the pieces, the chains of owners of what holds it."""
    gc.collect()
    words = re.compile("|".join(map(re.escape, marks)), re.IGNORECASE)
    in_bytes = re.compile(words.pattern.encode(), re.IGNORECASE)
    objects = gc.get_objects()
    # Of objects that the collector does not track only those count that a tracked one leads to.
    own = {id(objects), id(marks), id(pieces)}
    # The module of regular expressions remembers these two.
    ours = (words.pattern, in_bytes.pattern)
    found: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    for holder in _with_untracked(objects):
        if id(holder) in own:
            continue
        for value in _referents(holder):
            kind = type(value)
            if kind is str and value not in ours:
                for mark in words.findall(value):
                    found[marks.index(mark.lower())][id(holder)] = holder
            elif kind in {bytes, bytearray} and value not in ours:
                for part in in_bytes.findall(value):
                    found[marks.index(part.lower().decode())][id(holder)] = holder
                if len(value) > 32 and any(piece in value for piece in pieces):
                    found[len(marks)][id(holder)] = holder
    owners = _owners(objects, found) if with_owners else {}
    return [
        sorted({_chain(holder, owners) for holder in found[number].values()})
        for number in range(len(marks) + 1)
    ]


def _with_untracked(objects: list[Any]) -> Iterator[Any]:
    """Yield all objects, and the containers of plain values, which the collector leaves out."""
    seen: set[int] = set()
    for item in objects:
        yield item
        for inner in _referents(item):
            if (
                type(inner) in {dict, tuple}
                and not gc.is_tracked(inner)
                and id(inner) not in seen
            ):
                seen.add(id(inner))
                yield inner


def _owners(
    objects: list[Any], found: dict[int, dict[int, Any]]
) -> dict[int, list[Any]]:
    """Return who refers to the holders, to those in turn, and so on."""
    owners: dict[int, list[Any]] = {}
    wanted = {key for holders in found.values() for key in holders}
    own = {id(objects), id(found), *(id(holders) for holders in found.values())}
    for _ in range(DEPTH):
        next_: defaultdict[int, list[Any]] = defaultdict(list)
        for item in objects:
            if id(item) in own or isinstance(item, FrameType):
                continue
            for inner in _referents(item):
                if id(inner) in wanted and len(next_[id(inner)]) < 4:
                    next_[id(inner)].append(item)
        owners |= next_
        wanted = {
            id(item)
            for items in next_.values()
            for item in items
            if id(item) not in owners and not isinstance(item, ModuleType)
        }
        if not wanted:
            break
    return owners


def _chain(holder: Any, owners: dict[int, list[Any]]) -> str:
    """Name a holder and those that it hangs on, the outermost first."""
    names, seen = [_name(holder)], {id(holder)}
    while candidates := [
        item for item in owners.get(id(holder), ()) if id(item) not in seen
    ]:
        holder = candidates[0]
        seen.add(id(holder))
        names.append(_name(holder))
    return " > ".join(reversed(names))


def _referents(item: Any) -> list[Any]:
    """Return what an object refers to; of what is just being executed nobody can tell."""
    kind = type(item)
    if kind in _EXECUTABLE:
        running = {CoroutineType: "cr_running", GeneratorType: "gi_running"}
        if kind is FrameType or getattr(item, running.get(kind, "ag_running")):
            return []
    if kind is dict and _NOT_AN_OBJECT in item:
        return []
    return gc.get_referents(item)


def _name(item: Any) -> str:
    """Return the type of an object, without anything that it contains."""
    kind = type(item)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if isinstance(item, ModuleType):
        return f"module {item.__name__}"
    if kind in {
        AsyncGeneratorType,
        CoroutineType,
        GeneratorType,
        FunctionType,
        MethodType,
        type,
    }:
        return f"{name} {item.__qualname__}"
    if isinstance(item, Task):
        return f"{name} {getattr(item.get_coro(), '__qualname__', '')}"
    if kind is dict and (keys := [key for key in item if type(key) is str]):
        return f"dict({', '.join(keys[:3])[:60]})"
    return name
