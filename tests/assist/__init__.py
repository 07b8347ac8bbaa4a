"""Tests of what touches Assist."""
