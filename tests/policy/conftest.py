"""Fixtures: none, for the policy knows nothing of Home Assistant."""

import pytest


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Start no Home Assistant here."""
