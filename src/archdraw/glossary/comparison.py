"""Terms of what differs between two models."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

BLOCK = Term("{label}, {detail}")
TENSORS = Term("{block} ({tensors})")
TENSOR = Term("{name} {shape}")
LAYERS_OF = Term("{layer} in {number} of {all:layer|layers}")
TIMES = Term("{times:time|times}")
TIED_TIMES = Term("{times:time|times} with the same weights")
INPUT_SIDE = Term("{block}, input")
OUTPUT_SIDE = Term("{block}, output")
NOT_COUNTED = Term("not in the total")
READ_BY_LAYERS = Term("read by cross-attention")
EDGE = Term("{start} → {end}")
DELAYED_EDGE = Term("{start} → {end} (previous step)")
WITH_SETTINGS = Term("{layer} ({settings})")
SETTING = Term("{name} {value}")
SOURCES_OF = Term("Sources: {sources}")
FIELD = Term("{name}: {value}")
