"""Chance: one stream of random numbers per subject, so that adding one subject to a world disturbs no other."""

import zlib

import numpy as np


def chance(seed: int, *subject: str | int) -> np.random.Generator:
    """The stream of `subject` (words and numbers, from the general to the special) in the world of `seed`.

    The words become the spawn key of a SeedSequence (numpy's documented way to independent streams), so the
    stream depends on the seed and the subject's name alone, not on what was drawn before it.
    """
    key = tuple(zlib.crc32(str(word).encode()) for word in subject)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
