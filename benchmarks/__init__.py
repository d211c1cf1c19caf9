"""Measures how fast the product is. Nothing here fails: the figures are for people to read."""
