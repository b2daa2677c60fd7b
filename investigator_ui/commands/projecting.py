"""`pairs`: the projection alone, of the workspace or of a bare table."""

from pathlib import Path
from typing import Annotated

import typer

from investigator_ui.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, parse_window
from investigator_ui.commands.output import print_json, say
from investigator_ui.services import projecting


def add_to(app: typer.Typer) -> None:
    app.command("pairs")(pairs)


def pairs(
    out: Annotated[Path, typer.Option("--out", help="Where the pairs go (.parquet or .csv).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    table: Annotated[Path | None, typer.Option("--input", help="A bare table instead of the workspace.")] = None,
    trace: Annotated[str, typer.Option(help="Which trace of the workspace.")] = "share",
    window: Annotated[str, typer.Option(help="60s, 10min, 1h, ...")] = "60s",
    min_shared: Annotated[
        int | None, typer.Option(help="Distinct objects a pair must share; 2 by our definition.")
    ] = None,
    like: Annotated[str | None, typer.Option(help="cooRTweet | cnt | coordinationz | astrodetection")] = None,
    min_participation: Annotated[
        int | None, typer.Option(help="Rows or objects an account needs, by a peer's definition.")
    ] = None,
    min_similarity: Annotated[float, typer.Option(help="coordinationz: cosine above which a pair is kept.")] = 0.3,
    idf: Annotated[str, typer.Option(help="coordinationz: none | smoothlog | linear | log")] = "none",
    as_json: JsonOption = False,
) -> None:
    """The exact projection alone: which accounts acted on the same objects within a window."""
    settings = projecting.Projecting(
        trace=trace,
        window=parse_window(window),
        min_shared=min_shared,
        like=like,
        min_participation=min_participation,
        min_similarity=min_similarity,
        idf=idf,
    )
    done = projecting.write_pairs(workspace, table, settings, out)
    if as_json:
        print_json(
            {"pairs": done.pairs, "seconds": done.seconds, "out": out, "rows": done.rows, "set_aside": done.set_aside}
        )
    else:
        say(f"{done.pairs:,} pairs from {done.rows:,} rows in {done.seconds:.1f} s, written to {out}.")
        if done.set_aside:
            say(f"{done.set_aside:,} lines of {table} were set aside; flockwatch ingest tells why.")
