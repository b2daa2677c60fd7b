"""Runs that are given a model of meanings: a ring that never repeats a text is found by what it says, and only then."""

import json
import random
from pathlib import Path

import polars as pl
import pytest

from detectors import Settings, Tables, detect, load_settings, settings_from
from detectors.embeddings import load_word_vectors
from detectors.explaining.dossier import read_dossier
from detectors.paraphrase_actions import paraphrase_actions
from detectors.stages import Funnel
from detectors.text_model import named_model
from graph.errors import BadSetting
from graph.schemas import TEXT_SCHEMA
from tests.detectors.test_meanings import model, random_texts, said  # noqa: F401 - model is a fixture
from tests.detectors.worlds import actions_of, quiet_rows, ring_rows

WRITERS = [f"writer{number}" for number in range(6)]
TOPICS = 8


def a_world() -> tuple[pl.DataFrame, pl.DataFrame]:
    """2,000 texts of a crowd, each said once by one of 400; six writers put eight topics in their own words, within minutes."""
    draw, rows, texts = random.Random(3), [], {}
    for number, text in enumerate(random_texts(2, 2_000)):
        texts[f"t{number:04d}"] = text
        rows.append((f"user{draw.randrange(400):03d}", "text", f"t{number:04d}", draw.uniform(0, 7 * 86_400)))
    for topic in range(TOPICS):
        at = draw.uniform(0, 7 * 86_400)
        meant = draw.sample(range(200), 12)
        for writer in WRITERS:
            name = f"w{topic}{writer}"
            draw.shuffle(meant)
            texts[name] = said(meant, draw)
            rows.append((writer, "text", name, at + draw.uniform(0, 300)))
    known = pl.DataFrame({"fingerprint": list(texts), "normal_text": list(texts.values())}, schema=dict(TEXT_SCHEMA))
    return actions_of(rows).with_columns(block=pl.lit("en")), known


def settings(model: Path, **more: object) -> Settings:  # noqa: F811 - the fixture's value
    return Settings(replays=0, traces=("text", "paraphrase"), text_model=named_model(model), **more)  # type: ignore[arg-type]


def test_a_ring_that_never_repeats_a_text_is_found_by_what_it_says(model: Path):  # noqa: F811
    actions, texts = a_world()
    tables = Tables(actions.lazy(), texts=texts.lazy())
    assert detect(tables, Settings(replays=0, traces=("text",))).frames["clusters"].is_empty()
    frames = detect(tables, settings(model)).frames
    assert frames["members"]["account_id"].to_list() == WRITERS
    assert frames["clusters"]["traces"].to_list() == [["paraphrase"]]
    assert "text" in frames["signals"]["family"].to_list()
    assert "These accounts said in other words the same" in frames["clusters"]["sentence"][0]


def test_only_what_others_put_in_other_words_is_an_act(model: Path):  # noqa: F811
    actions, texts = a_world()
    told = paraphrase_actions(actions, texts.lazy(), load_word_vectors(model), Funnel())
    assert told["trace"].unique().to_list() == ["paraphrase"]
    ring = told.filter(pl.col("account_id").is_in(WRITERS))
    assert ring["object_id"].n_unique() <= 2 * TOPICS
    assert ring.height >= 0.8 * TOPICS * len(WRITERS)
    assert told.height - ring.height <= 0.2 * 2_000  # by construction 1 in 10,000 random pairs: 200 of two million
    assert set(told.columns) == set(actions.columns)


def test_the_record_knows_the_model_by_its_content_and_not_by_its_place(tmp_path: Path, model: Path):  # noqa: F811
    (tmp_path / "here").mkdir()
    copy = tmp_path / "here" / model.name
    copy.write_bytes(model.read_bytes())
    one, other = settings(model).parameters(), settings(copy).parameters()
    assert one == other
    assert str(tmp_path) not in json.dumps(other)
    copy.write_text("word 1 0\n", encoding="utf-8")
    assert settings(copy).parameters() != one


def test_settings_from_a_record_are_whole_but_the_model_is_not_at_hand(model: Path):  # noqa: F811
    again = settings_from(json.loads(json.dumps(settings(model).parameters())))
    assert again.parameters() == settings(model).parameters()
    actions, texts = a_world()
    with pytest.raises(BadSetting, match="which a record of a run does not hold"):
        detect(Tables(actions.lazy(), texts=texts.lazy()), again)


def test_what_would_change_a_cluster_asks_for_the_model_only_where_it_stands_on_meanings(model: Path):  # noqa: F811
    actions, texts = a_world()
    ring = actions_of(quiet_rows(1) + ring_rows(2)).with_columns(pl.format("s-{}", "post_id").alias("post_id"))
    tables = Tables(pl.concat([actions, ring]).lazy(), texts=texts.lazy())
    told = Settings(replays=0, traces=("text", "share", "paraphrase"), text_model=named_model(model))
    frames = detect(tables, told).frames
    again = settings_from(told.parameters())
    by_account = dict(frames["members"].select("account_id", "cluster_id").iter_rows())
    assert read_dossier(frames, tables, by_account["ring00"], again).members.size == 8
    with pytest.raises(BadSetting, match="which a record of a run does not hold"):
        read_dossier(frames, tables, by_account[WRITERS[0]], again)
    assert read_dossier(frames, tables, by_account[WRITERS[0]], told).members.size == len(WRITERS)


def test_a_settings_file_names_the_model_beside_it(tmp_path: Path, model: Path):  # noqa: F811
    (tmp_path / "words.vec").write_bytes(model.read_bytes())
    config = tmp_path / "detect.toml"
    config.write_text('traces = ["text", "paraphrase"]\ntext_model = "words.vec"\n', "utf-8")
    found = load_settings(config).text_model
    assert found is not None
    assert found.sha256 == named_model(model).sha256
    config.write_text('traces = ["text", "paraphrase"]\ntext_model = "gone.vec"\n', "utf-8")
    with pytest.raises(BadSetting, match=r"gone\.vec cannot be read"):
        load_settings(config)


@pytest.mark.parametrize("text", ['traces = ["paraphrase"]', 'text_model = "words.vec"'])
def test_the_trace_and_the_model_go_together(tmp_path: Path, model: Path, text: str):  # noqa: F811
    (tmp_path / "words.vec").write_bytes(model.read_bytes())
    (tmp_path / "detect.toml").write_text(text, "utf-8")
    with pytest.raises(BadSetting, match="go together"):
        load_settings(tmp_path / "detect.toml")


def test_without_a_model_nothing_about_it_stands_in_the_parameters():
    assert "text_model" not in Settings().parameters()
