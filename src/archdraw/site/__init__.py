"""The site of a gallery: pages without a server, made of the pictures and facts of many models."""
