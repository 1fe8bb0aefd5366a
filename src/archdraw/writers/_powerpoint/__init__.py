"""Decks of PowerPoint: slides whose pictures are shapes that can be edited, in the colours and fonts of a theme.

python-pptx opens templates, keeps the parts of a file together and writes it. The shapes of a picture are put together
here as text and parsed once: the library adds them one by one, takes seconds for a plate, and has no words for what
these need (transparent theme colours, places of lines at boxes, one freeform for many cells).
"""
