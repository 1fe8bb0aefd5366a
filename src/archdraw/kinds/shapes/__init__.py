"""Kinds that read or change the shape of a line: inputs, convolutions, pooling, joins, recurrent networks."""
