"""Starts the product, keeps its state, and is the only room that knows all the others."""
