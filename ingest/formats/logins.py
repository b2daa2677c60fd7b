"""Login tables of other publishers."""

from ingest.canonical.layout import Profile
from ingest.formats.format import Format, each_of, one_of

RISK_BASED = Format(
    Profile(
        "risk-based authentication set",
        "sessions",
        {
            "account_id": ("user id",),
            "at": ("login timestamp",),
            "ip": ("ip address",),
            "asn": ("asn",),
            "country": ("country",),
            "user_agent": ("user agent string",),
            "client": ("browser name and version",),
            "success": ("login successful",),
        },
        required=("account_id", "at", "event"),
        constants={"event": "login"},
        nothing=frozenset({"-"}),
    ),
    marks=(*each_of("user id", "login timestamp"), one_of("login successful", "ip address")),
    title="the login data set of Wiefling and others (2022)",
)

LOGINS = (RISK_BASED,)
