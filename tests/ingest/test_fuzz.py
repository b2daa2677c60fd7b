"""Damaged files of every kind: the reader refuses or accounts for every line, and never fails."""

import random
from collections import Counter
from pathlib import Path

import pytest

from graph.errors import BadExport
from tests.ingest.mutations import mutated, seeds, survive

ROUNDS = 300  # the bench does 10,000 (tests/bench/ingest_fuzz.py)


def outcomes(corpus: Path | None, folder: Path, rounds: int, seed: int) -> Counter[str]:
    chance, files = random.Random(seed), seeds(corpus)
    names, contents, counted = list(files), list(files.values()), Counter[str]()
    for number in range(rounds):
        name = chance.choice(names)
        path = folder / name
        path.write_bytes(mutated(files[name], contents, chance))
        try:
            counted[survive(path, folder / "staged").outcome] += 1
        except BadExport as refusal:
            assert refusal.message and "\n" not in refusal.message
            counted["refuse"] += 1
        except BaseException as fault:
            raise AssertionError(f"round {number} of seed {seed}: {name} kept in {folder}") from fault
    return counted


def test_no_damage_to_our_own_files_crashes_the_reader_or_hides_a_line(tmp_path):
    seen = outcomes(None, tmp_path, ROUNDS, seed=1)
    assert set(seen) == {"accept", "partial", "refuse"}


@pytest.mark.real_data
def test_no_damage_to_the_hostile_corpus_crashes_the_reader_or_hides_a_line(shared, tmp_path):
    seen = outcomes(shared / "corpus", tmp_path, ROUNDS, seed=2)
    assert set(seen) == {"accept", "partial", "refuse"}
