"""UDOP: a T5 whose encoder reads the words of a page, where they stand, and patches of its image."""

from __future__ import annotations

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.t5_relatives import IGNORED, Relative, begun, feed_forward, whole
from archdraw.readers.family import Family
from archdraw.readers.traced import commented
from archdraw.readers.vision_transformers import sides

_SIZES = {"vocab_size": 33201, "d_model": 1024, "d_kv": 64, "d_ff": 4096, "num_layers": 24, "num_heads": 16}
_RELATIVE = Relative(_SIZES)
_USUAL = [{"type": "1d"}, {"type": "horizontal"}, {"type": "vertical"}]


def _udop(config: Config) -> Draft:
    config.ignore("add_cross_attention", "is_decoder", "image_size", "relative_bias_args")
    made = begun(config, _RELATIVE)
    made.tie_word_embeddings = True
    if config.raw("relative_bias_args") not in (None, _USUAL):
        config.mark_incomplete("other biases than those of one line, of columns and of rows (relative_bias_args)")
    config.mark_incomplete("the biases of columns and rows in each layer of the encoder")
    config.mark_incomplete("the sum of each word and the patch beneath it")
    (patch, width), channels = sides(config, "patch_size", 16), config.integer("num_channels", default=3)
    if patch != width:
        config.mark_incomplete("patches that are no squares")
    heads = config.integer("num_attention_heads", "num_heads")
    hidden = made.hidden_size
    rows = config.integer("max_2d_position_embeddings", default=1024)
    patches: Block = {
        "patch_embedding": {"name": "embed_patches", "features": hidden, "patch_size": patch, "num_channels": channels}
    }
    # The class has tables of 32 ranges whatever relative_attention_num_buckets is.
    tables = [{"name": f"biases.{place}.relative_attention_bias.weight", "shape": [32, heads]} for place in (1, 2)]
    cells = [{"name": f"{axis}_position_embeddings.weight", "shape": [rows, hidden]} for axis in "xy"]
    page = {"name": "cell_2d_embedding", "label": "+ places on the page", "role": "position", "weights": cells}
    biases = {"name": "relative_bias", "label": "Biases of columns, rows", "weights": tables}
    unused: Block = {
        "unused_layers": {"name": "decoder", "label": "Unused patches, biases", "body": [patches, {"weight": biases}]}
    }
    image: list[Block] = [{"input": {"label": "Image", "features": channels}}, patches]
    branches = [image, [{"embedding": {"shared": True}}]]
    source: list[Block] = [
        {"parallel": {"merge": "separate", "branches": branches}},
        {"concatenate": {"axis": "positions"}},
        {"weight": page},
        {"weight": biases},
    ]
    layer = feed_forward(config, _RELATIVE)
    head: Block = {"output_head": {"logit_scale": commented(hidden**-0.5, "1 / √d_model")}}
    read = whole(config, _RELATIVE, made, {"encoder": [layer], "decoder": [layer]}, source=source, head=head)
    read.layers.insert(-1, {"side": {"direction": "out", "body": unused}})
    return read


FAMILIES = (Family(("udop",), _udop, ("UdopForConditionalGeneration",), IGNORED),)
