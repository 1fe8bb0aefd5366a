"""The documentation: ``python -m docs`` makes a site of it, ``docs.extension`` is what Sphinx needs for that."""
