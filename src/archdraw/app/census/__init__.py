"""A fact table of very many configs: a row each, whatever is wrong with it, in constant memory.

:mod:`~archdraw.app.census.sources` finds the configs, :mod:`~archdraw.app.census.rows` makes the row of one,
:mod:`~archdraw.app.census.running` has many made at once, :mod:`~archdraw.app.census.files` writes them as they come.
"""
