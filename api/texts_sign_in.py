"""Words of signing in, in both languages."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "sign_in.title": Text("Accesso", "Sign in"),
    "sign_in.login": Text("Nome utente", "Login"),
    "sign_in.password": Text("Password", "Password"),
    "sign_in.code": Text("Codice a 6 cifre, se lo usi", "6-digit code, if you use one"),
    "sign_in.button": Text("Entra", "Sign in"),
    "sign_in.out": Text("Esci", "Sign out"),
    "sign_in.lost": Text("Password persa? Un amministratore può darti un nuovo collegamento.",
                         "Lost your password? An administrator can give you a new link."),
    "sign_in.refused": Text("Nome utente, password o codice non corrispondono.", "Login, password or code don't fit."),
    "sign_in.wait": Text("Troppi tentativi falliti: aspetta qualche minuto.", "Too many failures: wait a few minutes."),
    "sign_in.link": Text("Questo collegamento è già stato usato, o è scaduto: chiedine uno nuovo.",
                         "This link was used already, or its day is over: ask for a new one."),
    "password.title": Text("Nuova password", "New password"),
    "password.new": Text("Nuova password", "New password"),
    "password.again": Text("Ancora una volta", "Once more"),
    "password.button": Text("Imposta", "Set it"),
    "password.rules": Text("Almeno 12 caratteri. Quattro parole che non c'entrano fra loro si ricordano bene.",
                           "At least 12 characters. Four words that don't belong together are easy to keep in mind."),
    "password.differs": Text("Le due password sono diverse.", "The two passwords differ."),
    "password.short": Text("È troppo corta: servono almeno 12 caratteri.", "It's too short: at least 12 characters."),
    "password.long": Text("È troppo lunga: al massimo 200 caratteri.", "It's too long: 200 characters at most."),
    "password.simple": Text("Ha troppo pochi caratteri diversi.", "It has too few different characters."),
    "password.told": Text("Contiene il tuo nome o il nome utente.", "It holds your name or login."),
    "password.common": Text("È fra le prime che chiunque prova.", "It's among the first that anybody tries."),
}  # fmt: skip
