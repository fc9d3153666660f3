"""What others wrote about somebody erased: in which spellings it is found, what goes and what stays."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from footfall.erasure.intent import Intent
from footfall.erasure.people import distinct
from footfall.erasure.plan import make_plan
from footfall.erasure.questions import decide, decide_all, read_decisions, write_questions
from footfall.erasure.search import scan
from footfall.ingestion.exclusion.mentions import mentions, names_of_texts
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.pending import pending
from footfall.ingestion.landing_erasure.candidates import Candidates
from tests.support.erased_lake import carry_out, erase
from tests.support.lake import DAY, Lake, line

ZOE = {
    "workspace_id": "expo", "user_id": "zoe-1000", "first_name": "Zoë", "last_name": "Müller",
    "email": "zoe.m+expo@corp.example",
}
BEN = {
    "workspace_id": "expo", "user_id": "ben", "first_name": "Ben", "last_name": "Baker", "email": "ben@corp.example",
}
SPELLINGS = [
    "https://app.example/people/zoe-1000", "/people/zoe%2D1000?tab=2", "Zoë Müller - Expo", "where is zoë müller",
    "https://app.example/?email=zoe.m%2Bexpo%40corp.example", "mailto:zoe.m%2Bexpo%40corp.example", "müller, zoë",
    "?next=%2Fsend%3Fto%3Dzoe.m%252Bexpo%2540corp.example", "Zoe Muller", "ZOE MUELLER", "Zo\\u00EB M\\u00FCller",
    "Zo&euml; M&#252;ller", "Zoe\u0308 Mu\u0308ller", "Zo%EB M%FCller", "zoe_muller.pdf", "ZOE-1000",
    "urn:user:zoe-1000", "Z\u200boë Müller", "Zoë\u00a0Müller",
]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A home that knows Zoë and Ben."""
    lake = Lake(tmp_path)
    lake.land("participants.jsonl", [ZOE, BEN], kind="entities")
    return lake


def test_a_value_goes_in_every_spelling_and_the_rest_of_the_row_stays(lake: Lake) -> None:
    kept = {"path": "/people", "with": "Zoe Miller", "whom": "xzoe-1000", "next": "zoe-10001", "name": "Müller"}
    for number, value in enumerate(SPELLINGS):
        lake.land(f"{number}.jsonl", [
            line(f"note {number}", userId="ben", properties={"note": value, **kept}),
            line(f"query {number}", properties={"query": value}), line(f"event {number}", userId="ben", event=value),
            line(f"own {number}", userId="zoe-1000"),
        ])
    lake.load()
    erase(lake, "zoe-1000")
    rows = lake.live()
    kinds = ("note", "query", "event")
    assert set(rows) == {("expo", f"{kind} {number}") for kind in kinds for number in range(len(SPELLINGS))}
    for number, value in enumerate(SPELLINGS):
        note, query, event = (rows["expo", f"{kind} {number}"] for kind in kinds)
        assert json.loads(note["properties"]) == {"note": "(erased)", **kept}, value
        assert query["query"] == event["event"] == "(erased)", value
        assert value not in (lake.home.landing / "events" / DAY / f"{number}.jsonl").read_text()
    assert scan(lake.home, ["zoe-1000", "Zoë Müller", ZOE["email"]]).found == {}
    before = {key: {**row, "file_id": None} for key, row in rows.items()}
    lake.backfill()
    assert {key: {**row, "file_id": None} for key, row in lake.live().items()} == before


@pytest.mark.parametrize(("first", "last", "text"), [
    ("Łukasz", "Grød", "lukasz grod"), ("Łukasz", "Grød", "Groed, Lukasz"), ("Jürgen", "Weiß", "JUERGEN WEISS"),
    ("伟", "王", "请问王伟在哪里"), ("철수", "김", "김철수님"),
    ("İpek", "I\u015f\u0131k", "ipek isik"), ("Jean-Luc", "O'Brien", "O\u2019Brien, Jean Luc"),
    ("Ana", "de la Cruz", "de la Cruz, Ana"), ("Jorg", "Muller", "Jörg Müller"),
])
def test_names_of_every_script_are_found(first: str, last: str, text: str) -> None:
    erased = Erased.of(names_of_texts([], [("expo", f"{first} {last}")]))
    assert mentions(text, erased, ["expo"])
    assert not mentions(text, erased, ["fair"])
    assert not mentions(f"{first} and somebody called {last}x", erased, ["expo"])


def test_others_whose_ids_have_the_text_in_them_keep_theirs(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    li = {**ZOE, "user_id": "li-100", "email": "li@corp.example", "first_name": "Maria", "last_name": "Bauer"}
    name = {"first_name": "Anna Maria", "last_name": "Bauer"}
    wei = {**BEN, "user_id": "li-100-b", "email": "wei.li@corp.example", **name}
    lake.land("participants.jsonl", [li, wei], kind="entities")
    others = {"to": "wei.li@corp.example", "url": "/people/li-100-b", "name": "Anna Maria Bauer"}
    lake.land("a.jsonl", [
        line("li-100-b:1", userId="li-100-b", properties=others),
        line("m2", userId="li-100-b", properties={
            "to": "li@corp.example", "url": "/people/li-100", "n": "Bauer, Maria",
        }),
    ])
    lake.load()
    plan = erase(lake, "li-100")
    assert {text for _, text in plan.others} >= {"li-100-b", "wei.li@corp.example", "Anna Maria Bauer", "li-100-b:1"}
    assert json.loads(lake.live()["expo", "li-100-b:1"]["properties"]) == others
    assert set(json.loads(lake.live()["expo", "m2"]["properties"]).values()) == {"(erased)"}
    others_texts = {text for _, text in plan.others}
    assert scan(lake.home, ["li-100", "li@corp.example", "Maria Bauer"], others=others_texts).found == {}


def test_rows_of_others_lose_the_name_and_things_get_an_id_of_their_own(lake: Lake) -> None:
    lake.land("participants-2.jsonl", [
        {**BEN, "job_title": "Assistant to Zoë Müller", "groups": ["staff", "zoe-1000"]},
    ], kind="entities")
    lake.land("meetings.jsonl", [
        {"workspace_id": "expo", "meeting_id": f"zoe-1000--{n}", "kind": "one_to_one", "status": "accepted"}
        for n in (1, 2)
    ], kind="entities")
    lake.land("meeting_participants.jsonl", [
        {"workspace_id": "expo", "meeting_id": "zoe-1000--1", "user_id": user} for user in ("zoe-1000", "ben")
    ], kind="entities")
    lake.load()
    erase(lake, "zoe-1000")
    (ben,) = [row for row in lake.entity("participants") if row["job_title"]]
    assert (ben["job_title"], ben["groups"], ben["email"]) == ("(erased)", ["staff", "(erased)"], "ben@corp.example")
    ids = [row["meeting_id"] for row in lake.entity("meetings")]
    assert len(set(ids)) == 2 and "zoe" not in str(ids)
    (place,) = lake.entity("meeting_participants")
    assert place["meeting_id"] in ids
    assert scan(lake.home, ["zoe-1000", "Zoë Müller"]).found == {}
    entities = {name: sorted(map(str, lake.entity(name))) for name in ("participants", "meetings")}
    lake.backfill()
    assert {name: sorted(map(str, lake.entity(name))) for name in entities} == entities


def test_a_file_with_a_person_in_its_name_is_renamed_everywhere_and_not_loaded_again(lake: Lake) -> None:
    name = "upload-zoe-1000-zoe.m+expo@corp.example.jsonl"
    path = lake.land(name, [line("m1", userId="ben"), line("m1", userId="carl"), "{not json"])
    lake.load()
    original = path.read_bytes()
    erase(lake, "zoe-1000")
    assert not path.exists()
    (new,) = (lake.home.landing / "events" / DAY).iterdir()
    assert new.name.startswith("upload-erased-") and new.read_bytes() == original
    assert scan(lake.home, ["zoe-1000", ZOE["email"]]).found == {}
    assert {Path(row["file"]).name for row in lake.quarantine()} == {new.name}
    assert pending(lake.home, lake.settings).is_empty
    commits = len(read_commits(lake.home))
    path.write_bytes(original)
    assert lake.load().lines_in == 0
    assert not path.exists() and len(read_commits(lake.home)) == commits
    lake.land(name, [line("m9", userId="ben")])
    lake.load()
    assert set(lake.live()) == {("expo", "m9")}, "a new version takes the place of the old one"
    assert scan(lake.home, ["zoe-1000", ZOE["email"]]).found == {}


def test_titles_of_the_organiser_are_asked_about_and_kept_until_then(lake: Lake, tmp_path: Path) -> None:
    titles = {"s1": "Talk by Zoë Müller", "s2": "Keynote", "s3": "Fireside with Zoe Muller"}
    lake.land("content.jsonl", [
        {"workspace_id": "expo", "content_type": "agenda_session", "content_id": name, "title": title}
        for name, title in titles.items()
    ] + [
        {"workspace_id": "expo", "content_type": "speaker", "content_id": "p1", "title": "Müller, Zoë"},
    ], kind="entities")
    lake.land("a.jsonl", [line("m1", userId="ben", properties={"content_id": "s1", "content_title": titles["s1"]})])
    lake.load()
    plan = erase(lake, "zoe-1000")
    assert [one["text"] for one in plan.questions] == [titles["s3"], titles["s1"]]
    assert {row["content_id"]: row["title"] for row in lake.entity("content")} == {**titles, "p1": "(erased)"}
    assert lake.live()["expo", "m1"]["content_title"] == titles["s1"]

    intent = Intent(1, "2026-11-24T00:00:00", distinct([("expo", "zoe-1000")]), plan, attempt=2)
    write_questions(lake.home, 1, [])
    answers = tmp_path / "answers.csv"
    answers.write_text("workspace_id,content_type,text,decision\n" + "".join(
        f"expo,agenda_session,{text},{word}\n" for text, word in ((titles["s1"], "erase"), (titles["s3"], "keep"))
    ))
    assert decide(plan, read_decisions(answers))
    carry_out(lake, intent)
    assert {row["content_id"]: row["title"] for row in lake.entity("content")} == {
        **titles, "s1": "(erased)", "p1": "(erased)",
    }
    assert lake.live()["expo", "m1"]["content_title"] == "(erased)"
    lake.backfill()
    assert {row["content_id"]: row["title"] for row in lake.entity("content")}["s1"] == "(erased)"
    assert not decide_all(plan, "erase"), "everything is answered"
    carry_out(lake, replace(intent, attempt=3))


@pytest.mark.parametrize("user", ["nobody", "attendee", "agenda", "user", "test", "1"])
def test_an_id_that_is_a_common_word_takes_no_text_with_it(tmp_path: Path, user: str) -> None:
    lake = Lake(tmp_path)
    lake.land("content.jsonl", [
        {"workspace_id": "expo", "content_type": "page", "content_id": "p", "title": "Agenda"},
    ], kind="entities")
    properties = {"role": user, "note": f"{user} was here", "url": f"/{user}"}
    lake.land("a.jsonl", [line("m1", userId="ben", properties=properties), line("m2", userId=user)])
    lake.load()
    erase(lake, user)
    assert set(lake.live()) == {("expo", "m1")}
    assert json.loads(lake.live()["expo", "m1"]["properties"]) == properties


def test_an_id_of_letters_that_nobody_uses_as_a_word_goes_from_texts(lake: Lake) -> None:
    lake.land("a.jsonl", [
        line("m1", userId="ben", properties={"url": "/people/xanthippe"}), line("m2", userId="xanthippe"),
    ])
    lake.load()
    plan = make_plan(lake.home, lake.settings, [("expo", "xanthippe")])
    assert plan.common_words == 0
    erase(lake, "xanthippe")
    assert json.loads(lake.live()["expo", "m1"]["properties"]) == {"url": "(erased)"}


def test_first_and_last_name_in_two_members_of_one_object_go(lake: Lake) -> None:
    names = {"first_name": "zoe", "last_name": "M\u00fcller"}
    apart = {"winner": {"name": "Zo\u00eb"}, "sponsor": {"name": "M\u00fcller"}, "first": "Zo\u00eb", "last": "Miller"}
    path = lake.land("a.jsonl", [
        line("m1", userId="ben", properties={"met": {**names, "table": 5}, "note": "x"}),
        line("m2", userId="ben", properties=apart),
        line("m3", userId="ben", properties={"who": ["M\u00fcller", "Zo\u00eb"]}),
        line("m4", userId="ben", context={"groupId": "expo", "device": {"id": "d"}, "traits": names}),
        line("m5", userId="zoe-1000"),
    ])
    rows = ["message_id,workspace_id,user_id,anonymous_id,timestamp,first,last"]
    rows += [f"m6,expo,ben,d,{DAY}T10:00:00Z,Zo\u00eb,M\u00fcller", f"m7,expo,ben,d,{DAY}T10:00:00Z,Zo\u00eb,Miller"]
    table = lake.land("b.csv", "\n".join([*rows, ""]).encode())
    lake.load()
    erase(lake, "zoe-1000")
    found = {message: json.loads(row["properties"] or "null") for (_, message), row in lake.live().items()}
    assert found["m1"] == {"met": {"first_name": "(erased)", "last_name": "(erased)", "table": 5}, "note": "x"}
    assert (found["m2"], found["m3"]) == (apart, {"who": ["(erased)", "(erased)"]})
    assert (found["m6"]["first"], found["m6"]["last"]) == ("(erased)", "(erased)")
    assert (found["m7"]["first"], found["m7"]["last"]) == ("Zo\u00eb", "Miller")
    assert json.loads(path.read_text().splitlines()[3])["context"]["traits"] == dict.fromkeys(names, "(erased)")
    assert "(erased),(erased)" in table.read_text() and "Zo\u00eb,Miller" in table.read_text()
    lake.backfill()
    assert {m: json.loads(row["properties"] or "null") for (_, m), row in lake.live().items()} == found


def test_a_name_in_a_part_of_a_line_that_is_not_loaded_goes_from_the_landing_zone(lake: Lake) -> None:
    """Browsers send the address of the page in the context of every event."""
    page = {"url": "https://app.example/people/zoe-1000", "title": "Zo\u00eb M\u00fcller", "path": "/people"}
    device = {"id": "kiosk-of-zoe-1000"}
    path = lake.land("a.jsonl", [
        line("m1", userId="ben", context={"groupId": "expo", "device": device, "page": page}),
        line("m2", userId="ben", context={"groupId": "expo", "device": {"id": "d"}, "page": {**page, "title": "Home"}}),
        line("m3", userId="zoe-1000", context={"groupId": "expo", "device": device}), line("m4"),
    ])
    extra = lake.land("participants-2.jsonl", [{**BEN, "bio": "Works with Zo\u00eb M\u00fcller"}], kind="entities")
    lake.load()
    plan = make_plan(lake.home, lake.settings, [("expo", "zoe-1000")])
    intent = Intent(1, "2026-11-24T00:00:00", [("expo", "zoe-1000")], plan)
    carry_out(lake, intent)
    lines = [json.loads(one) for one in path.read_text().splitlines() if one]
    assert [one["context"].get("page") for one in lines] == [
        {"url": "(erased)", "title": "(erased)", "path": "/people"},
        {"url": "(erased)", "title": "Home", "path": "/people"}, None,
    ]
    assert lines[0]["context"]["device"] == device, "an id of the line's own"
    assert json.loads(extra.read_text()) == {**BEN, "bio": "(erased)"}
    before = path.stat().st_mtime_ns
    carry_out(lake, Intent(1, "2026-11-24T00:00:00", [("expo", "zoe-1000")], plan, attempt=2))
    assert path.stat().st_mtime_ns == before, "doing it again changes nothing"
    assert lake.load().is_empty


@pytest.mark.parametrize("text", [*SPELLINGS, "See:\nzoe-1000", "%7Aoe%2D1000", "z\uff4fe-1000"])
def test_every_spelling_is_in_a_line_that_is_looked_at_closely(text: str) -> None:
    ids = [("expo", ZOE["user_id"]), ("expo", ZOE["email"])]
    candidates = Candidates(names_of_texts(ids, [("expo", "Zo\u00eb M\u00fcller")]))
    others = [json.dumps(line("m1", context={"groupId": "fair"})), "caf\u00e9 100%25", "1000000 zoebra"]
    lines = [*others, json.dumps(text), json.dumps(text, ensure_ascii=False), json.dumps(json.dumps(text)), text]
    assert candidates.places(pa.array(lines)) == [3, 4, 5, 6]


def test_short_ids_are_searched_as_words_and_ids_without_letters_everywhere() -> None:
    lines = pa.array(['{"userId":5}', '{"userId":"15"}', '{"userId":"\\t5"}', '{"a":"x5"}', '{"userId":"5.0"}'])
    assert Candidates([("user", "expo", "5")]).places(lines) == [0, 2, 4]
    assert Candidates([("user", "expo", "--")]).places(lines) == [0, 1, 2, 3, 4]
    assert Candidates([]).places(lines) == []
    many = [("user", "expo", f"person-{number:06d}") for number in range(3_000)]
    assert Candidates(many).places(pa.array(["person-002999", "person-003000", "PERSON-000000"])) == [0, 2]
