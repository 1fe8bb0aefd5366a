"""The recurrent networks of before: LSTM and GRU, stored as PyTorch stores them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archdraw.checked import Field
from archdraw.glossary import attention as terms
from archdraw.glossary import common
from archdraw.glossary import shapes as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import Family, Kind, Scope
from archdraw.kinds.fields import OwnLabel, Size
from archdraw.kinds.layers.declared import Trainable, trained, with_remarks
from archdraw.kinds.layers.primitives import Name
from archdraw.tree.blocks import Leaf, Role, Weight


class RecurrentNetwork(Kind):
    """What LSTM and GRU share: gates that read the line and the network's own last output."""

    family: ClassVar[Family] = "block"
    drawn_as: ClassVar[tuple[Role, ...]] = ("linear",)
    gates: ClassVar[int]
    """Matrices from input and from state, of which each gate has one."""
    kept: ClassVar[int]
    """Vectors of the state."""

    hidden_size: Size = Field(description="Features of the state, and of what leaves in each direction.")
    num_layers: Size = Field(default=1, le=1000, description="Layers, each of which reads the one below.")
    bidirectional: bool = Field(
        default=False, description="Whether it reads in both directions, with weights for each."
    )
    bias: bool = Field(default=True, description="Whether each gate has biases, of input and of state.")
    trainable: Trainable = None
    name: Name = Field(default="rnn", description="Name in the checkpoint.")
    label: OwnLabel = None

    def expand(self, scope: Scope) -> Leaf:
        """One leaf with the weights of all layers and directions."""
        cells = self.num_layers * self._directions
        detail = (
            common.WIDTHS(inputs=scope.hidden_size, outputs=self.features_out(scope)),
            common.LAYERS(number=self.num_layers) if self.num_layers > 1 else "",
            terms.BIDIRECTIONAL() if self.bidirectional else "",
        )
        made = Leaf(
            self.name,
            self.label or self.term(),
            role="linear",
            detail=with_remarks(detail, None, self.trainable),
            weights=tuple(self._weights(scope.hidden_size)),
            state=self.kept * self.hidden_size * cells,
            # Three products with gates at each step, of the LSTM as of the GRU.
            multiplications=3 * self.hidden_size * cells,
        )
        return trained(made, self.trainable)  # type: ignore[return-value]

    def features_out(self, scope: Scope) -> int:
        """The state of each direction."""
        return self.hidden_size * self._directions

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _weights(self, width: int) -> Iterator[Weight]:
        rows = self.gates * self.hidden_size
        for layer in range(self.num_layers):
            inputs = self.hidden_size * self._directions if layer else width
            for direction in ("", "_reverse")[: self._directions]:
                yield Weight(f"weight_ih_l{layer}{direction}", (rows, inputs))
                yield Weight(f"weight_hh_l{layer}{direction}", (rows, self.hidden_size))
                if self.bias:
                    yield Weight(f"bias_ih_l{layer}{direction}", (rows,))
                    yield Weight(f"bias_hh_l{layer}{direction}", (rows,))


class LSTM(RecurrentNetwork):
    """Long short-term memory: a cell that an input gate writes to, a forget gate clears and an output gate reads.

    The state is the cell and the output. Each layer has 4 (h (i + h) + 2 h) parameters for i inputs and h features.
    """

    keyword: ClassVar[str] = "lstm"
    example: ClassVar[str] = "lstm: {hidden_size: 512, num_layers: 2, bidirectional: true}"
    source: ClassVar[str] = "Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000; torch.nn.LSTM"
    main: ClassVar[str | None] = "hidden_size"
    term: ClassVar[Term] = words.LSTM
    aliases: ClassVar[tuple[str, ...]] = ("bilstm", "long short-term memory", "rnn", "recurrent network", "recurrent")
    gates: ClassVar[int] = 4
    kept: ClassVar[int] = 2


class GRU(RecurrentNetwork):
    """Gated recurrent unit: an update gate between the old state and a new one, which reads the old by a reset gate.

    The state is the output. Each layer has 3 (h (i + h) + 2 h) parameters for i inputs and h features.
    """

    keyword: ClassVar[str] = "gru"
    example: ClassVar[str] = "gru: {hidden_size: 512}"
    source: ClassVar[str] = "Cho et al. 2014, arXiv:1406.1078; torch.nn.GRU"
    main: ClassVar[str | None] = "hidden_size"
    term: ClassVar[Term] = words.GRU
    aliases: ClassVar[tuple[str, ...]] = (
        "bigru",
        "gated recurrent unit",
        "rnn",
        "recurrent network",
        "gated recurrent",
    )
    gates: ClassVar[int] = 3
    kept: ClassVar[int] = 1
