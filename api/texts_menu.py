"""Words of what stands round every page: who is signed in, and what isn't open to them."""

from qm.domain.text import Text
from qm.wording_people import ROLES

WORDS: dict[str, Text] = {
    **{f"menu.role.{role.value}": word for role, word in ROLES.items()},
    "error.403": Text("Non consentito", "Not allowed"),
    "error.right.missing": Text(
        "Il tuo ruolo non lo prevede: sono gli amministratori ad assegnare i ruoli.",
        "Your role doesn't include this: administrators hand out roles.",
    ),
    "error.right.whole_site": Text(
        "Questa pagina riguarda tutta la sede, e tu ne vedi solo una parte.",
        "This page is about the whole site, and you see a part of it.",
    ),
    "error.request.csrf": Text(
        "Questo modulo è di un'altra sessione: riapri la pagina e riprova.",
        "This form is of another session: open the page again and try once more.",
    ),
    "nothing.title": Text("Qui non c'è ancora niente per te", "Nothing for you here yet"),
    "nothing.lead": Text(
        "Per il ruolo «{role}» non c'è ancora nessuna pagina. Se ti aspettavi di vedere qualcosa, chiedi a chi "
        "amministra il sistema.",
        "There is no page for the role “{role}” yet. If you expected to see something, ask whoever administers this "
        "system.",
    ),
}  # fmt: skip
