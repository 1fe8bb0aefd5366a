"""Terms of feed-forward networks and of mixtures of experts."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

FFN = Term(
    "FFN",
    definition="feed-forward network: projections around a non-linearity, applied to each token by itself",
    source="Vaswani et al. 2017, section 3.3, arXiv:1706.03762",
)

# Feed-forward networks, and the same without the noun
SWIGLU_FFN = Term(
    "SwiGLU FFN",
    short="SwiGLU",
    definition="down(SiLU(gate(x)) × up(x))",
    source="Shazeer 2020, arXiv:2002.05202",
)
SWIGLU = Term("SwiGLU")
CLAMPED_SWIGLU_FFN = Term(
    "Clamped SwiGLU FFN",
    short="Clamped SwiGLU",
    definition="down(g σ(α g) × (u + β)), where g = gate(x) is bounded from above and u = up(x) on both sides",
    source="gpt-oss, arXiv:2508.10925",
)
CLAMPED_SWIGLU = Term("Clamped SwiGLU")
SITU_GLU_FFN = Term(
    "SiTU-GLU FFN",
    short="SiTU-GLU",
    definition="down(β tanh(g / β) σ(g) × u), where g = gate(x), and u = up(x) or a bounded form of it",
    source="Kimi K3, section 2.3, arXiv:2607.24653",
)
SITU_GLU = Term("SiTU-GLU")
SITU_GLU_BOUNDS = Term("SiTU-GLU ({gate}, {up})", definition="with the bounds of the gate and of the other factor")
SITU_GLU_ONE_BOUND = Term("SiTU-GLU ({gate})", definition="with the bound of the gate")
POLYNORM_GLU_FFN = Term(
    "PolyNorm-GLU FFN",
    short="PolyNorm-GLU",
    definition="down(s × PolyNorm(gate(x)) × up(x))",
    source="Zhuo et al. 2024, arXiv:2411.03884",
)
POLYNORM_GLU = Term("PolyNorm-GLU")
GEGLU_FFN = Term(
    "GeGLU FFN",
    short="GeGLU",
    definition="down(GELU(gate(x)) × up(x))",
    source="Shazeer 2020, arXiv:2002.05202",
)
GEGLU = Term("GeGLU")
SPARSE_GEGLU_FFN = Term(
    "Sparse GeGLU FFN",
    short="Sparse GeGLU",
    definition="a GeGLU FFN in which only the largest gates of each token pass",
    source="arXiv:2506.06644",
)
SPARSE_GEGLU = Term("Sparse GeGLU")
REGLU = Term("ReGLU")
REGLU_FFN = Term("ReGLU FFN", short="ReGLU", definition="down(ReLU(gate(x)) × up(x))", source="arXiv:2002.05202")
QUICK_GELU = Term("Quick GELU")
QUICK_GELU_FFN = Term("Quick GELU FFN")
GELU_FFN = Term("GELU FFN", short="GELU", definition="down(GELU(up(x)))", source="arXiv:1606.08415")
RELU_FFN = Term("ReLU FFN", short="ReLU", definition="down(ReLU(up(x)))", source="arXiv:1706.03762")
SILU_FFN = Term("SiLU FFN", short="SiLU", definition="down(SiLU(up(x)))", source="arXiv:1710.05941")
SQUARED_RELU = Term("Squared ReLU")
SQUARED_RELU_FFN = Term(
    "Squared ReLU FFN",
    short="Squared ReLU",
    definition="down(ReLU(up(x))²)",
    source="So et al. 2021, arXiv:2109.08668",
)

SQUARED_REGLU_FFN = Term(
    "Squared ReGLU FFN",
    short="Squared ReGLU",
    definition="down(ReLU(gate(x))² × up(x))",
    source="Ma et al. 2025, arXiv:2504.12285",
)
SQUARED_REGLU = Term("Squared ReGLU")
XIELU_FFN = Term(
    "xIELU FFN", short="xIELU", definition="down(xIELU(up(x)))", source="Huang and Schlag 2024, arXiv:2411.13010"
)
XIELU = Term(
    "xIELU",
    definition="a parabola for positive x, an exponential for negative ones, each with a learned coefficient",
    source="Huang and Schlag 2024, arXiv:2411.13010",
)

# Inside them
UP_TO = Term("up {width}")
DOWN_TO = Term("down {inputs} → {width}")
UP_FROM = Term("up {inputs} → {width}")
THERE_AND_BACK = Term("{hidden} → {inner} → {hidden}", definition="features of the line, inside, and of the line again")
SIGMOID_GATED = Term("x σ({alpha} x)", definition="SiLU for a factor of 1, an approximation of GELU for 1.702")
PLUS = Term("+ {addend}")
SITU = Term("SiTU (β = {beta})", definition="β tanh(x / β) σ(x)", source="Kimi K3, section 2.3, arXiv:2607.24653")
SOFTCAP = Term("softcap {cap}", definition="c tanh(x / c)")
POLYNORM = Term(
    "PolyNorm",
    definition="a learned combination of the first three powers of x, each divided by its root mean square",
    source="Zhuo et al. 2024, arXiv:2411.03884",
)
ADAPTER_BESIDE = Term("+ adapter of rank {rank}", definition="a low-rank projection beside a shared one")
TOP_SHARE = Term("top {percent}%, {activation}", definition="a non-linearity of the largest values, 0 of the others")
CLAMPED_AT = Term("clamp: gate ≤ {limit}, |up| ≤ {limit}")
GATED_BY = Term("gate × σ({alpha} gate)", definition="SiLU of the gate for a factor of 1")
SILU_OF_GATE = Term("SiLU(gate)")
UP_PLUS = Term("(up + {addend})")
UP = Term("up")
MULTIPLIED = Term("{gate} × {up}", definition="the two factors of a gated network")
GATED_BIAS = Term("bias on gate, up and down")
PLAIN_BIAS = Term("bias on up and down")
GATED_FIRST_BIAS = Term("bias on gate and up")
PLAIN_FIRST_BIAS = Term("bias on up")
LAST_BIAS = Term("bias on down")

# Mixtures of experts
MIXTURE_OF_EXPERTS = Term(
    "Mixture of experts",
    short="MoE",
    plural="Mixtures of experts",
    definition="many feed-forward networks, of which a router selects a few for each token",
    source="Shazeer et al. 2017, arXiv:1701.06538",
)
LATENT_MOE = Term(
    "Latent MoE",
    definition="a mixture of experts that work on fewer features than the residual stream has",
    source="Nemotron 3, arXiv:2512.20856",
)
HASH_MOE = Term(
    "Hash-routed MoE",
    definition="a mixture of experts that a table of token IDs selects",
    source="Roller et al. 2021, arXiv:2106.04426",
)
DENSE_AND_MOE = Term(
    "Dense FFN + MoE",
    definition="a feed-forward network that every token passes, in parallel to a mixture of experts",
    source="transformers, models/gemma4",
)
EXPERT = Term("Expert")
SHARED_EXPERT = Term(
    "Shared expert",
    definition="an expert that every token passes",
    source="DeepSeekMoE, arXiv:2401.06066",
)
SHARED_EXPERTS = Term(
    "{number} shared experts as one", definition="shared experts that are stored as one, of their width in all"
)
AS_ROUTED = Term("else as each routed expert", definition="clamp, factors and biases of a shared expert")
OF_WIDTH = Term("width {width}")
INSIDE = Term("{kind:within}", definition="the kind of network that an expert is, in the second line of its box")
OF_EXPERT_WIDTH = Term("expert width {width}", definition="features inside each routed expert")
OPENED_EXPERT = Term("{label}: {detail:within}")
SUM_OF = Term("{parts:+}", definition="what each token passes, several experts and networks added")
ACTIVE_WITH_IDENTITY = Term("{active} of {all} ({identity} identity)")
AT_MOST_ACTIVE_OF = Term("≤ {active} of {total}", definition="experts that a token passes at most, and all of them")
SHARED = Term("{number} shared")
DENSE = Term("dense")
ONE_DENSE = Term("1 dense")
ACTIVE_SHARE = Term("{active:parameters} of {total:parameters} parameters active per layer")
ACTIVE_SHARE_MOST = Term("≤ {active:parameters} of {total:parameters} parameters active per layer")

# Their routers
MLP_ROUTER = Term(
    "MLP router",
    definition="a router of several layers, which may read that of the layer below",
    source="Zyphra 2025, arXiv:2511.17127",
)
ROUTER = Term("Router", definition="scores of all experts for a token, and which of them it passes")
SQRT_SOFTPLUS = Term("√softplus")
SPARSEMIXER = Term("SparseMixer", source="Liu et al. 2023, arXiv:2310.00811")
BY_TOKEN_ID = Term("{number} by token ID")
EXPERT_GROUPS = Term(
    "{selected} of {total:group|groups}",
    definition="expert groups selected, of which the experts are",
    source="DeepSeek-V2, arXiv:2405.04434",
)
OR_SKIP = Term("{selected} or skip", definition="one more choice, at which a token passes no expert")
WITHOUT_DEPTH_AVERAGE = Term("router without depth averaging")
ROUTER_STATE = Term("Router state", definition="the narrow line of the router of the layer below")
OF_THE_LAYER_BELOW = Term("of the layer below")
LEARNED_SCALE = Term("learned scale")
ROUTER_LOGITS = Term("logits {width}")
HASHED = Term("token-ID table selects the experts (hash routing)")
RENORMALIZED = Term("top-k weights renormalized", definition="weights of the selected experts are divided by their sum")
LEARNED_BIAS = Term("+ learned bias")
EXPERT_SCALE = Term("learned scale per expert")
WEIGHT_ON_INPUT = Term("router weight applied to the expert input")
SOLE_WEIGHT = Term(
    "expert output × its router probability",
    source="Fedus, Zoph and Shazeer 2021, Switch, arXiv:2101.03961, equation 2",
)
CAPACITY = Term(
    "expert capacity {tokens:token|tokens}; further ones skip the layer",
    definition="tokens that an expert has no room for pass by the residual connection alone",
    source="Fedus, Zoph and Shazeer 2021, Switch Transformers, arXiv:2101.03961, section 2.2",
)
ROUTER_BIAS = Term("bias on the router")
ROUTER_SOFTCAP = Term("router logit softcap {cap}")
ROUTED_SCALE = Term("routed output × {factor}")
GLOBAL_SCALE = Term("learned global scale of the weights")
SELECTION_BIAS = Term(
    "selection bias for load balancing",
    definition="a bias per expert that selects and does not weigh, adjusted without gradients",
    source="Wang et al. 2024, arXiv:2408.15664",
)
ZERO_EXPERTS = Term(
    "top-{active} of {all}, {number} of them zero-computation (identity)",
    definition="choices of the router at which a token passes as it is",
    source="LongCat-Flash, arXiv:2509.01322",
)
IDENTITY_EXPERTS = Term("Identity")
RMSNORM_OF_EXPERTS = Term(
    "RMSNorm of each expert", definition="A norm of the output of each expert, before they are summed."
)
NUMBER_OF_EXPERTS = Term("{number:expert|experts}")
SHARED_GATE = Term("gate")
HALVED = Term("× 1/2")
OVER_ROOT_2 = Term("× 1/√2")
