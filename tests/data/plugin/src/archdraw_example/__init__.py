"""One of each thing that can be added to archdraw from another package, each in a file of its own."""
