"""Tests of the places in the recorder's database, on each engine that it supports."""
