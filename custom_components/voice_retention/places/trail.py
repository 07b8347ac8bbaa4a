"""Follow a sentence to where Home Assistant left traces of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """What leads from sentences to their traces outside the vault.

    It holds what was said and answered: it lives in memory, and sealed in the vault, until
    its purge is done everywhere, and is never logged or put into a receipt.
    """

    run_ids: frozenset[str] = frozenset()
    conversation_ids: frozenset[str] = frozenset()
    transcripts: frozenset[str] = field(default=frozenset(), repr=False)
    responses: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def has_texts(self) -> bool:
        """Return whether it is known what was said or answered."""
        return bool(self.transcripts or self.responses)


def join_trails(trails: Iterable[Trail]) -> Trail:
    """Return the trail of everything together."""
    collected = list(trails)
    return Trail(
        run_ids=frozenset().union(*(trail.run_ids for trail in collected)),
        conversation_ids=frozenset().union(
            *(trail.conversation_ids for trail in collected)
        ),
        transcripts=frozenset().union(*(trail.transcripts for trail in collected)),
        responses=frozenset().union(*(trail.responses for trail in collected)),
    )
