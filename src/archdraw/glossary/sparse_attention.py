"""Terms of attention to selected keys: indexers, and the kinds of attention that have one."""

from __future__ import annotations

from archdraw.glossary import common
from archdraw.glossary.phrases import Term

# What a block is called
DSA = Term(
    "DeepSeek Sparse Attention",
    short="DSA",
    definition="Each query attends to the keys that a lightning indexer scores highest.",
    source="DeepSeek-AI 2025, DeepSeek-V3.2, arXiv:2512.02556",
)
GROUPED_QUERY_DSA = Term(
    "GQA with DeepSeek Sparse Attention (DSA)",
    short="GQA with DSA",
    definition="Grouped-query attention to the tokens that a lightning indexer selects.",
    source="modeling_naive_n05_flash.py of NaiveAI/Naive-N0.5-Flash; indexer: arXiv:2512.02556",
)
BLOCK_SPARSE = Term(
    "Block-sparse attention",
    definition="Each group of query heads attends to the blocks of keys that an indexer selects for it.",
    source="MiniMax 2026, MiniMax-M3, arXiv:2606.13392",
)
POOLED_INDEX = Term(
    "Sparse attention, pooled index",
    definition="Each query attends to blocks of tokens, selected by index keys that are means over a block.",
    source="Qwen4ExpTextQSAIndexer of transformers",
)
GATED_SPARSE = Term("Gated sparse attention")

# Indexers
LIGHTNING_INDEXER = Term(
    "Lightning indexer",
    definition="Scores keys by the sum over its heads of weight · ReLU(query · key).",
    source="DeepSeek-AI 2025, DeepSeek-V3.2, section 2.1, arXiv:2512.02556",
)
BLOCK_INDEXER = Term("Block indexer", definition="A block of keys scores as its best key does.")
POOLED_INDEXER = Term("Indexer", definition="A block of keys scores by the sum of ReLU(query · mean key).")
SHARED_INDEX = Term(
    "Shared index",
    definition="The selection of the last earlier layer that has an indexer.",
    source="arXiv:2603.12201",
)
INDEX_QUERIES = Term("index Q {heads} × {width}")
INDEX_KEYS = Term("index K {width}")
INDEX_QUERIES_KEYS = Term("index Q, K {width}")
INDEX_WEIGHTS = Term("weights ({heads})")
INDEX_WEIGHTS_OF = Term("per index head")
ONE_PER_TOKENS = Term("one per {tokens:token|tokens}")
MEAN_OF_TOKENS = Term("K: mean of {tokens:token|tokens}")

# What is selected
TOP_TOKENS = Term("top-{number}\u00a0tokens")
TOP_ENTRIES = Term("top-{number}\u00a0entries")
TOP_BLOCKS = Term("top-{number} blocks")
TOP_BLOCKS_OF = Term("top-{number} blocks of {tokens:token|tokens}")
TOP = common.TOP_K
TOP_OF_EARLIER = Term("top-{number}\u00a0of an earlier layer")
SHARED_TOP = Term("top-{number}, shared")
REACH = Term("each query attends to ≤ {keys:key|keys}")
REACH_OWN_BLOCK = Term(
    "per KV head each query attends to ≤ {keys:key|keys}, incl. its own block of {tokens}",
    definition="of the block that the query is in, as far as it has come; each group of query heads has its own keys",
)
REACH_OWN_BLOCKS = Term(
    "per KV head each query attends to ≤ {keys:key|keys}, incl. its own block of {tokens} and the {before} before it"
)
REACH_UNFINISHED = Term("each query attends to ≤ {keys:token|tokens} and its own unfinished block of {tokens}")

# The indexer's cache
INDEX_CACHE = Term("plus {width:indexer-key value|indexer-key values} per token")
INDEX_CACHE_POOLED = Term("plus {width:indexer-key value|indexer-key values} per {tokens:token|tokens}")
INDEX_CACHE_ENTRIES = Term("plus {width:indexer-key value|indexer-key values} per entry")
