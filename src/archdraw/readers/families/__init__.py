"""Readers of config.json: one module for each family of models."""
