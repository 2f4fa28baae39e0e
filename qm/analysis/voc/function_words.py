"""The small words of a few languages: they tell languages apart and name no theme. A table of data."""

from collections.abc import Mapping

from qm.domain.text import Language

STOP_WORDS: Mapping[Language, frozenset[str]] = {
    Language.ITALIAN: frozenset(
        """a abbia abbiamo abbiate ad agli ai al alla alle allo altra altre altri altro anche ancora avere avete
        aveva avevo avuta avuto c che chi ci cio come con cosa cosi cui d da dagli dai dal dall dalla dalle dallo
        degli dei del dell della delle dello di dopo dove due e ed era erano ero essere fa fare fatto fino fra gia
        gli ha hai hanno ho i il in io l la le lei li lo loro lui m ma me mi mia mie miei mio molta molte molti
        molto mi ne negli nei nel nell nella nelle nello no noi non nostra nostro o ogni ora per perche pero piu
        po poi prima pure qua quale quando quanto quella quelle quelli quello questa queste questi questo qui s
        sara se sei sempre senza si sia siamo siete solo sono sta stata state stati stato su sua sue sui sul sull
        sulla suo suoi te ti tra tre tu tua tuo tutta tutte tutti tutto un una uno v va vi voi volta vostra vostro
        buongiorno buonasera salve ciao quindi proprio mai nulla niente nessuno nessuna nessun essere avrei vorrei
        devo posso stesso""".split()
    ),
    Language.ENGLISH: frozenset(
        """a about after again all also am an and any are as at be been before being but by can could d did do
        does doing done down each even every for from get gets getting got had has have having he her here him his
        how i if in into is it its itself just ll m me more most my myself no nor not now of off on once only or
        other our out over own re s same she should so some such t than that the their them then there these they
        this those through to too under until up us ve very was we were what when where which while who whom why
        will with would you your yours im ive dont didnt doesnt isnt wasnt cant couldnt wont wouldnt never nothing
        nobody one two three still yet really""".split()
    ),
}
"""Without accents, as `normalise` leaves words."""
OTHER_LANGUAGES: Mapping[str, frozenset[str]] = {
    "es": frozenset(
        """el los las y es que un una muy pero por para con del se lo mi su este esta gracias todo bien servicio
        no nada porque cuando hay fue soy estoy tiene han hacer buen buena""".split()
    ),
    "fr": frozenset(
        """le les des et est une un je vous nous pas tres mais pour avec sur dans que qui merci bien c j ai ete au
        aux du ce cette service etait rien tout plus on il elle sont""".split()
    ),
    "de": frozenset(
        """der die das und ist ein eine ich sie wir nicht sehr aber mit auf fur von zu im den dem war habe danke
        gut alles kein keine hat wurde noch auch bei es nach mir mich""".split()
    ),
    "pt": frozenset(
        """o os as e uma um muito mas por para com do da dos das nao foi obrigado obrigada bem servico tudo eu
        voce que em no na meu minha atendimento estou esta nada""".split()
    ),
    "ro": frozenset(
        """si este nu foarte dar cu pe la un o am ati multumesc bine totul care sunt fost pentru din mai ce sa de
        mi imi niciodata""".split()
    ),
}
"""Commonest words of languages that the product doesn't read, so that they aren't taken for one that it does."""
