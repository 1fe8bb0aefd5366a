"""Work on many files: jobs of processes, the gallery, tables of facts, coverage, and pictures of several models."""
