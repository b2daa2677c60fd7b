"""A small export with deliberate damage, to show what is set aside and why."""

from random import Random

from world_maker.files import POST_COLUMNS, table
from world_maker.grammar import post_text
from world_maker.rhythm import SPAN, as_text

SOUND_ROWS = 130  # so many that the damage stays under the 5 % at which a file is refused
_FIRST = 900_000


def damaged_posts(seed: int) -> bytes:
    """posts_damaged.csv: 130 sound rows, 5 bad ones, a text with a NUL (kept, flagged), a repeated row, a blank line."""
    rng = Random(f"{seed}/damaged")
    moments = sorted(rng.randrange(SPAN) for _ in range(SOUND_ROWS))
    rows = [
        _row(f"p{_FIRST + n}", f"u{rng.randrange(1000, 1040)}", as_text(at), post_text(rng, "en", "books"))
        for n, at in enumerate(moments)
    ]
    rows[70][4] += "\0 and a little more"
    lines = table(POST_COLUMNS, rows).decode().splitlines(keepends=True)
    for after, line in sorted(_damage(lines).items(), reverse=True):
        lines.insert(after, line)
    return "".join(lines).encode()


def _row(post_id: str, account_id: str, created_at: str, text: str) -> list[str]:
    cells = {
        "post_id": post_id,
        "account_id": account_id,
        "created_at": created_at,
        "kind": "post",
        "text": text,
        "lang": "en",
        "client": "Wrenfold Web",
    }
    return [cells.get(column, "") for column in POST_COLUMNS]


def _damage(lines: list[str]) -> dict[int, str]:
    """Line number after which it stands -> the damaged line."""

    def bad(number: int, account_id: str, created_at: str) -> str:
        return table(_row(f"p{_FIRST + number}", account_id, created_at, "A row with a fault in it"), ()).decode()

    return {
        12: bad(501, "u1001", "2026-02-31T09:00:00Z"),  # a day that does not exist
        27: bad(502, "u1002", "03/04/2026 10:00"),  # 3 April or 4 March
        45: bad(503, "u10\u200b03", "2026-03-05T10:00:00Z"),  # an invisible character in the id
        60: bad(504, "1.23E+17", "2026-03-06T11:00:00Z"),  # digits lost in a spreadsheet
        88: f"p{_FIRST + 505},u1005,2026-03-08T12:00:00Z,post\n",  # cut off after four of fourteen fields
        100: lines[99],  # the same row twice
        115: "\n",  # a blank line
    }
