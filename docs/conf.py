"""What Sphinx reads: ``python -m docs`` builds the site."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from archdraw import __version__

project = "archdraw"
author = "The archdraw authors"
copyright = author
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "archdraw.documents.sphinx", "docs.extension"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
myst_links_external_new_tab = False

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = "archdraw"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_static_path = ["extension/static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
# A summary would be fetched, which a page of a folder may not do.
html_show_search_summary = False
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"
html_theme_options = {"navigation_with_keys": False}
