"""`generate`: a made-up world with planted truth, to measure detectors on."""

from pathlib import Path
from typing import Annotated, Any

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
    size: Annotated[int | None, typer.Option("--size", help="Members of each operation; drawn when left out.")] = None,
    camouflage: Annotated[
        float | None,
        typer.Option("--camouflage", help="Share of members' posts that anybody could have made, 0 to 0.9."),
    ] = None,
    prevalence: Annotated[
        float | None, typer.Option("--prevalence", help="Share of accounts in operations, 0.001 to 0.05.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A made-up world with planted truth: posts, actions and accounts for ingest, labels, and what was planted."""
    settings = generating.WorldSettings(
        preset, events, seed, attack, size=size, camouflage=camouflage, prevalence=prevalence
    )
    with stage_progress() as progress:
        done = generating.generate_files(settings, out, progress)
    for sentence in done.refusals:
        say(f"Not fit for a benchmark on its own: {sentence}")
    if as_json:
        print_json({"out": done.folder, "files": done.files, **done.truth})
        return
    for period, truth in done.truth.get("periods", {"": done.truth}).items():
        say(f"{period + ': ' if period else ''}{_held(truth)}")
    say(f"Written to {out}.")


def _held(truth: dict[str, Any]) -> str:
    rows, labels = truth["rows"], truth["labels"]
    counts = [f"{count:,} {name}" for name, count in rows.items() if name != "accounts"]
    operations = [one for one in truth["campaigns"] if one.get("type") != "compromised"]
    told = f"{' and '.join(counts)} of {rows['accounts']:,} accounts; {labels.get('coordinated', 0):,} accounts in {len(operations)} operations"
    rings = len(truth["campaigns"]) - len(operations)
    return f"{told}, {labels.get('compromised', 0):,} victims of {rings} rings." if rings else f"{told}."
