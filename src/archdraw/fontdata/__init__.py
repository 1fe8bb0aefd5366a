"""Inter as data: metrics, outlines and embeddable subsets, made by :mod:`archdraw.fontdata.generate`.

Nothing here is code that runs with a picture: :mod:`archdraw.fonts` reads the files. The font is under the SIL Open
Font License, which stands beside the files as ``OFL.txt``.
"""
