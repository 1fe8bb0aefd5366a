"""Kinds that mix tokens: attention, linear attention, state spaces, recurrences, and positions."""
