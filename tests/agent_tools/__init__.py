"""Tests of what language models can do about voices."""
