"""Fuyu: Persimmon, which reads projected patches of an image among its tokens."""

from __future__ import annotations

from archdraw.readers.components import tied_embeddings, unless
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family, families


def _fuyu(config: Config) -> Draft:
    text = config.section("text_config")
    if text is None:
        config.complain("text_config is missing", "", "a Fuyu has the keys of its text model there")
        text = config
    name = text.text("model_type", default="persimmon")
    known = families().get(name)
    if known is None:
        config.mark_incomplete(f"the text model {name[:40]}")
    made = (known or families()["persimmon"]).read(text)
    made.tie_word_embeddings = tied_embeddings(config, False)
    fields = {"patch_size": config.integer("patch_size", default=30)}
    fields |= unless(num_channels=(config.integer("num_channels", default=3), 3))
    config.raw("image_size")
    made.layers.insert(1, {"projected_patches": fields})
    return made


FAMILIES = (Family(("fuyu",), _fuyu, ("FuyuForCausalLM",)),)
