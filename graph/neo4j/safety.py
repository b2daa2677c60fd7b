"""Whether a Neo4j server is safe to hand evidence to: its address, its login, and whether it reads files for a query."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from neo4j.exceptions import AuthError, ClientError

from graph.errors import BadSetting, StoreFault
from graph.neo4j import cypher
from graph.neo4j.server import Login, Neo4jServer, checked_url

_PLAIN = frozenset({"bolt", "neo4j"})  # the schemes that do not encrypt
_FIRST = "neo4j"  # user and password of a server that nobody has set up
_SECONDS = 5.0
# Nobody's file; whether it exists does not matter: a server that says "not found" has looked.
_READ_FILE = "LOAD CSV FROM 'file:///etc/hostname' AS row RETURN count(row) AS rows"


def is_open_to_listeners(url: str) -> bool:
    """Whether login and graph would pass a network unencrypted: a plain scheme to a host that is not this machine."""
    parts = urlsplit(checked_url(url))
    return parts.scheme in _PLAIN and not _is_loopback(parts.hostname or "")


def refuse_open(url: str) -> None:
    """Raises BadSetting for an address that is open to listeners."""
    if is_open_to_listeners(url):
        scheme = urlsplit(url).scheme
        raise BadSetting(
            f"{url} is not encrypted and not on this machine: the login and the graph could be read on the way.",
            f"Use {scheme}+s:// (or {scheme}+ssc:// for a certificate of your own), see docs/team.md.",
        )


def takes_any_login(url: str) -> bool:
    """Whether the server lets everybody in; asked with a login that cannot exist. Raises StoreFault when it is away."""
    return _takes(url, Login(f"nobody-{secrets.token_hex(6)}", secrets.token_urlsafe(12)))


def takes_first_password(url: str) -> bool:
    """Whether the password that every new server has was never changed. Raises StoreFault when it is away."""
    return _takes(url, Login(_FIRST, _FIRST))


def reads_files(server: Neo4jServer) -> bool:
    """Whether LOAD CSV opens files of the server's machine for whoever may ask."""

    try:
        server.look(lambda transaction: transaction.run(_READ_FILE).consume(), _SECONDS)
    except StoreFault as fault:
        if not isinstance(fault.__cause__, ClientError):
            raise
        return "allow_csv_import_from_file_urls" not in (fault.__cause__.message or "")
    return True


def missing_schema(server: Neo4jServer) -> tuple[str, ...]:
    """Names of constraints and indexes that should be there and are not, sorted."""
    there = {
        row["name"] for statement in (cypher.SHOW_CONSTRAINTS, cypher.SHOW_INDEXES) for row in server.schema(statement)
    }
    return tuple(sorted(cypher.SCHEMA_NAMES - there))


def schema_version(server: Neo4jServer) -> int | None:
    """The version of the schema there; None before the first load."""
    found = server.read(lambda ask: ask(cypher.SCHEMA_OF))
    return found[0]["version"] if found else None


def _takes(url: str, login: Login) -> bool:
    with Neo4jServer(url, login) as server:
        try:
            server.check()
        except StoreFault as fault:
            if isinstance(fault.__cause__, AuthError | ClientError):  # also: too many wrong logins lately
                return False
            raise
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") in {"localhost", "localhost.localdomain"}
