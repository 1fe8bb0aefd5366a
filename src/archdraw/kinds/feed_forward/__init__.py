"""Kinds of feed-forward blocks: dense ones and mixtures of experts."""
