"""Readers: a file of any supported kind in, chunks of text records out, every line accounted for."""
