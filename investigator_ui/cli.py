"""The `flockwatch` command: finds the command asked for, turns refusals into one sentence and the exit code of the contract."""

import sys
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from graph.errors import FlockwatchError
from graph.foreign_text import show_text

REFUSED = 2

# Where each command lives, in the order of the help. A command's libraries are loaded only when it is asked for.
HOMES = {
    "demo": "starting",
    "ingest": "importing",
    "quarantine": "importing",
    "detect": "detecting",
    "runs": "looking",
    "compare": "detecting",
    "lineage": "tracking",
    "trends": "tracking",
    "clusters": "looking",
    "accounts": "looking",
    "explain": "explaining",
    "pairs": "projecting",
    "evaluate": "measuring",
    "calibrate": "calibrating",
    "decide": "deciding",
    "report": "deciding",
    "export": "exporting",
    "audit": "deciding",
    "graph": "syncing",
    "query": "querying",
    "ui": "serving",
    "generate": "generating",
    "doctor": "examining",
}


class Commands(TyperGroup):
    """The commands of HOMES, each imported when it is first needed."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's own click is not to be imported
        return list(HOMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        home = HOMES.get(cmd_name)
        if home is None:
            return None
        commands = typer.Typer(add_completion=False, rich_markup_mode=None)
        commands.callback()(lambda: None)  # a group even when it holds one command
        import_module(f"investigator_ui.commands.{home}").add_to(commands)
        return typer.main.get_group(commands).commands[cmd_name]


app = typer.Typer(
    name="flockwatch",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(cls=Commands, no_args_is_help=True)
def _all_commands() -> None:
    """Finds accounts that move together, with the evidence for and against."""


def main() -> None:
    """Run the command line: exit 0 done, 1 ran and found something wrong, 2 refused with a sentence and a hint."""
    try:
        app(standalone_mode=True)
    except FlockwatchError as refusal:
        says = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        says.print(f"Refused: {show_text(refusal.message, limit=2000)}")
        if refusal.hint:
            says.print(f"  {show_text(refusal.hint, limit=2000)}")
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. What was published before is untouched.")
        sys.exit(130)


if __name__ == "__main__":
    main()
