"""An evaluation on paper."""

import pytest

FORM = "servizio-clienti"


def test_every_criterion_stands_on_paper_with_what_it_rests_on(client):
    text = client.get(f"/print/C-1?form={FORM}", headers={"accept-language": "it"}).text
    told = client.get(f"/api/v1/reviews/C-1?form={FORM}").json()
    assert text.count('<th scope="row">') == len(told["machine"])
    assert "«La chiamata è registrata»" in text
    assert "Giulia Ferretti (Casa)" in text
    assert "Revisione" not in text


def test_what_a_person_changed_stands_beside_the_machines_answer_and_cant_break_out(client):
    address = f"/api/v1/reviews/C-3?form={FORM}"
    told = client.get(address).json()
    met = next(a["criterion_id"] for a in told["machine"] if a["answer"] == "met")
    sheet = {
        "seen": 0, "comment": "<b>bene</b>", "notes": [{"at_s": 3, "text": "</li><script>x</script>"}],
        "given": [{"criterion_id": met, "answer": "not_met", "why": "<i>sentito</i>"}],
    }  # fmt: skip
    assert client.post(f"/api/v1/reviews/done/C-3?form={FORM}", json=sheet).status_code == 200
    text = client.get(f"/print/C-3?form={FORM}", headers={"accept-language": "it"}).text
    assert text.count('class="is-changed"') == 1
    assert "&lt;i&gt;sentito&lt;/i&gt;" in text
    assert "&lt;b&gt;bene&lt;/b&gt;" in text
    assert "<script>x" not in text
    assert "Revisione di analyst" in text


@pytest.mark.parametrize("address", ["/print/C-1?form=nope", "/print/C-9", "/print/C-5"])
def test_what_wasnt_scored_isnt_printed(client, address):
    assert client.get(address).status_code == 404


def test_the_contacts_page_leads_there(client):
    assert f'href="/print/C-1?form={FORM}"' in client.get("/contacts/C-1").text
