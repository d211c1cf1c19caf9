"""The reading of words: what a buyer or a seller typed, as facts, questions, replies and days."""
