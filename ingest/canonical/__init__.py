"""Canonicalisation: records of a known layout in, canonical facts out, every record accepted or set aside with one fault."""
