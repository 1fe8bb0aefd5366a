"""What was made before and need not be made again.

:mod:`~archdraw.cache.store` keeps bytes under keys, :mod:`~archdraw.cache.keys` says what a key is made of,
:mod:`~archdraw.cache.replay` does a whole command again of which nothing has changed. All three are imported before
anything else, so they import next to nothing: no pathlib, no json, no typing.
"""
