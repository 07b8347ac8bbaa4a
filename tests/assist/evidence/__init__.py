"""Tests of each kind of evidence."""
