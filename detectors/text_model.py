"""The model of meanings that a run is told to use: known by its content, read from where it lies only when it is needed."""

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from detectors.meanings import TextModel
from detectors.sentence_model import TOKENIZER_FILE, WEIGHTS_FILE, load_text_model
from graph.errors import BadSetting


class NamedModel(BaseModel):
    """`sha256` of the file, or of the two files of a folder: where it lies is no part of a run's record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    place: Path | None = Field(default=None, exclude=True)

    def load(self) -> TextModel:
        """Raises BadSetting where the model is not at hand (settings taken from a record) or is not of its form."""
        if self.place is None:
            raise BadSetting(
                f"This asks for the model of meanings {self.name!r}, which a record of a run does not hold.",
                "Run detect again with the settings file that names it.",
            )
        return load_text_model(self.place)


def named_model(place: Path) -> NamedModel:
    """The model in that file or folder, by its content; raises BadSetting where it cannot be read."""
    files = [place / name for name in (WEIGHTS_FILE, TOKENIZER_FILE)] if place.is_dir() else [place]
    told = hashlib.sha256()
    try:
        for file in files:
            with file.open("rb") as content:
                told.update(hashlib.file_digest(content, "sha256").digest())
    except OSError as fault:
        raise BadSetting(
            f"The model of meanings {place.name} cannot be read: {fault}.",
            f"Name a file of word vectors, or a folder with {WEIGHTS_FILE} and {TOKENIZER_FILE}.",
        ) from fault
    return NamedModel(name=place.name, sha256=told.hexdigest(), place=place)
