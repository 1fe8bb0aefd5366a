"""Kinds that hold other kinds: layers, stacks, loops, norms, and the algebra itself."""
