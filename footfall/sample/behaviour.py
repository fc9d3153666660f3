"""What people do in the sampled app: kinds of steps, the events of each, when, on which content."""

from dataclasses import dataclass

#: Installed modules; the names are those of the event catalogue.
MODULES = (
    "abstracts", "agenda", "app", "documents", "feed", "forms", "home", "live_streams", "login", "map", "meetings",
    "messages", "notifications", "pages", "participants", "search", "speakers", "sponsors",
)

#: content_type: (id prefix, number of items, word in titles). No number is a multiple of 7 (see people.sql).
CONTENT: dict[str, tuple[str, int, str]] = {
    "agenda_session": ("ses", 60, "Session"), "speaker": ("spk", 40, "Speaker"), "sponsor": ("spo", 20, "Sponsor"),
    "document": ("doc", 25, "Handout"), "form": ("frm", 6, "Survey"), "page": ("pag", 10, "Page"),
    "abstract": ("abs", 50, "Abstract"), "live_stream": ("liv", 6, "Live"),
}

#: (workspace id, name, IANA time zone); more workspaces than these repeat them with a number.
WORKSPACES = (
    ("summit-2026", "Summit 2026", "Europe/Zurich"),
    ("expo-2026", "Expo “New Ideas” 2026", "America/New_York"),
    ("congress-2026", "Himalaya Congress 2026", "Asia/Kathmandu"),
    ("forum-2026", "Atlantic Forum 2026", "America/St_Johns"),
    ("fair-2026", "Feria de Otoño 2026", "America/Mexico_City"),
    ("days-2026", "Doctors' Days 2026", "Australia/Lord_Howe"),
)


@dataclass(frozen=True)
class Step:
    """One part of a visit.

    Attributes:
        kind: its name; the actions of it are in ``ACTIONS``.
        least_seconds: it lasts at least this long.
        more_seconds: and at most this much longer; short steps are more likely.
        weights: how often it is taken before, during and after the event; 0: chosen by rules only.
    """

    kind: str
    least_seconds: int
    more_seconds: int
    weights: tuple[int, int, int] = (0, 0, 0)


STEPS = (
    Step("welcome", 8, 40), Step("sign_in", 3, 20), Step("tab_resumed", 120, 3000), Step("foyer_screen", 200_000, 0),
    Step("home", 3, 45, (4, 4, 6)), Step("agenda", 15, 200, (34, 40, 14)), Step("session_live", 30, 700, (0, 24, 0)),
    Step("speaker", 10, 150, (22, 16, 12)), Step("sponsor", 10, 140, (14, 18, 8)),
    Step("document", 40, 1100, (12, 10, 26)), Step("form", 15, 240, (10, 8, 16)), Step("page", 8, 160, (24, 8, 8)),
    Step("abstract", 20, 260, (12, 8, 10)), Step("live_stream", 120, 2600, (0, 8, 22)),
    Step("people", 10, 160, (18, 14, 14)), Step("own_profile", 8, 90, (6, 2, 2)), Step("search", 8, 70, (12, 10, 10)),
    Step("feed", 10, 200, (12, 14, 18)), Step("messages", 10, 180, (8, 8, 18)), Step("meetings", 8, 120, (8, 8, 4)),
    Step("map", 5, 60, (2, 8, 0)), Step("notifications", 3, 20, (2, 6, 2)),
)

#: kind of step: (event, permille of the step's time, chance in permille) …; heartbeats repeat through the step.
ACTIONS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "welcome": (("App Installed", 0, 500), ("Welcome", 20, 1000), ("Sign In", 400, 1000)),
    "sign_in": (("identify", 0, 1000), ("group", 1, 1000), ("Signed In", 2, 1000), ("Home", 300, 1000)),
    "home": (
        ("App Opened", 0, 700), ("Home", 1, 1000), ("Sponsor Banner Shown", 60, 600),
        ("Sponsor Banner Clicked", 500, 30),
    ),
    "agenda": (("Agenda", 0, 800), ("Session Viewed", 200, 950), ("Session Bookmarked", 500, 260)),
    "session_live": (
        ("Session Viewed", 0, 1000), ("Poll Answered", 300, 300), ("Question Asked", 600, 120),
        ("Session Rated", 950, 180),
    ),
    "speaker": (("Speakers", 0, 700), ("Speaker Viewed", 250, 950), ("Speaker Bookmarked", 700, 90)),
    "sponsor": (
        ("Sponsors", 0, 650), ("Sponsor Viewed", 200, 950), ("Sponsor Link Clicked", 600, 220),
        ("Booth Visited", 800, 130),
    ),
    "document": (
        ("Documents", 0, 600), ("Document Opened", 50, 970), ("Document Heartbeat", 50, 970),
        ("Document Downloaded", 900, 240),
    ),
    "form": (("Forms", 0, 400), ("Form Opened", 100, 980), ("Form Submitted", 900, 560)),
    "page": (("Page Viewed", 0, 1000),),
    "abstract": (("Abstracts", 0, 600), ("Abstract Viewed", 150, 950), ("Abstract Liked", 800, 110)),
    "live_stream": (
        ("Live Streams", 0, 500), ("Live Stream Started", 10, 1000), ("Live Stream Heartbeat", 10, 1000),
        ("Live Stream Reaction Sent", 500, 300),
    ),
    "people": (("Participants", 0, 700), ("Profile Viewed", 250, 950), ("Contact Requested", 700, 160)),
    "own_profile": (("Profile Viewed", 0, 1000), ("Profile Edited", 700, 300)),
    "search": (("Search", 0, 900), ("Search Performed", 400, 1000), ("Search Performed", 750, 250)),
    "feed": (
        ("Feed", 0, 1000), ("Post Liked", 300, 550), ("Post Liked", 500, 300), ("Post Commented", 700, 120),
        ("Post Published", 900, 70),
    ),
    "messages": (("Messages", 0, 1000), ("Message Sent", 500, 750)),
    "meetings": (("Meetings", 0, 1000),),
    "map": (("Map", 0, 1000),),
    "notifications": (("Push Received", 0, 1000), ("Notification Opened", 200, 800)),
    "tab_resumed": (("Heartbeat", 0, 1000),),
    "foyer_screen": (("Heartbeat", 0, 1000),),
}
MEETING_EVENTS = (
    "Meeting Requested", "Meeting Accepted", "Meeting Declined", "Meeting Cancelled", "Meeting Rescheduled",
    "Meeting Joined",
)
#: Only in a dirty sample: an app release that the catalogue does not know yet.
UNKNOWN_EVENT = "Quiz Answered"

#: Events that a client sends as `screen` (apps) or `page` (web) calls; the rest are `track`, `identify` and `group`.
SCREENS = frozenset((
    "Abstracts", "Agenda", "Documents", "Feed", "Forms", "Home", "Live Streams", "Map", "Meetings", "Messages",
    "Participants", "Search", "Sign In", "Speakers", "Sponsors", "Welcome",
))
#: First word of an event on a content item: what the event's content_id is an id of.
CONTENT_OF = {
    "Abstract": "abstract", "Document": "document", "Form": "form", "Page": "page", "Live": "live_stream",
    "Session": "agenda_session", "Poll": "agenda_session", "Question": "agenda_session", "Speaker": "speaker",
    "Sponsor": "sponsor", "Booth": "sponsor", "Profile": "user", "Contact": "user",
}
#: First word of the events that only an app has.
APP_ONLY = frozenset(("App", "Push", "Notification"))

#: Visits by local hour (0 to 23), each adding up to 200: quiet days, days of the event.
HOURS = {
    "quiet": (1, 0, 0, 0, 0, 1, 4, 9, 15, 16, 14, 12, 15, 14, 12, 11, 11, 10, 11, 13, 14, 10, 5, 2),
    "event": (1, 0, 0, 0, 0, 1, 4, 10, 18, 20, 16, 15, 18, 15, 14, 14, 13, 10, 8, 7, 7, 5, 3, 1),
}
