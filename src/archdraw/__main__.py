"""``python -m archdraw``."""

from archdraw.cli import main

main()
