"""What a consent manager's answer means, in the forms that browsers and collectors send."""

from typing import Any

import pytest

from footfall.core.settings import Settings
from footfall.ingestion.consent.in_line import answer_in
from footfall.ingestion.consent.words import Words

WORDS = Words.of(Settings().consent.analytics_keys)
#: Version 2.2; purposes 1 to 10 allowed, and the same with purposes 7 to 10 refused.
TC_ALL = "CQAAAAAQAAAAAAGABAENAAAgAP_AAAAAAAAAAAAAAAAAAAAAAAAA"
TC_SOME = "CQAAAAAQAAAAAAGABAENAAAgAPwAAAAAAAAAAAAAAAAAAAAAAAAA"


def rudder(allowed: Any, denied: Any) -> dict[str, Any]:
    return {"context": {"consentManagement": {
        "allowedConsentIds": allowed, "deniedConsentIds": denied, "provider": "oneTrust", "resolutionStrategy": "and",
    }}}


def in_consent(**consent: Any) -> dict[str, Any]:
    return {"context": {"consent": consent}}


def preferences(**categories: Any) -> dict[str, Any]:
    return in_consent(categoryPreferences=categories)


REFUSED: dict[str, dict[str, Any]] = {
    "another case": preferences(ANALYTICS=False),
    "OneTrust's id": preferences(C0001=True, C0002=False),
    "statistics": preferences(Statistics=False),
    "performance": preferences(performance="denied"),
    "measurement": preferences(audience_measurement=0),
    "the text false": preferences(Analytics="False"),
    "a text of zero": preferences(Analytics="0"),
    "opt-out": preferences(Analytics="opt-out"),
    "opted out": preferences(Analytics="OPTED_OUT"),
    "an empty list": preferences(Analytics=[]),
    "not understood": preferences(Analytics="maybe"),
    "not understood, a number": preferences(Analytics=2),
    "other categories only": preferences(Advertising=True, Functional=True),
    "twice, once refused": preferences(Analytics=True, analytics=False),
    "an object": preferences(Analytics={"status": "denied", "updatedAt": "2026-01-01"}),
    "an object with a flag": preferences(Analytics={"granted": False}),
    "an empty answer of a manager": {"context": {"OnetrustActiveGroups": ","}},
    "opt-out in a name": in_consent(analytics_opt_out=True),
    "OneTrust's groups": {"context": {"OnetrustActiveGroups": ",C0001,C0003,"}},
    "OneTrust's groups, elsewhere": {"properties": {"OnetrustActiveGroups": "C0001"}},
    "OneTrust's cookie": {"context": {"OptanonConsent": "isGpcEnabled=0&groups=C0001%3A1%2CC0002%3A0"}},
    "OneTrust's cookie, first": {"context": {"OptanonConsent": "groups=C0002:0,C0001:1"}},
    "Cookiebot's object": {"context": {"cookiebot": {"necessary": True, "statistics": False}}},
    "Cookiebot's cookie": {
        "context": {"CookieConsent": "{stamp:'x',necessary:true,preferences:true,statistics:false,ver:1}"}
    },
    "Google's consent mode": in_consent(ad_storage="granted", analytics_storage="denied"),
    "Google's consent mode, beside": {"context": {"analytics_storage": "denied"}},
    "Google's update": in_consent(default={"analytics_storage": "granted"}, update={"analytics_storage": "denied"}),
    "Google's string": {"context": {"gcs": "G110"}},
    "RudderStack denied": rudder(["C0001"], ["C0002", "C0003"]),
    "RudderStack denied, by name": rudder([], ["Analytics"]),
    "RudderStack neither": rudder(["C0001"], []),
    "RudderStack nothing": rudder([], []),
    "RudderStack with labels": rudder({"C0001": "Functional"}, {"C0002": "Performance"}),
    "both": rudder(["C0002"], ["C0002"]),
    "IAB map": in_consent(purpose={"consents": {"1": True, "7": False, "8": False, "9": False, "10": False}}),
    "IAB list": in_consent(purposes=[1, 2, 3]),
    "IAB list of texts": in_consent(purposes=["1", "2"]),
    "IAB partly": in_consent(purposes={"consents": {"7": True, "8": False, "9": True, "10": True}}),
    "IAB vendors are no purposes": {"context": {"tcf": {
        "purpose": {"consents": {"1": True, "8": False}}, "vendor": {"consents": {"7": True, "8": True}},
    }}},
    "IAB bits": {"context": {"IABTCF_PurposeConsents": "1111110000"}},
    "IAB string": {"context": {"tcString": TC_SOME}},
    "IAB string, not readable": {"context": {"consent": {"tcString": "C???"}}},
    "a list of what was accepted": {"context": {"consent": ["necessary", "marketing"]}},
    "a list of what was refused": in_consent(denied=["analytics"], accepted=["marketing"]),
    "a list of objects": in_consent(purposes=[{"id": "analytics", "status": "rejected"}, {"id": "ads", "status": 1}]),
    "a purpose by name": in_consent(purpose="analytics", granted=False),
    "a status": in_consent(status="denied", version=3),
    "a status with an id": in_consent(id="a-1", status="withdrawn"),
    "deep": {"context": {"app": {"cmp": {"user_consent": {"web": {"analytics": "no"}}}}}},
    "beside the context": {"consent": {"categories": {"analytics": False}}},
    "in the traits": {"context": {"traits": {"consent": {"analytics": False}}}},
    "in the properties": {"properties": {"cookie_consent": {"statistics": "off"}}},
    "JSON in a text": {"context": {"consent": '{"categoryPreferences": {"Analytics": false}}'}},
    "one value": {"context": {"consent": "denied"}},
    "one number": {"context": {"consent": 0}},
    "one unknown value": {"context": {"consent": "pending"}},
    "another name": {"context": {"has_cookie_consent": "no"}},
    "a flat name": {"context_consent_category_preferences_c0002": "false"},
    "a flat name of another category": {"context_consent_category_preferences_advertising": "true"},
    "flat lists": {"context_consent_management_denied_consent_ids": '["C0002"]'},
    "flat groups": {"context_onetrust_active_groups": "C0001,C0003"},
    "a yes elsewhere": {"context": {"consent": {"analytics": False}, "user_consent": True}},
}
ALLOWED: dict[str, dict[str, Any]] = {
    "the contract's form": preferences(Analytics=True),
    "with other categories": preferences(Advertising=False, Analytics=True),
    "with what is no answer": in_consent(categoryPreferences={"C0002": True}, version=2, method="explicit", id="x"),
    "opt-in": preferences(analytics="opt-in"),
    "a number": preferences(Performance=1),
    "an object": preferences(Analytics={"status": "granted", "updatedAt": "2026-01-01", "version": 3}),
    "OneTrust's groups": {"context": {"OnetrustActiveGroups": ",C0001,C0002,"}},
    "OneTrust's cookie": {"context": {"OptanonConsent": "groups=C0001%3A1%2CC0002%3A1"}},
    "Cookiebot's cookie": {"context": {"CookieConsent": "{necessary:true,statistics:true,marketing:false}"}},
    "Google's consent mode": in_consent(ad_storage="denied", analytics_storage="granted"),
    "Google's update": in_consent(default={"analytics_storage": "denied"}, update={"analytics_storage": "granted"}),
    "Google's string": {"context": {"gcs": "G101"}},
    "RudderStack": rudder(["C0001", "C0002"], ["C0004"]),
    "RudderStack with labels": rudder({"C0002": "Performance"}, {}),
    "IAB map": in_consent(purpose={"consents": {"7": True, "8": True, "9": True, "10": True, "4": False}}),
    "IAB list": in_consent(purposes=[1, 7, 8, 9, 10]),
    "IAB bits": {"context": {"IABTCF_PurposeConsents": "1111111111"}},
    "IAB string": {"context": {"tcString": TC_ALL}},
    "a list of what was accepted": {"context": {"consent": ["necessary", "analytics"]}},
    "a list of objects": in_consent(purposes=[{"id": "analytics", "status": "yes"}, {"id": "ads", "status": "no"}]),
    "everything": {"context": {"consent": "granted"}},
    "a flat name": {"context_consent_category_preferences_analytics": "true"},
}
NO_ANSWER: dict[str, dict[str, Any]] = {
    "nothing": {"context": {"os": {"name": "iOS"}}},
    "null": preferences(Analytics=None),
    "an empty text": preferences(Analytics=""),
    "empty objects": preferences(),
    "facts about the question": in_consent(version=3, provider="oneTrust", updatedAt="2026-01-01"),
    "others were refused": in_consent(deniedConsentIds=["C0004"]),
    "not opted out": in_consent(analyticsOptOut=False),
    "the words of the app": {"event": "Consent form opened", "properties": {"consent_form": "photo", "consent": "x"}},
    "another consent": {"context": {"traits": {"marketing_consent": False}}},
    "a version": {"context": {"consent_version": "2"}},
    "a measure": {"context": {"performance": {"load": 12}}, "properties": {"performance": 0, "measurement": "off"}},
    "cookies are on": {"context": {"cookies": True, "gdpr": 1}},
    "a policy": {"context": {"privacy": {"policy_version": 3}}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_seen_in_any_spelling_and_nesting(case: str) -> None:
    assert answer_in(REFUSED[case], WORDS) is False


@pytest.mark.parametrize("case", ALLOWED)
def test_a_clear_yes_is_a_yes(case: str) -> None:
    assert answer_in(ALLOWED[case], WORDS) is True


@pytest.mark.parametrize("case", NO_ANSWER)
def test_what_is_no_answer_is_none(case: str) -> None:
    assert answer_in(NO_ANSWER[case], WORDS) is None
