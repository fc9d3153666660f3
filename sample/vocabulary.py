"""The words of the sample: names from many places, companies, titles, searches, and what people do in the app."""

#: (locale, first names, last names). Apostrophes, hyphens, emoji and right-to-left scripts are there on purpose.
CULTURES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("de-CH", ("Anna", "Jürg", "Lea", "Urs", "Beatrice", "Matteo"), ("Müller", "Zgraggen", "von Arx", "Bösch", "Rüegg", "Frey")),
    ("en-US", ("James", "Aaliyah", "Mary-Kate", "DeShawn", "Emily", "Noah"), ("Smith", "O'Neill", "Washington", "D'Angelo", "Lee", "Jr. King")),
    ("ne-NP", ("Sita", "Bikash", "Nirmala", "प्रकाश", "Pemba", "Asha"), ("Shrestha", "Gurung", "Tamang", "अधिकारी", "Sherpa", "Thapa")),
    ("en-CA", ("Siobhán", "Declan", "Maeve", "Wm.", "Frances", "Gord"), ("O'Brien", "Walsh", "Power", "MacDonald", "St. Croix", "Penney")),
    ("fr-FR", ("Chloé", "Jean-Luc", "Anaïs", "Étienne", "Zoé", "Rémi"), ("L'Hermite", "Lefèvre", "de La Tour", "Gaultier", "Noël", "Œuvrard")),
    ("es-MX", ("Íñigo", "María José", "Lucía", "Ángel", "Ximena", "Raúl"), ("Núñez", "García Márquez", "Peña", "Ibáñez", "Ordóñez", "Güemes")),
    ("ar-EG", ("ليلى", "محمد", "Yasmin", "أحمد", "Omar", "نور"), ("الزهراني", "حسن", "El-Sayed", "عبد الرحمن", "Mansour", "فاروق")),
    ("he-IL", ("נועה", "דוד", "Tamar", "יעל", "Eitan", "אורי"), ("כהן", "לוי", "Ben-Ami", "מזרחי", "Bar'el", "שפירא")),
    ("zh-CN", ("伟", "芳", "Xiuying", "娜", "Lei", "静"), ("王", "李", "Zhang", "刘", "Chen", "欧阳")),
    ("ja-JP", ("さくら", "健太", "Yuki", "陽菜", "Haruto", "翔"), ("佐藤", "鈴木", "Takahashi", "渡辺", "Itō", "山本")),
    ("tr-TR", ("Işıl", "Çağlar", "İbrahim", "Şule", "Ömer", "Gül"), ("Yıldız", "Öztürk", "Şahin", "Kılıç", "Güneş", "Işık")),
    ("is-IS", ("Þórdís", "Björk", "Ægir", "Guðrún", "Örn", "Sigríður"), ("Jónsdóttir", "Þorsteinsson", "Ólafsdóttir", "Ægisson", "Briem", "Hafstað")),
    ("vi-VN", ("Nguyệt", "Đức", "Thảo", "Phương", "Tuấn", "Hạnh"), ("Nguyễn", "Trần", "Đặng", "Phạm", "Lê", "Vũ")),
    ("en-GB", ("Sam 🎉", "Olu", "Niamh", "Zadie", "Ffion", "X Æ A-12"), ("Null", "Featherstonehaugh-Cholmondeley", "Adébáyò", "Test-Smith", "Li", "True")),
)
COMPANIES = (
    "Müller & Söhne AG", "Acme, Inc.", "Himalaya Trek Pvt. Ltd.", "O'Malley's Fish Co.", "L'Atelier", "Banco Peña",
    "النور للتقنية", "כוכב בע״מ", "东方科技", "さくら工業", "Yıldız Holding", "Norðurljós ehf.", "Sao Việt", "+Plus Labs",
    "Bread & Butter Ltd", "Studio \"Nord\"", "A<B Testing", "Rocket 🚀 GmbH", "Smith; Jones | Partners", "Northwind",
    "Contoso", "Globex", "Initech", "Umbrella Design", "Blue Harbour", "Alpine Cables", "Kathmandu Weavers", "Signal Hill Labs",
)
JOBS = (
    "Engineer", "Head of Sales", "Nurse", "CEO & Founder", "Chargé d'affaires", "Data Analyst", "Étudiante", "Researcher",
    "Project Manager", "Product Owner", "Marketing Lead", "Consultant", "Journalist", "工程师", "مهندسة", "Architect",
)
TOPICS = (
    "Opening Keynote", "Data you can trust", "Cities & Water", "Who's afraid of AI?", "Zürich case study", "Low-code, high hopes",
    "Energy after 2030", "Women in Engineering", "Café of Ideas", "Design \"on a napkin\"", "The 5 % problem", "Maps & Mountains",
    "مستقبل العمل", "未来の都市", "Fishing for signals", "Privacy by default", "Panel: what went wrong", "Hands-on lab 🛠️",
    "Money, moods & markets", "Closing ceremony",
)
#: What people type; spellings that are the same term once normalised; the last five find nothing.
SEARCHES = (
    "keynote", "Keynote", "lunch", "  wifi ", "WIFI", "parking", "zürich", "Zu\u0308rich", "agenda", "speaker list", "slides",
    "Sponsor  booth", "sponsor booth", "certificate", "toilet", "map", "مؤتمر", "ai", "AI", "networking", "O'Brien",
    "100% \"remote\"", "refund", "vegan pizza", "asdf", "<b>bold</b>", "👽",
)
SEARCHES_WITHOUT_RESULTS = 5

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
#: (workspace id stem, name, IANA time zone); more workspaces than these repeat them with a number.
WORKSPACES = (
    ("summit-2026", "Summit 2026", "Europe/Zurich"),
    ("expo-2026", "Expo “New Ideas” 2026", "America/New_York"),
    ("congress-2026", "Himalaya Congress 2026", "Asia/Kathmandu"),
    ("forum-2026", "Atlantic Forum 2026", "America/St_Johns"),
    ("fair-2026", "Feria de Otoño 2026", "America/Mexico_City"),
    ("days-2026", "Doctors' Days 2026", "Australia/Lord_Howe"),
)

#: A step of a visit: (kind, seconds at least, seconds more at most, weight before / during / after the event).
STEPS: tuple[tuple[str, int, int, int, int, int], ...] = (
    ("welcome", 8, 40, 0, 0, 0), ("sign_in", 3, 20, 0, 0, 0), ("home", 3, 45, 4, 4, 6),
    ("agenda", 15, 200, 34, 40, 14), ("session_live", 30, 700, 0, 24, 0), ("speaker", 10, 150, 22, 16, 12),
    ("sponsor", 10, 140, 14, 18, 8), ("document", 40, 1100, 12, 10, 26), ("form", 15, 240, 10, 8, 16),
    ("page", 8, 160, 24, 8, 8), ("abstract", 20, 260, 12, 8, 10), ("live_stream", 120, 2600, 0, 8, 22),
    ("people", 10, 160, 18, 14, 14), ("own_profile", 8, 90, 6, 2, 2), ("search", 8, 70, 12, 10, 10),
    ("feed", 10, 200, 12, 14, 18), ("messages", 10, 180, 8, 8, 18), ("meetings", 8, 120, 8, 8, 4),
    ("map", 5, 60, 2, 8, 0), ("notifications", 3, 20, 2, 6, 2), ("tab_resumed", 120, 3000, 0, 0, 0),
    ("kiosk", 72000, 0, 0, 0, 0),
)

#: What happens in a step: (kind, event, permille of the step's time, chance in permille). Heartbeats repeat.
ACTIONS: tuple[tuple[str, str, int, int], ...] = (
    ("welcome", "App Installed", 0, 500), ("welcome", "Welcome", 20, 1000), ("welcome", "Sign In", 400, 1000),
    ("sign_in", "identify", 0, 1000), ("sign_in", "group", 1, 1000), ("sign_in", "Signed In", 2, 1000), ("sign_in", "Home", 300, 1000),
    ("home", "App Opened", 0, 700), ("home", "Home", 1, 1000), ("home", "Sponsor Banner Shown", 60, 600), ("home", "Sponsor Banner Clicked", 500, 30),
    ("agenda", "Agenda", 0, 800), ("agenda", "Session Viewed", 200, 950), ("agenda", "Session Bookmarked", 500, 260),
    ("session_live", "Session Viewed", 0, 1000), ("session_live", "Poll Answered", 300, 300), ("session_live", "Question Asked", 600, 120),
    ("session_live", "Session Rated", 950, 180),
    ("speaker", "Speakers", 0, 700), ("speaker", "Speaker Viewed", 250, 950), ("speaker", "Speaker Bookmarked", 700, 90),
    ("sponsor", "Sponsors", 0, 650), ("sponsor", "Sponsor Viewed", 200, 950), ("sponsor", "Sponsor Link Clicked", 600, 220),
    ("sponsor", "Booth Visited", 800, 130),
    ("document", "Documents", 0, 600), ("document", "Document Opened", 50, 970), ("document", "Document Heartbeat", 50, 970),
    ("document", "Document Downloaded", 900, 240),
    ("form", "Forms", 0, 400), ("form", "Form Opened", 100, 980), ("form", "Form Submitted", 900, 560),
    ("page", "Page Viewed", 0, 1000),
    ("abstract", "Abstracts", 0, 600), ("abstract", "Abstract Viewed", 150, 950), ("abstract", "Abstract Liked", 800, 110),
    ("live_stream", "Live Streams", 0, 500), ("live_stream", "Live Stream Started", 10, 1000),
    ("live_stream", "Live Stream Heartbeat", 10, 1000), ("live_stream", "Live Stream Reaction Sent", 500, 300),
    ("people", "Participants", 0, 700), ("people", "Profile Viewed", 250, 950), ("people", "Contact Requested", 700, 160),
    ("own_profile", "Profile Viewed", 0, 1000), ("own_profile", "Profile Edited", 700, 300),
    ("search", "Search", 0, 900), ("search", "Search Performed", 400, 1000), ("search", "Search Performed", 750, 250),
    ("feed", "Feed", 0, 1000), ("feed", "Post Liked", 300, 550), ("feed", "Post Liked", 500, 300), ("feed", "Post Commented", 700, 120),
    ("feed", "Post Published", 900, 70),
    ("messages", "Messages", 0, 1000), ("messages", "Message Sent", 500, 750),
    ("meetings", "Meetings", 0, 1000),
    ("map", "Map", 0, 1000),
    ("notifications", "Push Received", 0, 1000), ("notifications", "Notification Opened", 200, 800),
    ("tab_resumed", "Heartbeat", 0, 1000), ("kiosk", "Heartbeat", 0, 1000),
)

#: Share of visits by local hour (0 to 23), each adding up to 200: quiet days, days of the event.
HOURS_QUIET = (1, 0, 0, 0, 0, 1, 4, 9, 15, 16, 14, 12, 15, 14, 12, 11, 11, 10, 11, 13, 14, 10, 5, 2)
HOURS_EVENT = (1, 0, 0, 0, 0, 1, 4, 10, 18, 20, 16, 15, 18, 15, 14, 14, 13, 10, 8, 7, 7, 5, 3, 1)

#: Only used by `dirty`: an app release that the catalogue does not know yet.
UNKNOWN_EVENT = "Quiz Answered"

#: Events that a client sends as `screen` (apps) or `page` (web) calls; the rest are `track`, `identify` and `group`.
SCREENS = (
    "Abstracts", "Agenda", "Documents", "Feed", "Forms", "Home", "Live Streams", "Map", "Meetings", "Messages",
    "Participants", "Search", "Sign In", "Speakers", "Sponsors", "Welcome",
)
#: First word of the events on a content item: what the event's content_id is an id of.
CONTENT_OF = {
    "Abstract": "abstract", "Document": "document", "Form": "form", "Page": "page", "Live": "live_stream",
    "Session": "agenda_session", "Poll": "agenda_session", "Question": "agenda_session", "Speaker": "speaker",
    "Sponsor": "sponsor", "Booth": "sponsor", "Profile": "user", "Contact": "user",
}
MEETING_EVENTS = ("Meeting Requested", "Meeting Accepted", "Meeting Declined", "Meeting Cancelled", "Meeting Rescheduled", "Meeting Joined")
