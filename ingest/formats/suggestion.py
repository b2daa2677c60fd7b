"""Drafts of mapping files: guessed from the names and the values of a file's columns, for a person to correct."""

from collections.abc import Sequence

import polars as pl

from ingest.canonical.times import TimeRules, parse_times
from ingest.formats.canonical_fields import FIELDS, REQUIRED

_NEARLY_ALL = 0.9  # a few bad cells must not hide the time column from the draft

# Names that exports use for each field, most telling first. A column is used once.
_NAMES: dict[str, tuple[str, ...]] = {
    "account_id": ("account_id", "user_id", "author_id", "userid", "uid", "user", "account", "author", "sender_id", "from_id",
                   "actor_id", "screen_name", "screenname", "username", "name"),
    "post_id": ("post_id", "tweet_id", "status_id", "message_id", "mid", "id_str", "id"),
    "at": ("created_at", "timestamp", "timestamp_ms", "created_utc", "publish_date", "published_at", "date", "datetime", "time",
           "created", "at", "day"),
    "text": ("text", "content", "message", "body", "full_text", "caption", "tweet", "title"),
    "lang": ("lang", "language"),
    "client": ("client", "source", "statussource", "app", "application"),
    "shared_post_id": ("shared_post_id", "retweeted_status_id", "retweeted_id", "retweet_id", "repost_id", "parent"),
    "shared_account_id": ("shared_account_id", "retweeted_user_id", "retweet_userid"),
    "reply_to_post_id": ("reply_to_post_id", "in_reply_to_status_id", "replytosid", "reply_id"),
    "reply_to_account_id": ("reply_to_account_id", "in_reply_to_user_id", "replytouid"),
    "is_share": ("is_share", "is_retweet", "isretweet", "retweet", "is_repost"),
    "urls": ("urls", "links", "url", "link"),
    "hashtags": ("hashtags", "tags"),
    "mentions": ("mentions", "user_mentions"),
    "handle": ("handle", "screen_name", "screenname", "username", "user_screen_name"),
    "display_name": ("display_name", "name", "full_name", "user_name"),
    "account_created_at": ("account_created_at", "user_created_at", "author_created_at"),
    "followers": ("followers", "followers_count", "user_followers_count"),
    "following": ("following", "friends_count", "following_count", "user_friends_count"),
}  # fmt: skip

_SESSION_NAMES: dict[str, tuple[str, ...]] = {
    "account_id": _NAMES["account_id"],
    "at": ("at", "login_at", "event_time", *_NAMES["at"]),
    "event": ("event", "event_type", "eventtype", "event_name", "action", "activity", "operation", "result"),
    "ip": ("ip", "ip_address", "ipaddress", "client_ip", "source_ip", "src_ip", "remote_addr", "ip address"),
    "asn": ("asn", "as_number"),
    "country": ("country", "country_code"),
    "device": ("device", "device_id", "device_fingerprint", "fingerprint"),
    "user_agent": ("user_agent", "useragent", "user agent", "user_agent_string"),
    "client": ("client", "app", "application", "client_app"),
    "success": ("success", "succeeded", "login_successful"),
}
_NAMES_OF = {"posts": _NAMES, "sessions": _SESSION_NAMES}


def suggest_map(columns: Sequence[str], sample: pl.DataFrame, file_name: str) -> str:
    """A commented TOML draft; `sample` is a raw text frame of the first rows of a file.

    For its posts, or for its sessions where it has addresses or user agents, and no texts.
    """
    kind = "sessions" if _tells_of_access(columns) else "posts"
    guessed = _guesses(columns, sample, kind)
    lines = [
        f"# A draft for {_comment(file_name)}: guessed from names and values. Check every line, then pass it with --map.",
        "# kind: posts, activity, actions, accounts, sessions, ads or follows (docs/formats.md).",
        f'kind = "{kind}"',
        '# platform = "..."',
        "",
        "[columns]  # field = column, or a list of columns of which the first non-empty counts",
    ]
    for name in _NAMES_OF[kind]:
        if name in guessed:
            lines.append(f"{name} = {_quoted(guessed[name])}{_example(guessed[name], sample)}")
        elif name in REQUIRED[kind]:
            lines.append(f'# {name} = "..."  # needed: {FIELDS[kind][name]}')
    unused = [column for column in columns if column not in guessed.values()]
    lines += [
        "",
        f"# Columns not used: {_comment(', '.join(unused)) or 'none'}",
        "",
        "[time]",
        *_time_hints(guessed.get("at"), sample),
    ]
    return "\n".join(lines) + "\n"


def _tells_of_access(columns: Sequence[str]) -> bool:
    found = set(columns)
    traces = found & {*_SESSION_NAMES["ip"], *_SESSION_NAMES["user_agent"]}
    return bool(traces) and not found & {*_NAMES["text"], *_NAMES["shared_post_id"], *_NAMES["urls"]}


def _guesses(columns: Sequence[str], sample: pl.DataFrame, kind: str) -> dict[str, str]:
    guessed: dict[str, str] = {}
    for name, spellings in _NAMES_OF[kind].items():
        free = [spelling for spelling in spellings if spelling in columns and spelling not in guessed.values()]
        if name == "at":
            free.sort(key=lambda column: -_share_of_times(column, sample))
        if free:
            guessed[name] = free[0]
    if "at" not in guessed:
        timed = [
            column for column in columns if column not in guessed.values() and _share_of_times(column, sample) > 0.9
        ]
        guessed |= {"at": timed[0]} if timed else {}
    return guessed


def looks_like_times(column: str, sample: pl.DataFrame) -> bool:
    """Nearly all values of the column can be read as times."""
    return _share_of_times(column, sample) > _NEARLY_ALL


def _share_of_times(column: str, sample: pl.DataFrame) -> float:
    if column not in sample.columns or not sample[column].count():
        return 0.0
    read = parse_times(sample[column].drop_nulls(), TimeRules(day_order="day", whole_days=True))["at"]
    return read.count() / read.len()


def _time_hints(column: str | None, sample: pl.DataFrame) -> list[str]:
    hints = ['# timezone = "Europe/Berlin"  # of times that carry no zone; UTC when absent']
    if column is None or column not in sample.columns:
        return hints
    cells = sample[column].drop_nulls()
    problems = parse_times(cells, TimeRules())["problem"].drop_nulls()
    if problems.str.contains("could be", literal=True).any():
        hints.append('# day_order = "day"  # or "month": some dates can be read both ways')
    if problems.str.contains("no time of day", literal=True).any():
        hints.append("# whole_days = true  # times are days only: use windows of a day or more")
    return hints


def _example(column: str, sample: pl.DataFrame) -> str:
    cells = sample[column].drop_nulls() if column in sample.columns else pl.Series([], dtype=pl.String)
    return f"  # e.g. {_comment(cells[0][:40])}" if cells.len() else ""


def _comment(text: str) -> str:
    """On one line, without control characters: TOML refuses them in comments."""
    return "".join(character if character.isprintable() else " " for character in text)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
