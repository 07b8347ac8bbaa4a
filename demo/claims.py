"""What the demonstration claims, and whether it held."""

from collections.abc import Iterable
import time


class Claims:
    """Prints each claim with what was measured, and remembers those that failed."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()
        self._count = 0
        self._failed: list[str] = []

    @property
    def have_all_held(self) -> bool:
        """Return whether no claim failed and there was at least one."""
        return self._count > 0 and not self._failed

    def step(self, title: str) -> None:
        """Say what happens next."""
        print(f"\n[{time.monotonic() - self._started:5.1f} s] {title}", flush=True)

    def note(self, text: str) -> None:
        """Say something that is not a claim."""
        print(f"          {text}", flush=True)

    def check(self, claim: str, held: bool, measured: object = "") -> None:
        """State a claim and what it rests on."""
        self._count += 1
        if not held:
            self._failed.append(claim)
        mark = "held  " if held else "FAILED"
        print(
            f"   {mark} {claim}{f': {measured}' if measured != '' else ''}", flush=True
        )

    def table(self, rows: Iterable[Iterable[object]]) -> None:
        """Print rows with aligned columns."""
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            columns = zip(row, widths, strict=True)
            self.note("  ".join(cell.ljust(width) for cell, width in columns).rstrip())

    def conclude(self) -> None:
        """Sum up."""
        seconds = time.monotonic() - self._started
        print(
            f"\n{self._count - len(self._failed)} of {self._count} claims held, {seconds:.0f} s."
        )
        for claim in self._failed:
            print(f"   FAILED {claim}")
