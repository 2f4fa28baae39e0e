"""Pages say how far a transcript may be trusted: grade, findings, suspected words, roles, measures."""

import re
from html import unescape

import pytest

HTML = {"accept": "text/html,application/xhtml+xml"}


def page_of(client, path, language):
    return unescape(client.get(f"{path}?lang={language}", headers=HTML).text)


@pytest.mark.parametrize(
    ("language", "grade", "reasons", "roles"),
    [
        (
            "it", "da ascoltare", "una voce si sente anche nell'altro canale, parole forse mai dette",
            "ruoli da ciò che si dice, certezza 97 %",
        ),
        (
            "en", "listen first", "one party is heard in the other's channel too, words that were perhaps never said",
            "roles by what is said, confidence 97%",
        ),
    ],
)  # fmt: skip
def test_grade_stands_with_its_reasons(client, language, grade, reasons, roles):
    page = page_of(client, "/contacts/C-1", language)
    assert re.search(r'<span class="grade C" title="[^"]+ C: ' + grade, page)
    assert f"<strong>{grade}</strong>: {reasons} " in page
    assert roles in page


def test_list_and_twins_carry_the_grade(client):
    rows = {row["id"]: row["grade"] for row in client.get("/api/v1/contacts").json()["items"]}
    assert rows == {"C-1": "C", "C-2": "", "C-3": "C", "C/4 è": "C", "C-5": ""}
    assert page_of(client, "/contacts", "en").count('class="grade C"') == 3
    transcript = client.get("/api/v1/contacts/C-1").json()["transcript"]
    assert transcript["grade"] == {"letter": "C", "reasons": ["recording.bleed", "suspected_words"]}
    assert transcript["role_confidence"] == 0.97
    assert [finding["channel"] for finding in transcript["quality"]] == [1, 1, None, None]
    assert transcript["turns"][-1]["words"][-1]["suspect"] is True


def test_chat_has_no_grade(client):
    page = page_of(client, "/contacts/C-2", "en")
    assert 'class="grade ' not in page
    assert "roles given" not in page


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("it", "forse mai detto: una firma di sottotitoli o il nome di un suono"),
        ("en", "perhaps never said: a subtitle credit or a sound's name"),
    ],
)
def test_suspected_words_are_struck_and_say_why(client, language, why):
    page = page_of(client, "/contacts/C-1", language)
    assert f'<s class="suspect" title="{why}">Sottotitoli</s>' in page
    assert '<s class="suspect">' in page, "the legend explains it"
    assert '<s class="suspect">' not in page_of(client, "/contacts/C-2", language)


def test_findings_are_worded_placed_and_playable(client, sample):
    page = page_of(client, "/contacts/C-1", "it")
    card = page[page.index("Qualità della registrazione") :]
    findings = re.findall(r'<li class="finding">(.*?)</li>', card, re.DOTALL)
    assert [re.search(r'code">([\w.]+)<', finding)[1] for finding in findings] == [
        "transcript.phantom", "recording.clipped", "recording.brand_new", "recording.music",
    ]  # fmt: skip
    phantom, clipped, unknown, music = findings
    assert "in dubbio" in phantom
    assert "(una firma di sottotitoli o il nome di un suono)" in phantom
    assert f'data-start="{sample.SUSPECT_S[0]}" data-end="{sample.SUSPECT_S[1]}"' in phantom
    assert "suono saturato" in clipped
    assert "(cliente)" in clipped
    assert "<button" not in clipped, "it is about the whole recording"
    assert "recording.brand_new" in unknown
    assert "0:07–0:10" in music
    assert "musica" in music


def test_recorded_voices_are_turns_of_their_own(client):
    page = page_of(client, "/contacts/C-1", "it")
    assert re.search(r'<li class="turn ivr" id="t0".*?risponditore.*?Benvenuti', page, re.DOTALL)
    assert re.findall(r'<span class="lane (\w+)">', page) == ["agent", "customer"]


def test_measures_stand_in_groups_and_missing_ones_are_counted(client):
    page = page_of(client, "/contacts/C-1", "it")
    table = page[page.index('<table class="measures">') : page.index("</table>")]
    assert re.findall(r'scope="rowgroup"[^>]*>([^<]+)<', table) == ["Parlato", "Silenzio", "Attese", "Livello"]
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', table))
    cells = {label: re.findall(r"<td>([^<]*)</td>", row) for label, row in rows.items()}
    assert cells == {
        "quota di parlato": ["", "75 %", "25 %"],
        "silenzio più lungo": ["4,0 s", "", ""],
        "attese": ["1", "", ""],
        "livello (fondo scala: 0 dB)": ["", "−24,3 dB", "–"],
    }
    assert "2 misure non si possono prendere qui" in page
