"""What each of our own commands does, in the first lines of its help: the page of all imports none of them."""

from __future__ import annotations

from collections.abc import Mapping

SUMMARIES: Mapping[str, str] = {
    "census": "Count very many configs into one table, a row each.",
    "check": "Validate specs (prints OK).",
    "compare": "Draw models side by side, with their differences.",
    "coverage": "List models by architectural feature, as Markdown.",
    "facts": "Count parameters, cache, operations and memory of models.",
    "fit": "Estimate whether models fit in memory.",
    "gallery": "Draw many models, with an index page.",
    "import": "Write the spec that a config.json describes.",
    "kinds": "List the kinds of blocks, or describe one of them.",
    "lineage": "Draw model lineage.",
    "poster": "Draw many diagrams on one sheet, with a legend and an index.",
    "render": "Draw models.",
    "scale": "Plot total against active size.",
    "show": "Print an intermediate representation.",
    "table": "Export model facts as a table.",
    "themes": "List the themes, or check the themes in FILEs.",
    "timeline": "Draw a feature-adoption timeline.",
}
