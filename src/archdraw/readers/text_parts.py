"""The text model inside of a larger one: its section of a config, read by its own family."""

from __future__ import annotations

from archdraw.readers.components import tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family, families, family_of
from archdraw.readers.plain_decoder import plain_decoder
from archdraw.readers.traced import commented

__all__ = ["SECTIONS", "own_family", "text_model", "text_part", "tied_embeddings", "with_towers"]

SECTIONS = ("text_config", "llm_config", "language_config", "language_model_config")
"""The names of the section of the text model."""

SAME_STRUCTURE = {
    "hy_v4_vl_text": "hy_v4",
    "paddleocr_vl_text": "ernie4_5",
    "pp_formulanet_text": "mbart",
    "qwen2_5_omni_text": "qwen2",
    "qwen2_5_vl_text": "qwen2",
    "qwen2_vl_text": "qwen2",
    "qwen3_omni_moe_text": "qwen3_moe",
    "qwen3_vl_moe_text": "qwen3_moe",
    "qwen3_vl_text": "qwen3",
}
"""Text parts that have a type of their own and the structure of another family."""

SIZES = {
    "gemma": (3072, 24_576, 28, 16, 16, 256_000, 8192),
    "granite": (4096, 11_008, 32, 32, 0, 32_000, 2048),
    "llama": (4096, 11_008, 32, 32, 0, 32_000, 2048),
    "mistral": (4096, 14_336, 32, 32, 8, 32_000, 131_072),
    "qwen2": (4096, 22_016, 32, 32, 32, 151_936, 32_768),
    "qwen3": (4096, 22_016, 32, 32, 32, 151_936, 32_768),
}
"""Class defaults, by the keys of :data:`KEYS`, 0 for none: sections are saved without what is as the class has it."""

HEAD_DIMS = {"gemma": 256, "qwen3": 128}
"""The width of a head in classes that have a default for it."""

KEYS = (
    *("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads"),
    *("vocab_size", "max_position_embeddings"),
)


def text_part(config: Config) -> Config:
    """The section of the text model; the whole config where the file has none."""
    return config.section(*SECTIONS) or config


def own_family(text: Config, usual: str = "") -> Family | None:
    """The family of the model that ``text`` describes, by its type (``usual`` where it has none); None for none.

    One that wraps a text model itself is none.
    """
    kind = text.text("model_type", default=usual)
    if kind in SIZES:
        text.defaults(**{key: size for key, size in zip(KEYS, SIZES[kind], strict=True) if size})
    if kind in HEAD_DIMS:
        text.defaults(head_dim=HEAD_DIMS[kind])
    width, heads = text.data.get("hidden_size"), text.data.get("num_attention_heads")
    if isinstance(width, int) and isinstance(heads, int) and heads > 0 and width % heads:
        # The classes round down where the file gives no width of a head.
        text.defaults(head_dim=width // heads)
    family = families().get(SAME_STRUCTURE.get(kind, kind)) or (family_of(text) if not kind else None)
    return None if family is None or family.wraps else family


def text_model(config: Config, usual: str, *, tied: bool = False, section: str = "") -> Draft:
    """The text part of ``config``, read by the family of its model type (``usual`` where it says none).

    ``tied`` is the class default for files that say nothing on either level, ``section`` the name of the section where
    it is an unusual one. A text model of a family that no reader knows is read by the keys that most configs share, and
    marked incomplete.
    """
    text = config.section(section) if section else text_part(config)
    if text is None:
        text = Config({}, (section,), config)
    family = families().get(usual) if text is config else own_family(text, usual)
    if family is None:
        kind = text.text("model_type", default=usual)
        text.mark_incomplete(f'the text model is of the unknown model_type "{kind[:40]}": read by its keys alone')
        return plain_decoder(text, f'unknown model_type "{kind[:40]}"', config)
    text.ignore(*family.ignored)
    made = family.read(text)
    made.tie_word_embeddings = tied_embeddings(text, tied, config)
    return made


def with_towers(made: Draft, towers: list[Block]) -> Draft:
    """``made`` with ``towers`` behind its embedding, where their tokens join; learned positions are those of both."""
    made.layers = towers_behind(made.layers, towers, made.hidden_size)
    return made


def towers_behind(layers: list[Block], towers: list[Block], width: int) -> list[Block]:
    """``layers`` with ``towers`` behind their embedding; what is added to it, of ``width`` features, comes after."""
    place = next((index for index, block in enumerate(layers, start=1) if _is_embedding(block)), 0)
    if not (towers and place):
        return [*layers[:place], *towers, *layers[place:]]
    words, added = words_apart(layers[place - 1], width)
    return [*layers[: place - 1], words, *towers, *added, *layers[place:]]


def words_apart(embedding: Block, width: int) -> tuple[Block, list[Block]]:
    """The table of words of an ``embedding`` alone, and what it adds to their vectors, of ``width`` features."""
    fields = dict(embedding["embedding"]) if isinstance(embedding, dict) else {}
    added: list[Block] = []
    places = {"name": "embed_positions", "role": "position"}
    rows, before = fields.pop("max_position_embeddings", None), fields.pop("position_offset", 0)
    if rows:
        number = commented(rows + before, f"max_position_embeddings and {before} rows in front") if before else rows
        learned = {**places, "part": "embedding", "weights": [{"shape": [number, width]}]}
        added.append({"weight": {**learned, "label": "+ position embedding"}})
    if fields.pop("sinusoidal_positions", False):
        added.append({"op": {**places, "label": "+ positional encoding", "detail": "sinusoidal"}})
    if segments := fields.pop("type_vocab_size", None):
        kinds = {"name": "token_type_embeddings", "role": "embedding", "weights": [{"shape": [segments, width]}]}
        added.append({"weight": {**kinds, "label": "+ segment embedding"}})
    return {"embedding": fields} if fields else "embedding", added


def _is_embedding(block: Block) -> bool:
    return block == "embedding" or (isinstance(block, dict) and "embedding" in block)
