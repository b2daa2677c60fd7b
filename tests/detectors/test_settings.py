"""Settings: defaults that can be defended, spans of time in words, and all mistakes told at once."""

from pathlib import Path

import pytest

from detectors import Settings, load_settings, settings_from
from graph.errors import BadSetting


def written(folder: Path, text: str) -> Path:
    path = folder / "detect.toml"
    path.write_text(text, "utf-8")
    return path


def test_spans_of_time_are_written_as_people_say_them(tmp_path: Path):
    settings = load_settings(written(tmp_path, 'windows = ["60s", "10min", "1h", 7]'))
    assert settings.windows == (60, 600, 3600, 7)


def test_names_that_are_not_given_keep_their_defaults(tmp_path: Path):
    settings = load_settings(written(tmp_path, "q = 0.05\n[near_duplicates]\nsimilarity = 0.8"))
    assert (settings.q, settings.near_duplicates.similarity) == (0.05, 0.8)
    assert settings.traces == Settings().traces


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    text = 'q = 7\nwindows = ["soon"]\ntraces = ["shares"]\ncolour = 1\n[near_duplicates]\nbands = "many"'
    with pytest.raises(BadSetting) as told:
        load_settings(written(tmp_path, text))
    message = told.value.message
    assert message.startswith("detect.toml has 5 mistakes: ")
    for part in ("q:", "windows.0:", "traces:", "colour: there is no such setting", "near_duplicates.bands:"):
        assert part in message


def test_a_file_that_is_not_toml_is_refused_with_the_place(tmp_path: Path):
    with pytest.raises(BadSetting, match="line 1"):
        load_settings(written(tmp_path, "q = = 1"))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(BadSetting, match="no settings file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize("values", [{"windows": []}, {"windows": [60, 60]}, {"traces": []}, {"windows": [0]}, {"q": 0}])
def test_settings_without_a_meaning_are_refused(values: dict[str, object]):
    with pytest.raises(BadSetting):
        settings_from(values)


def test_the_parameters_of_a_run_make_the_same_settings_again():
    settings = Settings(q=0.02, windows=(3600, 60))
    assert settings_from(settings.parameters()).parameters() == settings.parameters()
