"""Muse Spark's encoder of sounds: stages of convolutions, each over longer patches of the waveform."""

from __future__ import annotations

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.readers.traced import commented, whole


def stepped_audio(audio: Config, width: int) -> list[Block]:
    """The encoder of ``audio``, a section; ``width`` is that of the text model."""
    patches = audio.integers("patch_sizes", default=[16, 6, 5, 4])
    sizes = audio.integers("hidden_sizes", default=[256, 512, 1024, 2048])
    depths = audio.integers("depths", default=[2, 2, 2, 2])
    number = audio.integer("num_hidden_layers", default=4)
    for key, values in (("patch_sizes", patches), ("hidden_sizes", sizes), ("depths", depths)):
        if len(values) < number:
            audio.complain(f"{key} has {len(values)} entries for {number} stages", key)
    ratio, kernel = audio.number("mlp_ratio", default=4.0), audio.integer("conv_kernel_size", default=7)
    act = audio.text("hidden_act", default="gelu")
    out = audio.integer("out_hidden_size", default=8192)
    body: list[Block] = []
    before = 1
    for index, (patch, size, depth) in enumerate(list(zip(patches, sizes, depths, strict=False))[:number]):
        joined = commented(before * patch, "features of the stage before × patch_sizes")
        inner = {"intermediate_size": commented(whole(size * ratio), "hidden_sizes × mlp_ratio")}
        layer: list[Block] = [
            {
                "convolution": {
                    "name": "conv",
                    "features": size,
                    "kernel_size": [kernel],
                    "depthwise": True,
                    "bias": True,
                }
            },
            {"rmsnorm": {"name": "norm"}},
            {"encoder_feed_forward": inner | given(hidden_act=act if act != "gelu" else None)},
        ]
        # The waveform comes in as the values of a patch.
        fold = {"label": f"{counted(patch, 'step', 'steps')} to 1", "features": joined}
        embedder = f"layers.{index}.patch_embedder"
        body += [
            *([{"op": {"name": f"fold{index}", **fold}}] if index else []),
            {
                "linear": {
                    "name": f"{embedder}.proj",
                    "inputs": joined,
                    "features": size,
                    "bias": True,
                    "label": "Patch embedding",
                }
            },
            {"rmsnorm": {"name": f"{embedder}.norm"}},
            {"layer": {"label": "Convolution layer", "times": depth, "body": {"residual": layer}}},
        ]
        before = size
    body += [
        {"rmsnorm": {"name": "norm"}},
        {"linear": {"name": "proj", "features": out, "bias": True, "label": "Projector"}},
        {"rmsnorm": {"name": "post_proj_norm"}},
    ]
    if out != width:
        body.append({"op": {"name": "misfit", "label": "does not fit the text model", "features": width}})
    notes = {"notes": [f"one token per {_all(patches[:number]):,} samples of the waveform"]}
    return [{"modality_encoder": {"name": "audio_tower", "label": "Audio encoder", **notes, "body": body}}]


def _all(patches: list[int]) -> int:
    samples = 1
    for patch in patches:
        samples *= patch
    return samples
