"""`generate`: a made-up world with planted truth, to measure detectors on."""

from pathlib import Path
from typing import Annotated

import typer

from detectors.worlds import ATTACKS, PRESETS
from investigator_ui.commands.options import JsonOption
from investigator_ui.commands.output import print_json, say, stage_progress
from investigator_ui.services import generating


def add_to(app: typer.Typer) -> None:
    app.command("generate")(generate)


def generate(
    out: Annotated[Path, typer.Option("--out", help="A new or empty folder.")],
    preset: Annotated[str, typer.Option("--preset", help=" | ".join(PRESETS))] = "mixed",
    events: Annotated[int, typer.Option("--events", help="About how many posts and actions.")] = 100_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")] = 0,
    attack: Annotated[str, typer.Option("--attack", help=f"With --preset security: {' | '.join(ATTACKS)}")] = "none",
    as_json: JsonOption = False,
) -> None:
    """A made-up world with planted truth: posts, actions and accounts for ingest, labels, and what was planted."""
    settings = generating.WorldSettings(preset=preset, events=events, seed=seed, attack=attack)
    with stage_progress() as progress:
        done = generating.generate_files(settings, out, progress)
    if as_json:
        print_json({"out": done.folder, "files": done.files, **done.truth})
        return
    rows, accounts = done.truth["rows"], done.truth["accounts"]
    say(
        f"{rows['posts']:,} posts and {rows['actions']:,} actions of {rows['accounts']:,} accounts, "
        f"{accounts.get('coordinated', 0):,} of them in {len(done.truth['campaigns'])} operations, written to {out}."
    )
