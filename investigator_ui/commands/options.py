"""Options that several commands share, named and explained once."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from graph.errors import BadSetting

WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", envvar="FLOCKWATCH_WORKSPACE", help="Folder that holds facts, graph, runs and work."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
RunOption = Annotated[str | None, typer.Option("--run", help="A run id; the newest run when left out.")]
GraphOption = Annotated[
    str | None,
    typer.Option(
        "--graph",
        help="Where the team's graph is kept besides, and remembered: bolt://HOST:7687, or sqlite for only here again.",
    ),
]
GraphNameOption = Annotated[
    str | None,
    typer.Option("--graph-name", help="The name of this workspace's graph on a server that holds several."),
]

DEFAULT_WORKSPACE = Path("flockwatch-workspace")

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


def parse_window(text: str) -> timedelta:
    """'60s', '10min', '1h', '2d' or plain seconds; raises BadSetting for anything else or for less than zero."""
    number = text.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text.strip()[len(number) :] or "s"
    try:
        window = timedelta(seconds=float(number) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise BadSetting(f"--window {text!r} is not a span of time.", "Write it like 60s, 10min, 1h or 2d.") from None
    if window < timedelta(0):
        raise BadSetting(f"--window {text!r} is negative.", "Write it like 60s, 10min, 1h or 2d.")
    return window
