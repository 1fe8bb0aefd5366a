"""Terms of the picture of one model: its header and footer, its frames, its panels."""

from __future__ import annotations

from archdraw.glossary.phrases import Term
from archdraw.glossary.shapes import INPUT as INPUT
from archdraw.records import record

# Header
TRAINED_OF = Term("{count:parameters} of {total:parameters} parameters trained", definition="the others are frozen")
SIZE = Term("{count:parameters} parameters")
SIZE_TEXT = Term("{count:parameters} parameters ({text:parameters} text)")
TOTAL = Term("{total:parameters} total")
TOTAL_EXCLUDING = Term("{total:parameters} total (excl. {parts:and})")
ALL_TABLES = Term("{count:parameters} in embedding tables and LM head")
LAYERS_OF_COLUMNS = Term("{numbers:+} layers")
BLOCKS_OF_COLUMNS = Term("{numbers:+} blocks")
ACTIVE = Term(
    "active",
    definition="all parameters without the routed experts that a token does not pass and without lookup tables beside "
    "the token embedding; a footer says what a published count leaves out besides",
)
ACTIVE_EXCLUDING = Term("active (excl. {parts:and})")
AT_MOST_ACTIVE_OF = Term("≤ {count:parameters} active ({share})")
ACTIVE_OF = Term("{count:parameters} active ({share})")
ACTIVE_OF_EXCLUDING = Term("{count:parameters} active ({share}, excl. {parts:and})")
AT_MOST_ACTIVE_OF_EXCLUDING = Term("≤ {count:parameters} active ({share}, excl. {parts:and})")
ACTIVE_IN = Term(
    "{count:parameters} active", definition="in a part of a model, of the experts those that a token passes"
)
TEXT = Term("{count:parameters} text", definition="without encoders of other modalities")
CONTEXT = Term("context {length}")
CONTEXT_SHORT = Term("context {length} ({short})")
NO_CONTEXT_LIMIT = Term("no fixed context limit")
REPORTED = Term("{figure}, as reported")
NO_SIZE = Term("size not disclosed")

INPUT_EMBEDDING = Term("input embedding tables")
FURTHER_TABLES = Term(
    "further embedding tables",
    definition="tables beside that of the tokens, which is the output, too: learned positions, token types",
)
EMBEDDING_TABLES = Term("embedding tables")
ENCODERS = Term("encoders")

# Footer
ACTIVE_AS_PUBLISHED = Term("active as published: excl. {parts:and}")
NOT_IN_TOTAL = Term("not in the total: {modules:and}")
INCOMPLETE = Term("incomplete: {reasons}")
MORE_REASONS = Term("{number} more")
NOT_DRAWN = Term("not drawn: {blocks}")
NOT_OPENED = Term("panels left out", definition="what a plate has no room for, and the view that has it")
CLOSED = Term("not opened", definition="before the names of boxes with more inside than they say, and without a panel")
BOXES = Term("boxes", definition="of which a footer without room for names says how many stay closed")
CLOSED_IN = Term("in {panel}: {blocks}", definition="boxes of a panel that have none of their own")
FEWER_NOTES = Term("some notes left out", definition="panels that stand without their lesser notes")
NOT_SHOWN = Term("not shown: {what}")
NOTES = Term("notes", definition="what an author says of single boxes")
SIZES = Term("sizes", definition="the second lines of boxes, and what is in brackets behind a tag")
PANELS = Term("{number:panel|panels}", definition="of which a page has room for none or for some")
MODULES = Term("side modules")
INSIDE = Term("the inside of layers")
WHOLE = Term("the blocks of the network")
AND_MORE = Term("{first} and {number} more")
EXPERTS_OF = Term(
    "MoE: {active} of {total:expert|experts}", definition="of a mixture of experts, how many work per token"
)
EXPERTS_AND_SHARED = Term(
    "MoE: {active} of {total} + {shared} shared",
    definition="of a mixture of experts, how many work per token, and those that always do",
)
BOTH = Term("{first}, {second}", definition="two boxes that follow each other as one")
EITHER = Term("{first} or {second}", definition="two alternatives as one box")
THAT_READS = Term("{name}, {what}", definition="layers with what reads another part of the model")
THAT_READS_IN = Term("{name}, {what} in {number}", definition="the same where it is in so many of the layers only")
REST_OF_LAYERS = Term("the rest of some layers", definition="of layers of which one block is shown")
PUBLISHED_DIFFER = Term("differs from the published {figures:and}: {why}")
PUBLISHED_FIGURES = {
    "total_parameters": Term("{figure} total"),
    "active_parameters": Term("{figure} active"),
    "kv_cache_bytes_per_token": Term("KV cache of {figure:bytes} per token"),
}
"""How a footer names a published figure that is not the count, with the digits that it was published with."""
SOURCES = Term("Source: {sources}")
SOURCE_AND_MORE = Term("Source: {source} and {number} more", definition="the others are in the description")
LICENSE = Term("License: {license}")

# The column
FINAL = Term("Final {norm}")
REPEATED = Term("{number} ×")
SEVERAL = Term("{number} × {what}")
LOOPED = Term("loop {times} ×")
LOOP = Term("applied {times:time|times} with shared weights")
PREVIOUS_STEP = Term("t−1", definition="the value of the step before, at a line that leads back")
UNKNOWN_TIMES = Term("? ×")
AND_UNDISCLOSED = Term("{layers} + an undisclosed number")
UNKNOWN_LAYERS = Term("number of layers not disclosed")
EXPERTS = Term("{total:expert|experts}, {active} active")
EXPERTS_AT_MOST = Term("{total:expert|experts}, ≤ {active} active")
ONE_EXPERT = Term("1 expert")
EXPERTS_PER_TOKEN = Term("{total:expert|experts}, {active} active per token")
CONCATENATE = Term("concatenate", definition="the features of several lines one after the other")
OR = Term("or", definition="one more of the blocks of which each layer has one")
IN_LAYER = Term("in layer {number}")
IN_THE_LAYERS = Term("in layers {numbers:and}")
IN_LAYERS = Term("in {number} of {all:layer|layers}")
IN_LAYERS_EVERY = Term("in {number} of {all:layer|layers}, every {ordinal}")
SHARE_OF_LAYERS = Term("{number} of {all}", definition="how many layers of how many have a block")
ONE_PER_LAYER = Term("one per layer", definition="the blocks of which each layer has one")
OF_LAYERS = Term("of {all}", definition="of how many layers each of so many has a block")
OF_THESE_LAYERS = Term("of these {all}")
IN_THESE_LAYERS = Term("in {number} of these {all:layer|layers}")
ONLY = Term("only {when}; {detail}")
ONE_LAYER = Term("layer {number}")
LAYER_RANGE = Term("layers {first}–{last}")
LAYER_LIST = Term("layers {numbers}")
BAR = Term("{which}: {what}")
FULL_ATTENTION = Term(
    "Full attention ({kind})",
    short="full attention",
    definition="Each token attends to all tokens before it, where in other layers it attends to a window of them.",
)
NAMED_RUN = Term("{name} ({which})", definition="layers that an author named, folded to a bar")
ARRANGED_RUN = Term("{which}, {how}")
PARALLEL = Term("parallel", definition="Mixer and feed-forward network are side by side: their outputs are added.")
SEQUENTIAL = Term("sequential", definition="The feed-forward network takes what the mixer left.")
PORT = Term("{label}: {detail}")
WITHOUT = Term("without {what}")
WITH = Term("with {what}")
KIND = Term("kind {number}")
KINDS_OF = Term("{number:kind|kinds} of {what}")
NAMED_KINDS_OF = Term("{number:kind|kinds} of {what}: {names}")
KINDS_OF_FEED_FORWARD = Term("feed forward")
WITH_LAYERS = Term("{name}, {number:layer|layers}")
RUNS = Term("{number:other kind|other kinds} of layers")

# Figures that stand out
FACT_PARAMETERS = Term("parameters")
FACT_CACHE_AT = Term("cache at {context}")
FACT_CACHE = Term("cache per token", definition="keys and values, and the keys of indexers")
FACT_CACHE_SHORT = Term("cache/token")
FACT_CROSS_CACHE = Term("cross-attention cache", definition="keys and values of the whole output of an encoder")
FACT_CROSS_CACHE_EACH = Term("cross-attention cache per position")
FACT_STATE = Term("state")
FACT_CONTEXT = Term("context")
FACT_VOCABULARY = Term("vocabulary")
FACT_LAYERS = Term("layers")
FACT_BLOCKS = Term("blocks")
PLAIN = Term("plain", definition="layers that have no name of their own beside others that have")
ALL_TOKENS = Term("all tokens")
BLOCK = Term("block")

# The layer map
ORDER = Term("{number:layer|layers} = {orders}")
COUNTS = Term("{number:layer|layers}: {counts}")
LETTERED = Term("{number:layer|layers}: {counts} = {order}")
IDENTICAL = Term("{number:identical layer|identical layers}")
OF_BOTH = Term("encoder and decoder, each: {order}", definition="the order of the layers of both, which is the same")
OF_DECODER = Term("decoder: {order}", definition="the order of the decoder's layers, beside an encoder with its own")
EACH_WITH = Term("{order}, each with {what}")
CELL = Term("layer {number}: {what}")
CELLS = Term("layers {first} to {last}: {what}")
NO_FEED_FORWARD = Term("no FFN")
DENSE = Term("dense {what}")

# Panels
MASKS = Term("Attention masks")
MASKS_RHYTHM = Term("Attention masks ({first} {one} : {second} {other})")
WINDOW = Term("{kind}, window {size}")
WINDOW_EACH_SIDE = Term("{kind}, window {size} (±{side})")
WINDOW_AND_FIRST = Term("{kind}, window {size} + first {first}")
CHUNK = Term("{kind}, chunk {size}")
PREFIX = Term("{kind}, prefix {size}")
SELECTION = Term("{kind}, top {size}", definition="An indexer selects so many keys for each query.")
SELECTED_BLOCKS = Term("{kind}, top {number:block|blocks}", definition="The same, in whole blocks of keys.")
DECODER = Term("Decoder")
PANEL_OF = Term("{column}: {panel:within}")
PANEL_OF_BOTH = Term("{panel} ({column:within}, too)")
LIKE_IT = Term("{block}: {difference}", definition="a block that a panel stands for, and how it differs")
HAVING = Term("with {what:and}")
OTHER_SIZES = Term("{number} more of other sizes", definition="blocks like the one that a panel shows")
LINES_IN = Term("comes in, from the left: {lines:and}", definition="names of the lines that a panel begins with")
OF_NUMBERS = Term("{what}, {numbers} alike")
EACH_HAS = Term("each {block:within}: {what}", definition="what all blocks in the rows of a table have alike")
ONE_OF = Term("One of {layers}", definition="what each of so many layers is like")
PARTLY = Term("{what} in {number:layer|layers}", definition="a block that not all layers of a bar have")
IN_LAYER_BOX = Term("{layer}: {blocks}")
IN_RESIDUAL_LAYER_BOX = Term("{layer}: {blocks}; {number:residual connection|residual connections}")
BESIDE_LAYERS = Term("{what}: {count:parameters} parameters")
ALL_BESIDE_LAYERS = Term("{what}: {count:parameters} parameters together", definition="the same of several")
MEMORY = Term("Memory in bf16 at {context:token|tokens}")
WEIGHTS = Term("weights {size:bytes}")
WEIGHTS_PUBLISHED_IN = Term("weights are published in {precision}")
CACHE = Term("KV cache {size:bytes}")
CACHE_AT = Term("KV cache at {length:token|tokens}")
CACHE_OF_TOKEN = Term("KV cache {size:bytes} per token")
CACHE_PER_TOKEN = Term("KV cache {size:bytes} per token in {where}")
CACHE_PER_TOKEN_OF_SEVERAL = Term(
    "KV cache {size:bytes} per token in {where} with {each:attention block|attention blocks} each"
)
IN_LOOPS = Term("{layers} × {loops:loop|loops}", definition="layers with the same weights each time they are passed")
SOME_IN_LOOPS = Term("{layers}, {looped} of them × {loops:loop|loops}", definition="the others are passed once")
IN_PASSES = Term("{layers}, {passes:+} layer passes", definition="some layers are passed more than once")
MEMORY_OF_STATE = Term("Memory in bf16 at any context")
MEMORY_OF = Term("{memory}: weights + {kept}", definition="what the two parts of a bar of memory are")
OF_MEMORY = Term("{part:bytes} of {whole:bytes}", definition="how much of a bar is filled, and what the whole of it is")
INDEX_KEYS = Term("indexer keys {size:bytes}")
CACHE_AND_INDEX = Term(
    "KV cache + indexer keys", definition="what indexers keep to select keys, which no count of the KV cache has in it"
)
OF_WHICH_INDEX = Term("KV cache {cache:bytes} + indexer keys {index:bytes}")
CROSS_CACHE = Term("cross-attention cache {size:bytes}")
CROSS_CACHE_AT = Term("cross-attention: {size:bytes} for {positions:encoder position|encoder positions}")
CROSS_CACHE_SUPPOSED = Term(
    "cross-attention: {size:bytes} for {positions:encoder position|encoder positions}, as many as the context",
    definition="what cross-attention keeps where nothing limits the input of the encoder",
)
CROSS_CACHE_EACH_SUPPOSED = Term(
    "cross-attention: {size:bytes} for each of {positions:encoder position|encoder positions}, as many as the context"
)
CROSS_CACHE_EACH_OF = Term("cross-attention: {size:bytes} for each of {positions:encoder position|encoder positions}")
CACHE_IN_WINDOWS = Term(
    "KV cache per token: {size:bytes} within the windows, {after:bytes} beyond them",
    definition="layers with a window keep no more than that many tokens, so that each further one adds less",
)
CACHE_ONLY_IN_WINDOWS = Term("KV cache {size:bytes} per token within the windows, none beyond them")
CACHE_FULL = Term("{size:bytes} with full attention in every {layer}")
CACHE_OF_ALL_TOKENS = Term("{size:bytes} with all tokens in every {layer}")
CACHE_OWN = Term("{size:bytes} with its own K and V in every {layer}")
CACHE_FULL_OWN = Term("{size:bytes} with full attention and its own K, V in every {layer}")
LAYER = Term("layer")
MIXING_LAYER = Term("sequence-mixing layer")
STATE = Term("recurrent state {size:bytes}")
STATE_IN = Term("recurrent state {size:bytes} ({dtype})")
CONVOLUTION_STATE = Term("convolution state {size:bytes}")
BUFFERS = Term("buffers of {size:bytes}")
INDEPENDENT = Term("{state}, independent of context")
BREAKDOWN = Term("Parameter breakdown ({total:parameters})")
PART = Term("{part} {share}")
OTHER = Term("other")
TOKEN_MIXING = Term("token mixing")
SHARE_AT_MOST = Term("active ≤ {part:parameters} of {whole:parameters}")
SHARE = Term("active {part:parameters} of {whole:parameters}")
SHARE_EXCLUDING = Term("active {part:parameters} of {whole:parameters}, excl. {parts:and}")
OTHER_COUNT = Term("{count:parameters} {what}")
WITH_PARTS = Term("incl. {parts:and}")
WITHOUT_PARTS = Term("excl. {parts:and}")
REPORTED_FIGURES = Term("Reported figures")
NOT_DISCLOSED = Term("Not disclosed")
SOURCE = Term("source: {source}")
UNKNOWN_BLOCK = Term("{block:within}: {detail}")
UNKNOWN_REST = Term("number of layers, norms, residual connections, positions")


@record
class PartGroup:
    """Parts of a model that are counted as one in its breakdown, with the role that gives the colour."""

    term: Term
    role: str
    parts: frozenset[str]


EMBEDDING = Term("embedding")
PART_GROUPS = (
    PartGroup(Term("routed experts"), "experts", frozenset({"experts"})),
    PartGroup(Term("shared experts"), "shared", frozenset({"shared_experts"})),
    PartGroup(Term("feed-forward"), "feed_forward", frozenset({"feed_forward"})),
    PartGroup(Term("attention"), "attention", frozenset({"attention"})),
    PartGroup(Term("embedding, head"), "embedding", frozenset({"embedding", "head"})),
    PartGroup(Term("recurrent networks"), "linear", frozenset({"recurrent"})),
    PartGroup(Term("convolution"), "convolution", frozenset({"convolution"})),
    PartGroup(Term("encoders"), "auxiliary", frozenset({"encoder"})),
)
"""The parameter breakdown, in the order of display where sizes are equal; all else is other."""

# What comes into a model, where its author does not say it
TOKENIZED_TEXT = Term("Tokenized text")
SOURCE_TOKENS = Term("Source tokens", definition="the text that an encoder reads, as tokens")
SHIFTED_TOKENS = Term(
    "Target tokens, shifted", definition="the tokens so far, each at the place of the one it predicts"
)
READS = Term("{input} in, {what}", definition="an encoder beside the spine: what it reads, and how large it is")
FEEDS = Term(
    "DeepStack → after {layers}",
    definition="outputs of layers of a vision encoder are added after the first layers of the model",
    source="Meng et al. 2024, DeepStack, arXiv:2406.04334",
    proper=True,
)
BEHIND = Term(
    "DeepStack, after {layers}", definition="the only layers whose outputs something is added to", proper=True
)
IMAGE = Term("Image")
SOUND = Term("Audio")
