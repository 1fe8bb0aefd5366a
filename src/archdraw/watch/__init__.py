"""The live view: a page on this computer that draws a spec again whenever it is saved (docs/watch.md).

``drawing`` reads and draws one model and knows what it is made from, ``hub`` says to every open page what it has to
show, ``changes`` hears of saved files, ``server`` answers browsers and editors.
"""
