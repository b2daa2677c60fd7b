"""Login and profile tables of research sets."""

from tests.ingest.formats.raw_tables import csv, read, rows_of


def test_the_risk_based_authentication_set():
    rows = csv("""
index,Login Timestamp,User ID,Round-Trip Time [ms],IP Address,Country,Region,City,ASN,User Agent String,Browser Name and Version,OS Name and Version,Device Type,Login Successful,Is Attack IP,Is Account Takeover
0,2020-02-03 12:43:30.772,-4324,,10.0.65.171,NO,-,-,29695,Mozilla/5.0,Firefox 20.0.0,iOS 13.4,mobile,False,False,False
1,2020-02-03 12:43:43.549,-4325,,194.87.207.6,AU,-,-,60117,Mozilla/5.0,Chrome Mobile,Android 4.1,mobile,True,False,False
""")
    got = read(rows)
    assert rows_of(got, "sessions", "account_id", "at", "event", "ip", "asn", "country", "client", "success") == [
        ("-4324", "2020-02-03 12:43:30", "login_failed", "10.0.65.171", "29695", "NO", "Firefox 20.0.0", False),
        ("-4325", "2020-02-03 12:43:43", "login", "194.87.207.6", "60117", "AU", "Chrome Mobile", True),
    ]
    assert rows_of(got, "actions", "account_id", "trace", "object_id", "block") == [
        ("-4325", "ip", "194.87.207.6", "60117")
    ]


def test_twibot_profiles_without_their_trailing_blanks():
    rows = [
        {"id": "17", "profile.id": "17 ", "profile.screen_name": "ANA ", "profile.name": "Ana ", "profile.followers_count": "15 ",
         "profile.created_at": "Tue Nov 18 10:27:25 +0000 2008 ", "profile.verified": "True ", "profile.lang": "None "},
    ]  # fmt: skip
    assert rows_of(
        read(rows), "accounts", "account_id", "handle", "display_name", "created_at", "followers", "verified", "lang"
    ) == [
        ("17", "ANA", "Ana", "2008-11-18 10:27:25", 15, True, None),
    ]
