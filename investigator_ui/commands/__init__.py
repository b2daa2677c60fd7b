"""The commands of `flockwatch`, one file per subject; each parses, calls one function and prints."""
