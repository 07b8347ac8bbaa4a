"""Tests of purging and expiring."""
