"""Tests of the places outside the vault, each against the real part of Home Assistant."""
