"""Tests of the archives that recordings are taken away in."""
