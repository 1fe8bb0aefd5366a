"""The version, which the metadata of the package is made from: asking for that takes longer than drawing a picture."""

VERSION = "0.1.0"
