"""Tests of what the panel asks for."""
