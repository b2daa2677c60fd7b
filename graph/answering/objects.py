"""Objects: what two accounts share, what a set of accounts acted on, who acted on one."""

from collections.abc import Collection

from graph.answering.questions import Question
from graph.answering.reader import Reader, is_storable, object_of, span_of
from graph.answers import Actor, ObjectAccounts, SharedObject, SharedObjects, TopObject, TopObjects
from graph.errors import NothingThere
from graph.foreign_text import show_text
from graph.store import left_out


def shared_objects(reader: Reader, left: str, right: str, limit: int) -> SharedObjects:
    """See GraphStore.shared_objects."""
    total, shared = shared_rows(reader, reader.key_of(left), reader.key_of(right), limit)
    said = left_out(total - len(shared), "shared object", "that more accounts acted on")
    return SharedObjects(left, right, total, shared, tuple(said))


def shared_rows(reader: Reader, left: int, right: int, limit: int) -> tuple[int, tuple[SharedObject, ...]]:
    """How many objects two accounts (by key) share, and the rarest `limit` of them."""
    if left == right:
        return 0, ()
    counts = {row["key"]: row["shared_objects"] for row in reader.rows(Question.ACCOUNTS_BY_KEY, keys=[left, right])}
    few, many = sorted((left, right), key=lambda key: counts[key])
    sides = ("few", "many") if few == left else ("many", "few")
    rows = reader.rows(Question.SHARED, few=few, many=many, limit=max(limit, 1))
    shared = tuple(SharedObject(object_of(row), span_of(row, sides[0]), span_of(row, sides[1])) for row in rows[:limit])
    return (rows[0]["total"] if rows else 0), shared


def top_objects(reader: Reader, account_ids: Collection[str], limit: int) -> TopObjects:
    """See GraphStore.top_objects."""
    known = reader.known(account_ids)
    rows = reader.rows(Question.TOP, accounts=list(known.values()), limit=limit)
    total = rows[0]["total"] if rows else 0
    lone = sum(account.lone_objects for account in reader.accounts(known.values()).values())
    said = [
        *left_out(total - len(rows), "object", "that fewer of these accounts acted on"),
        *left_out(lone, "object", "that one account alone acted on"),
        *left_out(len(set(account_ids)) - len(known), "account", "unknown to the graph"),
    ]
    objects = tuple(TopObject(object_of(row), row["inside"], row["accounts"] - row["inside"]) for row in rows)
    return TopObjects(total, objects, tuple(said))


def accounts_of(reader: Reader, trace: str, object_id: str, limit: int) -> ObjectAccounts:
    """See GraphStore.accounts_of."""
    asked = is_storable(trace) and is_storable(object_id)
    found = reader.rows(Question.OBJECT, trace=trace, object_id=object_id) if asked else []
    if not found:
        raise NothingThere(
            f"There is no object {show_text(object_id, 80)} of the trace {show_text(trace, 40)} in the graph.",
            "Objects that only one account acted on are not in it.",
        )
    acted_on = object_of(found[0])
    rows = reader.rows(Question.ACTORS, object=found[0]["key"], limit=limit)
    accounts = reader.accounts([row["account"] for row in rows])
    said = left_out(acted_on.accounts - len(rows), "account", "that acted on it later")
    return ObjectAccounts(acted_on, tuple(Actor(accounts[row["account"]], span_of(row)) for row in rows), tuple(said))
