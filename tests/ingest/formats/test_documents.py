"""docs/formats.md says what the code does: every format, field, reason and shipped mapping stands in it."""

from pathlib import Path

import pytest

from ingest.canonical.kinds import KIND_WORDS
from ingest.formats.canonical_fields import FIELDS
from ingest.formats.recognition import FORMATS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.profile.name)
def test_every_format_stands_in_its_place(known):
    assert f"| {known.profile.name} | {known.title} | {known.profile.kind} |" in PAGE


def test_the_formats_stand_in_the_order_in_which_they_are_tried():
    places = [PAGE.index(f"\n| {known.profile.name} | {known.title} |") for known in FORMATS]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_of_a_mapping_stands_in_its_table(kind: str):
    table = PAGE.split(f'### `kind = "{kind}"`')[1].split("###")[0]
    for name, meaning in FIELDS[kind].items():
        assert f"| `{name}`" in table
        assert meaning in table


@pytest.mark.parametrize("path", sorted((ROOT / "sample_data" / "mappings").glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_mapping_stands_in_the_list(path: Path):
    assert f"`{path.name}`" in PAGE


@pytest.mark.parametrize(
    "code",
    ["encoding", "bad_id", "id_precision_lost", "no_account", "bad_timestamp", "unknown_action", "post_id_conflict",
     "field_count", "bad_json", "duplicate_key", "repeated_header", "unterminated_quote", "suspicious_multiline",
     "control_character", "unknown_number", "cell_limit", "bad_line",
     "ties_nobody"],
)  # fmt: skip
def test_every_reason_is_explained(code: str):
    assert f"| `{code}` |" in PAGE


def test_every_word_for_an_action_is_named():
    assert [word for word in KIND_WORDS if word not in PAGE] == []
