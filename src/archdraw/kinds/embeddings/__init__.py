"""Kinds at both ends of the layers: tables of tokens and positions, output heads, multi-token prediction."""
