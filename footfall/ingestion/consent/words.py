"""Names and values by which browsers and consent managers say what a person answered.

Compared by their letters and digits, in any case: `opt-out`, `Opt out` and `OPT_OUT` are one.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Purposes of IAB's Transparency and Consent Framework that are analytics: measuring ads and content, statistics of
#: audiences, improving the product. All of them are needed.
IAB_PURPOSES = (7, 8, 9, 10)
_YES = frozenset({
    "true", "t", "1", "10", "yes", "y", "on", "granted", "grant", "allow", "allowed", "accept", "accepted", "agree",
    "agreed", "consent", "consented", "given", "approved", "enabled", "active", "optin", "optedin", "all", "acceptall",
    "allowall", "acceptedall", "allaccepted",
})
_NO = frozenset({
    "false", "f", "0", "00", "no", "n", "off", "denied", "deny", "disallow", "disallowed", "reject", "rejected",
    "refuse", "refused", "decline", "declined", "disagree", "withdrawn", "revoked", "disabled", "inactive", "optout",
    "optedout", "none", "rejectall", "denyall", "necessary", "essential", "notgranted", "notallowed", "never",
})
#: Parts of names that turn an answer round: `analytics_opt_out: true`, `deniedConsentIds`.
_NEGATIVE = re.compile(
    r"den(?:y|ie)|disallow|reject|refus|declin|optout|optedout|withdr|revok|disabl|block|unconsent|notconsent|"
    r"notallow|notgrant|without|disagree"
)
#: Names of values that answer for the object they are in.
_GENERAL = frozenset({
    "granted", "isgranted", "consent", "consented", "consentgiven", "consentstatus", "consentstate", "hasconsent",
    "value", "status", "state", "allowed", "isallowed", "enabled", "isenabled", "accepted", "isaccepted", "given",
    "choice", "answer", "decision", "optin", "optedin", "active", "is", "approved", "agreed", "all", "response",
    "denied", "rejected", "refused", "declined", "optout", "optedout", "withdrawn", "revoked",
})
#: Names of the value that names a purpose: `{"id": "C0002", "status": "inactive"}`.
NAMING = frozenset({"name", "id", "purpose", "category", "key", "type", "slug", "code", "label", "title"})
#: Names of lists of purposes.
_LISTS = re.compile(
    r"ids$|groups$|categor(?:y|ies)$|purposes?$|allowed|granted|accepted|consented|approved|active|enabled|list$"
)
_IAB = re.compile(r"purpose|tcf|iab|tcdata|gdpr")
_NOT_PURPOSES = re.compile(r"vendor|legitimate|legint|publisher|specialfeature|restriction|stack")
#: Names, without `consent` in them, of what consent managers send.
_MANAGERS = frozenset({
    "categorypreferences", "onetrustactivegroups", "optanonactivegroups", "activegroups", "cookiebot", "tcstring",
    "tcfstring", "iabtcftcstring", "gcs", "optout", "optedout", "trackingoptout",
})
#: Names of objects that may hold answers, besides other things.
_NEIGHBOURS = frozenset({
    "onetrust", "cookiepreferences", "cookiecategories", "cookiesettings", "cookies", "didomi", "usercentrics",
    "iubenda", "ketch", "osano", "klaro", "borlabs", "tcf", "tcdata", "gdpr", "privacy", "privacypreferences",
    "privacysettings", "trackingpreferences", "trackingsettings",
})
#: What may surround `consent` in the name of a value that is an answer: `has_cookie_consent`.
_FILLERS = re.compile(
    r"consent(?:ed)?|context|cookies?|user|has|is|gdpr|tracking|track|given|status|state|value|mode|answer|flag|data|"
    r"privacy|granted|accepted|allowed|choice|decision|optin|banner|management|manager|optanon|onetrust|cookiebot|"
    r"iabtcf|iab|tcf|purpose|string|google|s$"
)
#: What is no answer though its name has `consent` in it.
_FACTS = re.compile(
    r"(?:version|ids?|at|time|timestamp|date|on|provider|method|source|url|link|text|screen|model|type|country|region|"
    r"language|locale|strategy|uuid|hash|ip|expiry|expires|updated|created)$"
)


def letters(name: object) -> str:
    """The letters and digits of a name or value, in lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name)).casefold())


def answer_of(value: object) -> bool | None:
    """A yes, a no, or None where the value is neither."""
    text = letters(value) if isinstance(value, str) else letters(str(value))
    return True if text in _YES else False if text in _NO else None


@dataclass(frozen=True)
class Words:
    """The names of the purpose, as the setting ``consent.analytics_keys`` has them."""

    keys: tuple[str, ...]

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Words":
        # `analytics` also finds `analytic` and `analytical`, `statistics` also `statistic`
        found = (letters(key) for key in keys)
        return cls(tuple(dict.fromkeys(key.removesuffix("s") if len(key) > 5 else key for key in found if key)))

    def is_purpose(self, name: object) -> bool:
        """Whether a name is one of the purpose; long keys also as a part, such as `analytics_storage`."""
        text = letters(name)
        return any(key == text or (len(key) >= 5 and key in text) for key in self.keys)


def is_negative(name: str) -> bool:
    return _NEGATIVE.search(letters(name)) is not None


def is_general(name: str) -> bool:
    return letters(name) in _GENERAL


def is_list(name: str) -> bool:
    """Whether a member may be a list of purposes."""
    return _LISTS.search(letters(name)) is not None or is_negative(name)


def is_ids(name: str) -> bool:
    """Whether a member holds ids of purposes: all that are in it were agreed to, or refused."""
    return letters(name).endswith("ids") and is_list(name)


def is_iab(name: str) -> bool:
    return _IAB.search(letters(name)) is not None


def is_left_out(name: str) -> bool:
    """Whether a member is about vendors, or interests that nobody consents to."""
    return _NOT_PURPOSES.search(letters(name)) is not None


def is_consent(name: str) -> bool:
    """Whether a member's name says that it holds answers, and nothing else."""
    text = letters(name)
    return "consent" in text or "categorypreferences" in text or text.removeprefix("context") in _MANAGERS


def may_hold_consent(name: str) -> bool:
    """Whether an object of this name may hold answers, besides other things."""
    return letters(name).removeprefix("context") in _NEIGHBOURS


def is_whole_answer(name: str) -> bool:
    """Whether a single value under this name is an answer, and no fact about one or answer about something else."""
    text = letters(name)
    return text.removeprefix("context") in _MANAGERS or not _FILLERS.sub("", _NEGATIVE.sub("", text))


def is_fact(name: str) -> bool:
    return _FACTS.search(letters(name)) is not None
