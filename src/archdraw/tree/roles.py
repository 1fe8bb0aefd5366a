"""What blocks are: their roles in a picture, their levels in a model, the parts that parameters are counted under."""

from __future__ import annotations

from typing import Literal

Role = Literal[
    "plain",  # a projection or an operation that has no colour of its own
    "input",  # what enters the model: token ids, pixels, frames of audio
    "embedding",  # token and position tables, output head
    "norm",
    "attention",  # full softmax attention
    "sliding",  # softmax attention over a window or a chunk
    "linear",  # linear attention, state space, recurrent mixers
    "convolution",
    "feed_forward",
    "experts",
    "shared",  # an expert that every token passes
    "position",
    "latent",  # a tensor that is cached
    "auxiliary",  # beside the model: multi-token prediction, encoders of other modalities
    "unknown",  # known to be there, and nothing else published of it
]
"""What a block is, for its colour and for the choice of what is opened; never its only sign."""

Level = Literal[
    "model",
    "stack",  # the layers of a model
    "layer",  # one of them
    "side_layer",  # a layer of what stands beside the stack: an encoder's, a draft module's
    "encoder",  # the half of an encoder-decoder
    "unused",  # layers of an encoder whose output nothing uses
    "block",  # all else
]
"""What a module is in its model, whichever kind made it."""

Part = Literal[
    "embedding",
    "head",
    "attention",
    "token_mixing",  # of an author's own mixers that are no attention
    "feed_forward",
    "experts",
    "shared_experts",
    "router",
    "norm",
    "encoder",
    "multi_token_prediction",
    "other",
]
"""Which part of a model parameters are counted under."""

StateDtype = Literal["float32", "bfloat16", "float16"]
"""The precision of a state, by its name in config.json."""

Pattern = Literal["window", "chunk", "prefix", "selection"]
"""Which keys a query meets where not all: the nearest, those of its chunk, all of a prefix, those that are chosen."""
