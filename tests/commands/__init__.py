"""Tests of what people say about their voice."""
