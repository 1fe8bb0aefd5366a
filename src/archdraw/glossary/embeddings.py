"""Terms of both ends of the layers: tables of tokens and positions, output heads, multi-token prediction."""

from __future__ import annotations

from archdraw.glossary.phrases import Term

# Embeddings
TOKEN_EMBEDDING = Term(
    "Token embedding",
    plural="Token embeddings",
    definition="a table with one learned vector per token of the vocabulary",
    source="Vaswani et al. 2017, section 3.4, arXiv:1706.03762",
)
POSITION_EMBEDDING = Term(
    "Position embedding",
    plural="Position embeddings",
    definition="a table with one learned vector per position, added to those of the tokens",
    source="Gehring et al. 2017, arXiv:1705.03122",
)
SEGMENT_EMBEDDING = Term(
    "Segment embedding",
    plural="Segment embeddings",
    definition="a table with one learned vector per segment of the input, added to those of the tokens",
    source="Devlin et al. 2018, BERT, arXiv:1810.04805",
)
POSITIONAL_ENCODING = Term(
    "Positional encoding",
    definition="sines and cosines of the position, added to the vectors of the tokens; not learned",
    source="Vaswani et al. 2017, section 3.5, arXiv:1706.03762",
)
TIMES_ROOT = Term("× √{of}")
DIVIDED = Term("÷ {divisor}")
LEARNED = Term("learned")
SINUSOIDAL = Term("sinusoidal")
POSITIONS = Term("{number:position|positions}")
UNUSED_ROWS = Term("{number:unused row|unused rows}")
SEGMENTS = Term("{number:segment|segments}")
TABLES = Term("{number:table|tables}")
ROWS = Term("{number:row|rows}")

# Output heads
LM_HEAD = Term(
    "LM head",
    plural="LM heads",
    definition="the projection from the last hidden vector to one logit per token of the vocabulary",
)
MASKED_LM_HEAD = Term(
    "Masked LM head",
    short="MLM head",
    definition="a projection, an activation, a norm and the LM head, which predict masked tokens",
    source="Devlin et al. 2018, BERT, arXiv:1810.04805",
)
TIED = Term(
    "tied",
    definition="with the weights of the token embedding",
    source="Press and Wolf 2017, arXiv:1608.05859",
)
UNTIED = Term("untied", definition="with weights of its own, not those of the token embedding")
BIAS = Term("bias")
OWN_FEATURES = Term("{width:feature|features} untied")
UNUSED_BIAS = Term("unused bias", definition="a bias of the LM head that is stored and that nothing adds")

# Classification heads
CLASSIFIER = Term(
    "Classifier",
    plural="Classifiers",
    definition="the projection from a hidden vector to one score per label",
)
POOLER = Term(
    "Pooler",
    definition="the vector of one token, or the mean of all, through a projection: it stands for the sequence",
    source="Devlin et al. 2018, BERT, arXiv:1810.04805",
)
FIRST_TOKEN = Term("First token")
LAST_TOKEN = Term("Last token")
MEAN_OF_TOKENS = Term("Mean of tokens")

# N-grams
NGRAM_EMBEDDING = Term(
    "N-gram embedding",
    plural="N-gram embeddings",
    definition="the mean of the token embedding and of rows that hashes of the last few tokens select from tables",
    source="Meituan LongCat Team 2026, arXiv:2601.21204",
)
ENGRAM = Term(
    "Engram (n-gram memory)",
    short="Engram",
    definition="rows that hashes of the last few tokens select from tables, gated by the hidden vector of a layer",
    source="arXiv:2601.07372",
    proper=True,
)
NGRAM_TABLES = Term("{number:n-gram table|n-gram tables}")
TOKEN_AND_NGRAM_TABLES = Term("token table + {number:n-gram table|n-gram tables}")
BIGRAMS = Term("n = 2", definition="tokens of an n-gram")
NGRAMS = Term("n = 2–{largest}", definition="tokens of an n-gram")
ABOUT_EACH = Term("≈{rows} × {width} each")
TABLE_ROWS = Term("{rows:row|rows}, dim {width}")
TABLE_ROWS_IN_ALL = Term("{rows:row|rows} in all, dim {width}")
PROJECTIONS = Term("{number:projection|projections}")
SUMMED = Term("summed")
IN_TABLES = Term("{count:parameters} in lookup tables")
NGRAM_LOOKUP = Term("n-gram tables", definition="lookup tables for n-grams: a token reads a few rows of them")
PER_LAYER_LOOKUP = Term(
    "per-layer embeddings", definition="lookup tables with a vector per token for each layer: a token reads one row"
)
NGRAM_PARAMETERS = Term("n-gram tables: {count:parameters} parameters")
ROWS_PER_TOKEN = Term("{rows:row|rows} looked up per token")
GATE_PER_STREAM = Term("one gate per residual stream ({streams})")
CONTEXT_GATE = Term(
    "Context-aware gate",
    definition="the sigmoid of the signed root of the product of normalized hidden vector and normalized key",
    source="arXiv:2601.07372",
)
OF_STREAM_AND_KEY = Term("{activation} of signed √(stream · K)")
TOKEN_IDS = Term("Token ids")
HASHED = Term("hashes, {tokens}", definition="a hash of the last tokens selects a row of a table")
TO_EACH_STREAM = Term("added to each of {streams:stream|streams}")
DILATION = Term("dilation {tokens}", definition="tokens from one that a convolution reaches to the next")

# Per-layer embeddings
PER_LAYER_EMBEDDINGS = Term(
    "Per-layer embeddings",
    short="PLE",
    definition="a narrow vector per token for each layer: a row of a table plus a projection of the token embedding",
    source="Gemma 3n, transformers, models/gemma3n",
)
PER_LAYER_INPUT = Term(
    "Per-layer input",
    plural="Per-layer inputs",
    definition="a gated projection by which a layer reads the embedding that a token has for it",
    source="Gemma 3n, transformers, models/gemma3n",
)
PER_LAYER_TABLE = Term("Per-layer embedding table")
PER_LAYER_EMBEDDING = Term("Per-layer embedding")
OF_THIS_LAYER = Term("of this layer")
IDS_TO_LAYERS = Term("Ids and embeddings → {number:layer|layers} × {width:feature|features}")
LOOKED_UP = Term("table of {count:parameters} parameters: looked up, not multiplied")
POST_PLE = Term("Post-PLE {norm}")
LAYER_SCALAR = Term("Layer scalar", definition="one stored constant that multiplies the output of a layer")
TIMES_LAYER_SCALAR = Term("× layer scalar")

# Multi-token prediction
MTP_MODULE = Term(
    "MTP module",
    plural="MTP modules",
    definition="a layer after the last one that predicts one more token: it joins a hidden vector with the embedding "
    "of the next token and ends in the LM head",
    source="DeepSeek-AI 2024, DeepSeek-V3, arXiv:2412.19437",
)
MTP_MODULES = Term(MTP_MODULE.plural)
MODULES_OF_A_LAYER = Term("{number:module|modules}, 1\u00a0layer each")
MULTI_TOKEN_PREDICTION = Term("Multi-token prediction (MTP)")
DSPARK = Term(
    "DSpark",
    definition="layers that draft a block of tokens at once from hidden vectors of the model, which then verifies them",
    source="DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969",
)
EXTRA_PARAMETERS = Term("{count:parameters} (not in total)")
NEXT_TOKEN = Term("next token")
PREVIOUS_TOKEN = Term("previous token")
PER_TOKEN = Term("per token")
HIDDEN_STATES = Term("what comes into {layers}, mean of the streams")
READS_LAYERS = Term("from inputs of {layers}")
COLLAPSE_STREAMS = Term("Collapse streams", definition="a sum of the residual streams")
MARKOV_HEAD = Term(
    "Markov head",
    definition="a low-rank correction of the logits that depends on the previous token of the draft",
    source="DeepSeek-AI 2026, DeepSeek-V4.1, arXiv:2609.19969",
)
CONFIDENCE_HEAD = Term("Confidence head", definition="how probable it is that a drafted token will be accepted")
DRAFTS = Term("drafts blocks of {tokens:token|tokens}")
JOINED_WITH_EACH_STREAM = Term("the embedding is joined with each residual stream")
SHARED_WITH_MODEL = Term("token embedding and LM head shared with the model")
HEAD_SHARED_WITH_MODEL = Term("LM head shared with the model")
READS_NEXT_TOKEN = Term("also reads the next token")
