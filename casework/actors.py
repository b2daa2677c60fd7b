"""Who acts, and the one question every service function asks first: may they?"""

import getpass
from dataclasses import dataclass
from enum import StrEnum

from graph.errors import FlockwatchError

LOCAL_ROLE = "local"
SINGLE_USER_NOTE = "single user, no second approval"  # recorded on each decision made without sign-in


class NotAllowed(FlockwatchError):
    """The role of the person does not include what they asked for; nothing was read or written."""


class Permission(StrEnum):
    """What a service function may need; roles are sets of these."""

    DECIDE = "decide on a cluster"
    WRITE_REPORT = "write a report"
    EXPORT = "export a run"
    READ_TEXT = "read the text of a post"
    QUERY = "query the graph of the team"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or service) who does something; `name` goes into the audit log."""

    name: str
    role: str


# Team roles join this table together with sign-in; a role that is not in it may do nothing.
_MAY: dict[str, frozenset[Permission]] = {LOCAL_ROLE: frozenset(Permission)}


def local_actor() -> Actor:
    """The account of the operating system, working alone on one machine."""
    try:
        return Actor(getpass.getuser(), LOCAL_ROLE)
    except (OSError, KeyError):  # a user id without a name, as in a bare container
        return Actor("unnamed", LOCAL_ROLE)


def require(actor: Actor, permission: Permission) -> None:
    """Return when `actor` may; raise NotAllowed otherwise. Unknown roles may do nothing."""
    if permission not in _MAY.get(actor.role, frozenset()):
        raise NotAllowed(
            f"{actor.name!r} with the role {actor.role!r} may not {permission.value}.",
            "Ask somebody whose role includes it.",
        )


def note_for(actor: Actor) -> str:
    """What must stand beside a decision because of how its author was signed in."""
    return SINGLE_USER_NOTE if actor.role == LOCAL_ROLE else ""
