"""Could it be innocent? Each innocent explanation is a guard: tried on every cluster, tagged and capped, never a deletion.

GUARDS is the one table of them. Adding a guard = one file with its rule, one row here, one page in docs/guards, one file
of tests with a cluster where it fires and a near miss.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from detectors.guards.activity import activity
from detectors.guards.app_driven import app_driven
from detectors.guards.call_to_action import call_to_action
from detectors.guards.disclosed_network import disclosed_network
from detectors.guards.family_office import family_office
from detectors.guards.fan_circle import fan_circle
from detectors.guards.found import SETTLED, Found, Told
from detectors.guards.mirrored import mirrored
from detectors.guards.one_occasion import one_occasion
from detectors.guards.one_workplace import one_workplace
from detectors.guards.popular_objects import popular_objects
from detectors.guards.public_figures import public_figures
from detectors.guards.public_text import public_text
from detectors.guards.shared_address import shared_address
from detectors.guards.small_language import small_language
from detectors.guards.taken_over import taken_over
from detectors.guards.view import ClusterView

Rule = Callable[[ClusterView], Told | None]

NORMAL, DISCLOSED, NEVER_AUTO, OWN_REVIEW = QUEUES = ("normal", "disclosed", "never-auto", "own-review")
EXPLAINED = "explained"  # the queue of clusters that a guard settles, whatever its tag; read last


@dataclass(frozen=True, slots=True)
class Guard:
    """One declared guard. `cap`: the most that is left of the risk where the rule covers the evidence; 1 leaves it.

    `settles`: the rule can settle a cluster, which leaves SETTLED of the risk and flags nobody.
    """

    name: str
    title: str
    rule: Rule
    tag: str = ""  # shown beside the cluster where the rule fires
    cap: float = 1.0
    queue: str = NORMAL  # where a cluster with the tag is read
    settles: bool = False

    @property
    def page(self) -> str:
        """Its page, below docs/guards."""
        return f"{self.name.replace(' ', '_')}.md"

    def ask(self, view: ClusterView) -> Found | None:
        """What the rule says of one cluster; None where it does not apply."""
        told = self.rule(view)
        if told is None:
            return None
        return Found(
            self.name,
            told.verdict,
            told.sentence,
            covers=told.covers,
            tag=self.tag if told.fires or told.covers else "",
            cap=(SETTLED if told.settles else self.cap) if told.covers else 1.0,
        )


# Caps from DETECTORS 4: .3 for fan circles and disclosed networks, .4 for calls to action; what everybody passes on or
# says is treated like a call, shared infrastructure that means nothing like a fan circle.
GUARDS: Sequence[Guard] = (
    Guard("fan circle", "Fans of one source", fan_circle, "fan or amplifier circle", 0.3, settles=True),
    Guard(
        "disclosed network",
        "News wires, feeds, one owner",
        disclosed_network,
        "disclosed network",
        0.3,
        DISCLOSED,
        settles=True,
    ),
    Guard("mirrored publishing", "Mirrored pages and feeds", mirrored, "mirrored publishing", 0.4, OWN_REVIEW),
    Guard("call to action", "A call to action", call_to_action, "call to action", 0.4),
    Guard("one occasion", "One day or event", one_occasion, "one occasion", 0.4, settles=True),
    Guard("popular objects", "What everyone passes on", popular_objects, "widely passed on", 0.4),
    Guard("public text", "Share buttons, quotes, prayers", public_text, "public text", 0.4),
    Guard("app-driven posting", "An app that posts for its users", app_driven, "app-driven", 0.4, OWN_REVIEW),
    Guard("shared address", "Carrier, campus, VPN, hosting", shared_address, "address of many", 0.3),
    Guard("family or office", "Family or small office", family_office, "family or office", 0.3, settles=True),
    Guard("one workplace", "One firm's accounts", one_workplace, "one workplace", 0.3, settles=True),
    Guard("public figures", "Protected accounts", public_figures, "protected accounts", 1.0, NEVER_AUTO),
    Guard("taken over", "Accounts in other hands", taken_over, "accounts taken over", 0.4, OWN_REVIEW, settles=True),
    Guard("small language", "A small language", small_language, "small language", 1.0, OWN_REVIEW),
    Guard("activity", "Simply very active", activity),
)

QUEUE_OF: Mapping[str, str] = MappingProxyType({guard.tag: guard.queue for guard in GUARDS if guard.tag})
