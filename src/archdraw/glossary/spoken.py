"""Terms of the picture of one model in words, for those who hear it."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

SPOKEN = Term("{name}: {facts}.")
SPOKEN_PATH = Term("From the input up: {blocks}.")
SPOKEN_SIDE = Term("side module {block}")
SPOKEN_BLOCK = Term("{label} ({detail})")
SPOKEN_KIND = Term("{layers}, from the input up: {blocks}.", definition="layers of one kind, and how many there are")
SPOKEN_OTHERS = Term("{number:more layer|more layers} of {kinds:other kind|other kinds}.")
SPOKEN_PARALLEL = Term("{one} in parallel with {other}")
SPOKEN_PRODUCT = Term("{one} multiplied by {other}")
SPOKEN_CONCATENATED = Term("{one} concatenated with {other}")
SPOKEN_BESIDE = Term("{one} beside {other}")
SPOKEN_REPEAT = Term("{times:time|times} {blocks}")
SPOKEN_INCOMPLETE = Term("The picture is incomplete: {reasons}.")
