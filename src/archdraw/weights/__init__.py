"""The tensors of a model by name and shape: those of its tree, those of a file, and how the two compare."""
