"""The `flockwatch` command: gathers the commands, turns refusals into one sentence and the exit code of the contract."""

import sys

import typer
from rich.console import Console

from graph.errors import FlockwatchError
from graph.foreign_text import show_text
from investigator_ui.commands import deciding, detecting, exporting, importing, looking, measuring, starting

REFUSED = 2

app = typer.Typer(
    name="flockwatch",
    help="Finds accounts that move together, with the evidence for and against.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (starting, importing, detecting, looking, measuring, deciding, exporting):
    commands.add_to(app)


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
