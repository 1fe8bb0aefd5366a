"""Kinds of residual connections: how a sublayer joins the stream."""
