"""What the graph store answered, as rows and sentences for the Explore page; foreign words made visible and harmless."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from graph.answers import (
    Account,
    EvidencePath,
    Found,
    Interaction,
    Neighbourhood,
    Object,
    ObjectAccounts,
    PathStep,
    Span,
    TopObjects,
)
from graph.foreign_text import show_markdown
from graph.schemas import FrameSchema
from investigator_ui.views.names import distinct_names, object_name, trace_family, trace_title
from investigator_ui.views.wording import count, day, moment, plural

MOST_TYPED = 200  # accounts in one question about a set
_BETWEEN = re.compile(r"[\s,;]+")
_VERBS = {"reply": "replied to", "mention": "mentioned", "share": "shared", "quote": "quoted", "follow": "followed"}


def names_in(accounts: Sequence[Account]) -> Mapping[str, str]:
    """Shown names of accounts that stand in one answer."""
    return distinct_names([one.account_id for one in accounts], {one.account_id: one.handle for one in accounts})


def typed_accounts(text: str) -> tuple[str, ...]:
    """The ids or handles, one per line or, on a single line, with blanks or commas between; each once, in their order."""
    lines = text.strip().splitlines()
    words = lines if len(lines) > 1 else _BETWEEN.split(text)
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


def account_rows(found: Found) -> pl.DataFrame:
    """`account_id, account, acts, shared, since` of a search."""
    names = names_in(found.accounts)
    rows = [
        {
            "account_id": one.account_id,
            "account": names[one.account_id],
            "acts": one.actions,
            "shared": one.shared_objects,
            "since": day(one.created_at) if one.created_at else "",
        }
        for one in found.accounts
    ]
    return pl.DataFrame(rows, schema=_ACCOUNTS)


def object_rows(objects: Sequence[Object]) -> pl.DataFrame:
    """`name, object_id, trace, object, accounts, acts, first`; name and object_id are what the store calls them."""
    rows = [_object_row(one) for one in objects]
    return pl.DataFrame(rows, schema=_OBJECTS)


def common_rows(common: TopObjects) -> pl.DataFrame:
    """object_rows with `inside` and `outside`: how many of the set acted on it, and how many others."""
    rows = [{**_object_row(one.object), "inside": one.inside, "outside": one.outside} for one in common.objects]
    return pl.DataFrame(rows, schema={**_OBJECTS, "inside": pl.Int64, "outside": pl.Int64})


def ring_rows(near: Neighbourhood, names: Mapping[str, str]) -> pl.DataFrame:
    """`account_id, account, hops, times, with, last`: one row per neighbour, the nearest ring first, then the strongest."""
    hops = {one.account.account_id: one.hops for one in near.accounts}
    towards: defaultdict[str, list[Interaction]] = defaultdict(list)
    for tie in near.interactions:
        for one, other in ((tie.source, tie.target), (tie.target, tie.source)):
            if hops[one] == hops[other] + 1:
                towards[one].append(tie)
    rows = [
        {
            "account_id": one.account.account_id,
            "account": names[one.account.account_id],
            "hops": one.hops,
            "times": one.strength,
            "with": _kinds(towards[one.account.account_id], one.account.account_id),
            "last": day(max((tie.last_at for tie in towards[one.account.account_id] if tie.last_at), default=None)),
        }
        for one in near.accounts
        if one.hops
    ]
    return pl.DataFrame(rows, schema=_RING)


def actor_rows(behind: ObjectAccounts) -> pl.DataFrame:
    """`account_id, account, times, first, last` in order of the first act."""
    names = names_in([one.account for one in behind.accounts])
    rows = [
        {
            "account_id": one.account.account_id,
            "account": names[one.account.account_id],
            "times": one.span.n,
            "first": moment(one.span.first_at, with_year=True),
            "last": moment(one.span.last_at, with_year=True),
        }
        for one in behind.accounts
    ]
    return pl.DataFrame(rows, schema=_ACTORS)


def object_sentence(behind: ObjectAccounts) -> str:
    """Safe Markdown: how many acted on it, and in which span."""
    one = behind.object
    return (
        f"**{plural(one.accounts, 'account')}** acted **{plural(one.actions, 'time')}** on "
        f"{show_markdown(object_name(one.trace, one.object_id), 100)} ({trace_title(one.trace)}), from "
        f"{moment(one.first_at, with_year=True)} to {moment(one.last_at, with_year=True)}."
    )


def path_sentence(path: EvidencePath, names: Mapping[str, str]) -> str:
    """Safe Markdown: whether there is a way, and how long it is."""
    left, right = (show_markdown(names.get(id_, id_), 80) for id_ in (path.left, path.right))
    if not path.found:
        return f"No way was found from **{left}** to **{right}** within these steps."
    if not path.steps:
        return "Both are the same account."
    return f"From **{left}** to **{right}** in **{plural(len(path.steps), 'step')}**; no way is shorter."


def step_lines(step: PathStep, names: Mapping[str, str]) -> tuple[str, ...]:
    """The evidence of one step in sentences of safe Markdown: every interaction, and the rarest object both acted on."""
    said = [_interaction(tie, names) for tie in step.interactions]
    if step.shared is not None:
        one = step.shared.object
        said.append(
            f"Both acted on {show_markdown(object_name(one.trace, one.object_id, names), 140)} "
            f"({trace_title(one.trace)}; {plural(one.accounts, 'account')} did): "
            f"{show_markdown(names[step.left], 60)} {_span(step.shared.left)}, "
            f"{show_markdown(names[step.right], 60)} {_span(step.shared.right)}."
        )
        if step.shared_total > 1:
            said.append(f"It is the rarest of {count(step.shared_total)} objects that both acted on.")
    return tuple(said)


def _interaction(tie: Interaction, names: Mapping[str, str]) -> str:
    source, target = (show_markdown(names[id_], 60) for id_ in (tie.source, tie.target))
    when = f", first {moment(tie.first_at, with_year=True)}" if tie.first_at else ""
    when += f", last {moment(tie.last_at, with_year=True)}" if tie.n > 1 and tie.last_at else ""
    verb = _VERBS.get(tie.kind, show_markdown(tie.kind, 40))
    return f"**{source}** {verb} **{target}** {plural(tie.n, 'time')}{when}."


def _span(span: Span) -> str:
    first = f" from {moment(span.first_at, with_year=True)}" if span.first_at else ""
    return f"{plural(span.n, 'time')}{first}"


def _kinds(ties: Sequence[Interaction], account_id: str) -> str:
    """'3 × reply to, 1 × mention by': what it did, then what was done to it."""
    counts: defaultdict[tuple[bool, str], int] = defaultdict(int)
    for tie in ties:
        counts[tie.source != account_id, tie.kind] += tie.n
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    return ", ".join(f"{count(n)} × {kind} {'by' if done_to else 'to'}" for (done_to, kind), n in ordered)


def _object_row(one: Object) -> dict[str, object]:
    return {
        "name": one.trace,
        "object_id": one.object_id,
        "trace": [trace_family(one.trace)],
        "kind": trace_title(one.trace),
        "object": object_name(one.trace, one.object_id),
        "accounts": one.accounts,
        "acts": one.actions,
        "first": day(one.first_at) if one.first_at else "",
    }


_ACCOUNTS: FrameSchema = {
    "account_id": pl.String,
    "account": pl.String,
    "acts": pl.Int64,
    "shared": pl.Int64,
    "since": pl.String,
}
_OBJECTS: FrameSchema = {
    "name": pl.String,
    "object_id": pl.String,
    "trace": pl.List(pl.String),
    "kind": pl.String,
    "object": pl.String,
    "accounts": pl.Int64,
    "acts": pl.Int64,
    "first": pl.String,
}
_RING: FrameSchema = {
    "account_id": pl.String,
    "account": pl.String,
    "hops": pl.Int64,
    "times": pl.Int64,
    "with": pl.String,
    "last": pl.String,
}
_ACTORS: FrameSchema = {
    "account_id": pl.String,
    "account": pl.String,
    "times": pl.Int64,
    "first": pl.String,
    "last": pl.String,
}
