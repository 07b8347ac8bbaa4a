"""Tests of Voice Retention."""
