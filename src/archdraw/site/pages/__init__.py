"""The kinds of pages of a site, a module each: which files it makes, of what and with which scripts."""
