"""Made-up follows and likes: a crowd with heavy tails, and rings that touch the same objects, with or without camouflage."""

import numpy as np
import polars as pl


def crowd(seed: int, accounts: int = 1_500, objects: int = 1_200, touches: int = 12_000) -> pl.DataFrame:
    """account_id, object_id: uneven activity, uneven popularity, nobody coordinates."""
    draw = np.random.default_rng(seed)
    busy = 1 / np.arange(1, accounts + 1) ** 0.5
    liked = 1 / np.arange(1, objects + 1) ** 0.8
    who = draw.choice(accounts, touches, p=busy / busy.sum())
    what = draw.choice(objects, touches, p=liked / liked.sum())
    return pl.DataFrame(
        {"account_id": [f"user{a:05d}" for a in who], "object_id": [f"thing{o:05d}" for o in what]}
    ).unique(maintain_order=True)


def ring(seed: int, name: str, members: int = 20, objects: int = 15, share: float = 0.9) -> pl.DataFrame:
    """Each member touches each of the ring's own objects with chance `share`."""
    draw = np.random.default_rng(seed)
    rows = [
        (f"{name}{m:02d}", f"{name}-o{o:02d}") for m in range(members) for o in range(objects) if draw.random() < share
    ]
    return pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row")


def camouflage(seed: int, name: str, world: pl.DataFrame, members: int = 20, each: int = 30) -> pl.DataFrame:
    """Each member also touches `each` objects of the crowd, chosen by popularity."""
    draw = np.random.default_rng(seed)
    popular = world["object_id"].to_numpy()
    rows = [(f"{name}{m:02d}", str(o)) for m in range(members) for o in draw.choice(popular, each)]
    return pl.DataFrame(rows, schema=["account_id", "object_id"], orient="row").unique(maintain_order=True)
