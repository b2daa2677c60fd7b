"""The accounts of the world: invented people, outlets, celebrities and wire members, and who turns out to be what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from world_maker.grammar import TOPICS
from world_maker.rhythm import START

PLATFORM = "wrenfold"  # invented
# Language -> (country, UTC offset in hours, share of people). XA..XZ are codes that ISO 3166 never gives to a country.
HOMES: dict[str, tuple[tuple[str, float, float], ...]] = {
    "en": (("XE", 0, 0.30), ("XN", -5, 0.16)),
    "pt": (("XP", -3, 0.21),),
    "ja": (("XJ", 9, 0.12),),
    "ar": (("XR", 3, 0.11),),
    "hi": (("XH", 5.5, 0.10),),
}
CLIENTS = (("Wrenfold for Slate", 52), ("Wrenfold for Kite", 28), ("Wrenfold Web", 16), ("QueueBird", 4))
_SYLLABLES = [
    "ba",
    "bri",
    "cor",
    "da",
    "del",
    "fen",
    "fi",
    "gal",
    "hu",
    "ira",
    "jo",
    "kel",
    "la",
    "lum",
    "mi",
    "mor",
    "na",
    "nel",
    "or",
    "pa",
    "quil",
    "ra",
    "ren",
    "sa",
    "sol",
    "ta",
    "tev",
    "u",
    "vel",
    "wi",
    "yo",
    "zan",
]


@dataclass(frozen=True, slots=True)
class Account:
    """`activity` is the expected number of actions in the world, heavy-tailed; `taste` how much of it is sharing."""

    account_id: str
    handle: str
    display_name: str
    lang: str
    country: str
    utc_offset_hours: float
    topics: tuple[str, ...]
    activity: float
    taste: float
    client: str
    created_at: datetime
    followers: int
    following: int
    verified: bool = False
    role: str = "person"  # person | outlet | celebrity | wire | board | member


class Registry:
    """Gives out accounts with unused ids and handles, in an order that tells nothing about their role."""

    def __init__(self, rng: Random, size: int) -> None:
        self._rng = rng
        self._ids = iter(rng.sample(range(10_000, 100_000), size))
        self._handles: set[str] = set()
        self.accounts: list[Account] = []

    def person(self, lang: str | None = None, role: str = "person", newest_days: int = 4) -> Account:
        """An account with the look of an ordinary person: tails of activity and followers, two or three interests."""
        rng = self._rng
        lang = lang or rng.choices(list(HOMES), [sum(h[2] for h in homes) for homes in HOMES.values()])[0]
        country, offset, _ = rng.choices(HOMES[lang], [h[2] for h in HOMES[lang]])[0]
        handle = self._handle()
        age = min(4_000, newest_days + rng.expovariate(1 / 900))
        return self._kept(
            Account(
                account_id=f"u{next(self._ids)}",
                handle=handle,
                display_name=handle.strip("0123456789").replace("_", " ").title(),
                lang=lang,
                country=country,
                utc_offset_hours=offset,
                topics=tuple(rng.sample(TOPICS, rng.choice((2, 2, 3)))),
                activity=min(260.0, rng.lognormvariate(1.5, 1.25)),  # median 4.5, p99 about 80
                taste=rng.betavariate(2, 2.4),
                client=rng.choices([c for c, _ in CLIENTS], [w for _, w in CLIENTS])[0],
                created_at=START - timedelta(seconds=round(age * 86_400)),
                followers=round(rng.lognormvariate(4.6, 1.6)),
                following=round(rng.lognormvariate(5.0, 1.0)),
                verified=rng.random() < 0.01,
                role=role,
            )
        )

    def institution(
        self, role: str, name: str, lang: str, topics: tuple[str, ...], followers: int, client: str
    ) -> Account:
        """A verified account of long standing, known by name."""
        handle = name.casefold().replace(" ", "_").replace("·", "").replace("__", "_")
        self._handles.add(handle)
        country, offset, _ = HOMES[lang][0]
        created = START - timedelta(seconds=self._rng.randrange(1_500 * 86_400, 4_000 * 86_400))
        return self._kept(
            Account(
                f"u{next(self._ids)}", handle, name, lang, country, offset, topics, 0.0, 0.0, client, created,
                followers, self._rng.randrange(40, 400), True, role,
            )
        )  # fmt: skip

    def _handle(self) -> str:
        while True:
            parts = ["".join(self._rng.choices(_SYLLABLES, k=self._rng.choice((2, 2, 3)))) for _ in range(2)]
            handle = "_".join(parts[: self._rng.choice((1, 2))]) + self._rng.choice(
                ("", "", str(self._rng.randrange(1, 99)))
            )
            if handle not in self._handles:
                self._handles.add(handle)
                return handle

    def _kept(self, account: Account) -> Account:
        self.accounts.append(account)
        return account


def by_language(accounts: Iterable[Account], lang: str) -> list[Account]:
    return [account for account in accounts if account.lang == lang]
