"""Kinds of encoders beside the layers: text, images, sound."""
