"""Encoders: of text, images and audio; most are templates, YAML files that bear the name of their kind."""
