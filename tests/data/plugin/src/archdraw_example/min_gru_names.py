"""The names of tensors in the checkpoints of this family, as rules that lead to those of the tree."""

from __future__ import annotations

from archdraw.weights.naming import Convention

CONVENTIONS = (
    Convention(
        "Minimal GRU",
        rules=(
            (r"^layers\.#\.rnn\.to_z\.", "layers.#.mixer.gate_proj."),
            (r"^layers\.#\.rnn\.to_h\.", "layers.#.mixer.in_proj."),
            (r"^layers\.#\.rnn\.to_out\.", "layers.#.mixer.out_proj."),
        ),
    ),
)
