"""Set-up and options dialogs, filled in the way the pages of Home Assistant fill them in."""

from dataclasses import dataclass, field

from .client import Client, Json

_CONFIG = "/api/config/config_entries/flow"
_OPTIONS = "/api/config/config_entries/options/flow"


class FlowError(Exception):
    """A dialog did not go where its answers should have led."""

    def __init__(self, step: Json) -> None:
        """Keep the step that it ended in."""
        super().__init__(
            f"{step.get('step_id')}: {step.get('errors') or step.get('reason') or step.get('type')}"
        )
        self.step = step


@dataclass(kw_only=True, slots=True)
class Dialog:
    """One dialog, step by step."""

    client: Client
    path: str
    step: Json = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Return whether the dialog led to an entry."""
        return bool(self.step["type"] == "create_entry")

    async def open(self, handler: str, **fields: object) -> Json:
        """Open the dialog and return its first step."""
        self.step = await self.client.post(
            self.path, {"handler": handler, "show_advanced_options": True, **fields}
        )
        return self.step

    async def answer(self, answers: Json) -> Json:
        """Fill in the current step and return the next one."""
        self.step = await self.client.post(
            f"{self.path}/{self.step['flow_id']}", answers
        )
        return self.step


async def set_up(client: Client, domain: str, *answers: Json) -> str:
    """Set up an integration and return the id of its entry."""
    dialog = Dialog(client=client, path=_CONFIG)
    await _fill_in(dialog, domain, answers)
    entry_id: str = dialog.step["result"]["entry_id"]
    return entry_id


async def change_options(client: Client, entry_id: str, *answers: Json) -> None:
    """Change the options of an entry."""
    await _fill_in(Dialog(client=client, path=_OPTIONS), entry_id, answers)


async def remove(client: Client, entry_id: str) -> None:
    """Delete an entry."""
    await client.delete(f"/api/config/config_entries/entry/{entry_id}")


async def reload(client: Client, entry_id: str) -> None:
    """Reload an entry."""
    await client.post(f"/api/config/config_entries/entry/{entry_id}/reload")


async def _fill_in(dialog: Dialog, handler: str, answers: tuple[Json, ...]) -> None:
    await dialog.open(handler)
    for one in answers:
        if dialog.step["type"] not in ("form", "menu"):
            raise FlowError(dialog.step)
        await dialog.answer(one)
        if dialog.step.get("errors"):
            raise FlowError(dialog.step)
    if not dialog.is_finished:
        raise FlowError(dialog.step)
