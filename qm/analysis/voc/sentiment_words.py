"""Words by which a customer's comment praises or complains, in Italian and English. A table of data.

Values go from -3 (outrage) to 3 (delight). Words are compared by their stem, so one form of each will do; a phrase
counts once and before the words inside it. Made for what customers of contact centres write; docs/voc.md tells how far
it goes.
"""

from collections.abc import Mapping

from qm.domain.text import Language

_ITALIAN_WORDS: Mapping[float, str] = {
    3: """ottimo eccellente eccezionale fantastico perfetto bravissimo gentilissimo straordinario impeccabile
    meraviglioso superlativo fenomenale splendido magnifico squisito competentissimo disponibilissimo
    efficientissimo velocissimo soddisfattissimo contentissimo bellissimo benissimo""",
    2: """bravo gentile cortese cortesia gentilezza competente competenza professionale professionalita
    soddisfatto soddisfazione contento felice efficiente efficienza risolto risolvere risolutivo grazie ringrazio
    ringraziare complimenti consigliare consigliato piacevole simpatico affidabile esaustivo preparato educato
    premuroso entusiasta encomiabile lodevole rassicurato rassicurante umanita empatia garbato cordiale cordialita
    sbloccato super top piaciuto""",
    1: """bene buono bello meglio migliorato disponibile disponibilita paziente pazienza chiaro chiarezza veloce
    velocita rapido rapidita celere svelto puntuale preciso utile aiutato aiutare facile semplice comodo corretto
    attento tranquillo sereno positivo valido ok okay funziona funzionare chiarito sistemato riuscito finalmente
    fiducia onesto immediato tempestivo spiegato ascoltato capace esauriente apprezzare apprezzato mantenuto
    recuperato volentieri accontentato riparato""",
    -1: """lento lentezza lungo problema errore difficile difficolta complicato confuso confusione caro costoso
    dubbio ritardo guasto inutile peggio peggiorato manca mancanza mancato sbrigativo freddo scomodo incompleto
    vago noioso ripetere sollecito sollecitare sollecitato disservizio reclamo lamentela perso perdere cade caduta
    interrotto bloccato sospeso purtroppo disagio incomprensibile attesa aspettare aspettato rumore disturbato
    scortesia insistente troppo errato impossibile superficiale superficialita approssimativo stanco labirinto
    scadente""",
    -2: """sbagliato maleducato maleducazione scortese incompetente incompetenza insoddisfatto insoddisfacente
    deluso delusione deludente arrabbiato arrabbiare arrogante arroganza sgarbato impreparato inefficiente
    inefficienza inaffidabile furioso nervoso seccato stufo esasperato insopportabile inadeguato negligente
    negligenza bugia bugiardo mentito falso riattaccato scandaloso assurdo inaccettabile brutto male negativo
    infastidito offeso offensivo aggressivo odioso disorganizzato disorganizzazione irritante incapace
    menefreghista fastidio fastidioso""",
    -3: """pessimo orribile vergogna vergognoso schifo schifoso truffa truffatore truffato indecente ladro
    disastro disastroso terribile orrendo inqualificabile ridicolo allucinante penoso vomitevole imbroglione
    raggiro""",
}
_ITALIAN_PHRASES: Mapping[float, str] = {
    3: "chiedere di meglio; non potevo chiedere; cinque stelle; dieci e lode; il massimo; numero uno",
    2: """tutto ok; tutto bene; tutto a posto; andato tutto; passo passo; passo per passo; continuate cosi; in
    giornata; al primo colpo; alla prima chiamata; buon lavoro; in gamba; ben fatto; niente da ridire; nulla da
    ridire; niente da eccepire; a disposizione; sa fare il proprio lavoro; sanno fare il loro lavoro; senza
    problemi; nessun problema; nessuna difficolta; in poco tempo; in pochi minuti; molto meglio; messo a mio agio;
    a mio agio; non male""",
    1: "va bene; con calma; come richiesto; poca attesa; attesa breve; nessuna attesa; senza attesa",
    -1: """un po lungo; poco chiaro; poco utile; da migliorare; lascia a desiderare; si puo migliorare; ho dovuto;
    abbiamo dovuto; nessuno sa; nessuno risponde; non si capiva; non si capisce; non capisco; non ho capito; nulla
    di fatto; niente di fatto; non chiesto""",
    -2: """mai richiamato; aspettavo di meglio; non mi hanno; nessuno mi ha; non richiesto; mai chiesto; mai
    richiesto; non ho mai chiesto; non autorizzato; ancora in attesa; in attesa da; attesa infinita; attese
    infinite; ore di attesa; minuti di attesa; attesa lunga; attese lunghe; lunga attesa; lunghe attese; tempi
    lunghi; tempi lunghissimi; caduta la linea; linea caduta; la linea cade; attaccato il telefono; chiuso il
    telefono; buttato giu; chiuso la chiamata; riattaccato in faccia; preso in giro; prendere in giro; presa in
    giro; prendono in giro; perdita di tempo; perdere tempo; tempo perso; poco preparato; poco gentile; poco
    professionale; poco disponibile; poco cortese; per niente; terza volta; quarta volta; quinta volta; ennesima
    volta; ogni volta; seconda volta che; da un ufficio; un operatore all altro; rimpallato; scarica barile;
    scaricabarile; senza risolvere; senza risposta; nessuna risposta; nessuna soluzione; nessuno risolve; problema
    resta; problema rimane; problema persiste; resta il problema; non funziona; cambio gestore; cambio operatore;
    cambiare gestore; disdico; disdetto tutto; promesse non; parlava troppo; troppo caro; non mi fido; mi sento
    preso; due mesi senza; senza internet; senza linea; senza corrente; doppio addebito; addebitato due volte;
    addebitato un; importo errato""",
    -3: """mai piu; presa per i fondelli; fanno schifo; fa schifo; peggior servizio; il peggio; vado dall avvocato""",
}
_ENGLISH_WORDS: Mapping[float, str] = {
    3: """excellent amazing fantastic perfect outstanding brilliant superb exceptional wonderful awesome flawless
    terrific delighted fabulous marvellous marvelous incredible love loved loving best stellar""",
    2: """great kind polite courteous courtesy professional professionalism competent knowledgeable satisfied
    satisfaction happy pleased helpful friendly lovely efficient thank thanks grateful recommend recommended
    impressed reassured reassuring reliable pleasant compliment sorted resolved solved fixed enjoy enjoyed nice
    glad gentleman empathy empathetic caring thorough thrilled worth""",
    1: """good fine okay ok well better improved patient patience clear clearly quick quickly fast prompt promptly
    easy easily simple useful comfortable correct accurate attentive calm positive help helped works finally
    honest smooth smoothly explained understanding listened convenient sturdy appreciate appreciated settled
    responsive speedy beautiful cool clean fun affordable""",
    -1: """slow slowly long problem trouble error mistake difficult difficulty hard complicated confused confusing
    confusion expensive doubt delay delayed late fault faulty issue useless worse lack lacking missing dismissive
    cold inconvenient incomplete vague boring repeat complaint complain lost lose dropped drops disconnected
    interrupted blocked suspended unfortunately sadly wait waited waiting queue unable unclear pricey cheap flimsy
    noise noisy static drawback weak fails fail fiddly careless impossible tired maze poorly annoying unsolved
    unresolved disappointing defective""",
    -2: """wrong bad badly rude incompetent incompetence dissatisfied unsatisfied unhappy disappointed
    disappointment angry arrogant impolite unhelpful unprofessional inefficient unreliable furious annoyed
    frustrated frustrating fed unbearable inadequate negligent lie lied liar false absurd unacceptable ugly upset
    offended offensive aggressive disorganised disorganized irritating shambles poor refused hate hated broken
    junk crap sucks overcharged misled misleading untrained ignored patronising patronizing""",
    -3: """terrible horrible awful disgrace disgraceful disgusting appalling scam fraud disaster disastrous
    shameful shocking dreadful ridiculous worst pathetic abysmal horrendous thieves robbed atrocious""",
}
_ENGLISH_PHRASES: Mapping[float, str] = {
    3: """couldn t have asked; couldnt have asked; could not have asked; cant fault; cannot fault; five stars;
    second to none; top notch""",
    2: """all good; keep up; step by step; straight away; right away; same day; first call; first time around;
    good work; well done; no problem; no problems; no issues; no complaints; no trouble; no fuss; nothing bad;
    knew what; know what they are doing; knows what; mind at rest; at ease; went above; above and beyond; much
    better; not bad; spot on; made my day; happy to help; in no time; hassle free""",
    1: "as promised; works fine; works well; no wait; no queue; short wait; bit of a wait",
    -1: """had to; could be better; room for improvement; not great; no one can; nobody can; couldnt understand;
    could not understand; hard to understand; a bit of""",
    -2: """expected better; hoped for better; never called; ever called me back; ever called back; no one called;
    nobody called; never called back; called me back; hung up; hang up; cut off; got cut; still waiting; still
    there; still not; still no; still doesnt; doesnt work; does not work; dont work; didnt work; not working;
    stopped working; no answer; no reply; no response; no solution; no help; fobbed off; waste of time; wasted; a
    waste; lost a whole; third time; fourth time; fifth time; second time i; every time; several times; over and
    over; passed from; passed around; passed around from; sent round; without internet; no internet; keeps
    dropping; never ordered; never asked; didnt order; never received; not received; charged twice; charged for;
    double charged; given the wrong; poorly trained; not repaired; not been repaired; switching provider; switch
    provider; changing provider; leaving you; do not buy; dont buy; stay away; too high; too long; too much; money
    back; return it; returned it; sent it back; gave up; give up""",
    -3: "never again; rip off; ripped off; a joke; worst service; avoid at all costs",
}

WORDS: Mapping[Language, Mapping[float, str]] = {Language.ITALIAN: _ITALIAN_WORDS, Language.ENGLISH: _ENGLISH_WORDS}
"""Single words by value, separated by blanks."""
PHRASES: Mapping[Language, Mapping[float, str]] = {
    Language.ITALIAN: _ITALIAN_PHRASES,
    Language.ENGLISH: _ENGLISH_PHRASES,
}
"""Phrases by value, separated by semicolons."""
STRONGER = {
    Language.ITALIAN: frozenset(
        """molto davvero veramente assolutamente estremamente proprio totalmente completamente decisamente tanto
        molta molti molte tanta sempre tutto""".split()
    ),
    Language.ENGLISH: frozenset(
        """very really extremely absolutely totally completely so incredibly highly truly always super definitely
        quite most""".split()
    ),
}
"""Before a valued word they add half of it."""
WEAKER = {
    Language.ITALIAN: frozenset("abbastanza poco piuttosto leggermente po quasi".split()),
    Language.ENGLISH: frozenset("bit slightly somewhat fairly rather little almost kinda".split()),
}
"""Before a valued word they take half of it. "Poco" before a good word turns it: see `LITTLE`."""
LITTLE = {
    Language.ITALIAN: frozenset(["poco", "poca", "pochi", "poche", "scarsa", "scarso"]),
    Language.ENGLISH: frozenset(["hardly", "barely", "scarcely", "lacks", "lacking", "lack"]),
}
"""Before a good word they turn it into a complaint ("poca professionalità")."""
TURNS = {
    Language.ITALIAN: frozenset(["ma", "pero", "tuttavia", "peccato"]),
    Language.ENGLISH: frozenset(["but", "however", "although", "though"]),
}
"""What follows them weighs more than what went before."""
GOOD_SIGNS = "👍😊😀😃😄😁🙂😍🥰❤💚💙👏🙏💯🤩😘🎉✅⭐🌟👌"
BAD_SIGNS = "👎😡😠🤬😤😞😟😢😭💩🙁😒😩😫🤮😖😣❌💔"
GOOD_FACES = (":)", ":-)", ":D", ":-D", ";)", "<3", "=)")
BAD_FACES = (":(", ":-(", ":'(", ">:(", "=(")
