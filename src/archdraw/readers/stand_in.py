"""A config that no file holds, as the text that a file would have: errors show their line of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def stand_in_text(config: Mapping[str, Any]) -> str:
    """``config`` as JSON, a key a line."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in config.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
