"""Sheets of many pictures."""
