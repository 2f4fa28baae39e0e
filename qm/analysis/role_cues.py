"""What agents and customers say: families of phrases in Italian and English, each with its weight."""

from dataclasses import dataclass
from functools import lru_cache

from qm.analysis.match_text import PhraseSet
from qm.domain.text import Language


@dataclass(frozen=True)
class CueFamily:
    """Phrases that tell the same thing about who speaks.

    Attributes:
        weight: log-odds (natural logarithm) that the speaker is the agent: positive for agents, negative for customers.
            ``ln((a + 1/2) / (c + 1/2))`` with the number of agents `a` and of customers `c` who say it in the 475
            even-numbered conversations of STAR (Mosig et al. 2020), kept within 3 and rounded to halves; by judgement
            where fewer than 20 say it there (recording notices, calls from the centre, closing courtesies).
        it: in the phrase language of `compile_phrases`, one a line.
        en: likewise. Both languages share the weight: there is no such set in Italian.
    """

    name: str
    weight: float
    it: str
    en: str

    def phrases(self, language: str) -> PhraseSet:
        """The family's phrases of a language, compiled."""
        return compiled(tuple(_lines(self.it if language == Language.ITALIAN else self.en)), language)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@lru_cache(maxsize=256)
def compiled(phrases: tuple[str, ...], language: str) -> PhraseSet:
    """Phrases as a set; kept, since every contact needs the same ones."""
    return PhraseSet(phrases, Language(language))


FAMILIES = (
    CueFamily(
        "offers_help", 3.0,
        """(come|in cosa|in che cosa|in che modo) [le] (posso|possiamo) (aiutar*|esser*|servir*)
           qual e il motivo della chiamata
           quale e il motivo
           cosa posso fare per lei""",
        """how (can|may|could) (i|we) [be] (help|assist|of)
           what can i (do|help|assist)""",
    ),
    CueFamily(
        "anything_else", 3.0,
        """(aiutarla|esserle|essere) ... [in] (altro|qualcos altro|qualche altra)
           altro in cui
           altro che posso
           (desidera|le serve|ha bisogno di) altro
           ha altre domande""",
        """(is|was) there anything else
           anything else (i|we|that i|you need)
           (any|do you have any) (other|more|further) questions""",
    ),
    CueFamily(
        "recording_notice", 3.0,
        """(chiamata|telefonata|conversazione) ...2 registrat*
           (la|le) (informo|avviso|ricordo|comunico) che""",
        """(call|line|conversation) (is|may be|is being|will be) (recorded|monitored)
           on a recorded line""",
    ),
    CueFamily(
        "company", 2.5,
        """grazie per (aver|averci) (chiamat*|contattat*|attes*)
           servizio clienti
           (le|la|e) rispond* (da|dal|dall|dalla|dai)
           rispondo (da|dal|dall|dalla)""",
        """(thank you|thanks) for (calling|contacting|choosing|waiting|holding)
           you are through to
           you ve reached
           you are speaking (with|to)
           customer (service|services|care|support)""",
    ),
    CueFamily(
        "calls_out", 2.5,
        """per conto (di|del|della|dell)
           (la|le) (chiamo|contatto|telefono) (per|da|dal|dall|dalla|a|in)
           (chiamo|telefono) (da|dal|dall|dalla|per conto)
           vorrei (presentarle|proporle|illustrarle|parlarle|parlare con)
           parlo con [il|la|l] (signor*|titolare|intestatari*)
           cerco [il|la] signor*
           proposta commerciale""",
        """on behalf of
           (i m|i am) calling (from|you|on behalf|about your|regarding your)
           (am i|may i|could i|can i) (speak|speaking) (to|with)
           is this (mr|mister|mrs|miss|ms)""",
    ),
    CueFamily(
        "asks_data", 3.0,
        """mi (conferma|da|dia|dice|dica|detta|detti|lascia) ... (codice|nome|cognome|data|numero|indirizzo|intestatar*)
           mi (conferma|da|dia|dice|dica|detta|detti|lascia) ... (lettura|matricola|telefono|email|iban|fiscale|cifre)
           la sua data di nascita
           mi (serve|servono|occorre) [il|la|i|anche|ora] (suo|sua|codice|nome|data|numero)
           posso (avere|chiederle|chiedere)
           con chi (parlo|ho il piacere)""",
        """(can|could|may) i ...1 (have|get|take|ask|confirm|verify) ...1 (your|the|you|who)
           (can|could|would) you ...1 (provide|confirm|verify|tell|give|spell|describe|repeat) ...1 (your|that)
           please (provide|confirm|enter|state|verify) [me] (your|the)
           (what is|what s) your""",
    ),
    CueFamily(
        "asks_wishes", 3.0,
        """(preferisce|desidera|gradisce) (che|procedere|attivare|un|una|fissare|chiudere|il|la)
           (quale|quando|dove) ...3 (preferisce|desidera|vuole)
           (e tutto chiaro|le va bene|va bene per lei)""",
        """(would|do|did) you (like|prefer|want|wish) [me] [to]
           (which|what) ...4 would you (like|prefer)
           are you (looking|interested|available)
           does that (sound|work|help)""",
    ),
    CueFamily(
        "works_on_it", 1.5,
        """(controllo|verifico|vedo|apro|procedo|inoltro|registro) (subito|adesso|ora|io|la pratica|la segnalazione|qui)
           (le|glielo|gliela) (invio|mando|spedisco|confermo|fisso|apro|passo|segnalo|rimando|faccio)
           (un attimo|un momento|un istante) ...2 (verifico|controllo|guardo|attesa)
           (resti|rimanga|attenda) in linea
           la (metto|pongo) in attesa
           (mi|ci) risulta
           grazie per ...3 attesa""",
        """(let me|i ll|i will|i m going to) ...1 (check|look|pull|verify|transfer|go ahead|bring|put you)
           (please hold|bear with me|one second please|one moment please)
           i can see (that|here|two|your|you)
           (has|have) been (transferred|booked|sent|scheduled|updated|cancelled|made|approved|ordered|confirmed)
           (i m|i am|we are) [not] (unable|able) to (find|locate|process|verify|authenticate)""",
    ),
    CueFamily(
        "formal_address", 1.0,
        """(grazie|bene|perfetto|guardi|buongiorno|buonasera|certo|allora|salve|si|no|prego) (signor*|signora)""",
        """(sir|maam|ma am)
           (thank you|thanks|ok|okay|yes|certainly|all right) (mr|mister|mrs|miss|ms)""",
    ),
    CueFamily(
        "apologises", 1.0,
        """(mi dispiace|ci scusiamo|mi scuso) ...3 (disagio|inconvenient*|accaduto|attesa)
           mi dispiace (davvero|molto)""",
        """(apologise|apologize|apologies|sorry) for (the|that|any|your) (inconvenience|delay|wait|trouble)
           sorry (about that|to hear)""",
    ),
    CueFamily(
        "sums_up", 1.5,
        """(riassum*|riepilog*|ricapitol*)
           entro * giorni lavorativi""",
        """to (summarise|summarize|recap)
           working days""",
    ),
    CueFamily(
        "wishes_well", 0.5,
        """le (auguro|auguriamo)
           grazie a lei""",
        """(thank you|thanks) for your (patience|time|call)
           have a (great|nice|good|wonderful|lovely) (day|evening|afternoon|weekend)
           (you re welcome|my pleasure)""",
    ),
    CueFamily(
        "my_things", -3.0,
        """(la mia|mia|della mia|nella mia|sulla mia) (bolletta|fattura|utenza|fornitura|linea|pratica|offerta|carta)
           (il mio|del mio|nel mio|sul mio) (contratto|contatore|conto|codice|abbonamento|problema|numero|ordine)
           (mio|mia) (marito|moglie|madre|padre|figlio|figlia|casa)
           (i miei|miei) soldi
           i soldi""",
        """my ...1 (account|accounts|card|bill|order|policy|flight|ticket|booking|contract|password|pin|internet|phone)
           my ...1 (insurance|payment|money|reservation|appointment|car|claim|subscription|statement|service|gas)
           my (husband|wife|mother|father|son|daughter|friend|girlfriend|boyfriend|family|neighbours|house)
           (i ve|i have) been (charged|waiting|billed|trying)""",
    ),
    CueFamily(
        "wants", -3.0,
        """(vorrei|volevo) (un|una|il|la|i|le|lo|l|che|solo|sapere|avere|fare|dare|capire|chiedere|dire|parlare con un)
           (vorrei|volevo) (disdire|comunicare|attivare|segnalare|cambiare|pagare|prenotare|delle|dei|informazioni)
           (avrei bisogno|ho bisogno|dovrei)
           devo (fare|segnalare|disdire|comunicare|cambiare|pagare|chiedere|mandar*|decidere|firmare|portare)
           (chiamo|chiamavo|telefono) (perche|per (un|una|sapere|fare|segnalare|disdire))""",
        """i (would|d) like to
           i (want|need|wanted|needed) (to|a|an|some|your|help|my)
           (i was|i am|i m) (wondering|looking|trying|hoping|calling because|calling about|calling to)
           (can|could|would) you ...1 (help me|send me|book me|find me|get me|check my|replace my)""",
    ),
    CueFamily(
        "problem", -2.5,
        """ho (un problema|un guasto|un reclamo|un dubbio|ricevuto|pagato|chiamato|gia chiamato|aspettato|perso)
           (non funziona|e andata via|siamo senza|sono senza|manca la luce|non ho [piu])
           (e una vergogna|e inaccettabile|sono stufo|sono stufa)
           (me l|mi|ci) (avete|hanno) (fatta|fatto|detto|addebitat*|chiest*|mandat*)
           (doveva|dovevate) (venire|arrivare|chiamare)
           (mi|ci) e arrivat*""",
        """(i|we) (lost|forgot|cant|havent|didnt|dont have|have no|have had no|never received|got charged)
           (doesnt|isnt|not|stopped) work*
           (have|having|had) [a|an|some] (trouble|problem|problems|issue|issues)
           (was|were|been) (charged|billed|stolen|robbed|hacked)
           this is (ridiculous|unacceptable|outrageous)""",
    ),
    CueFamily(
        "asks_company", -1.0,
        """(quando|quanto|come) (li|lo|la|mi|le) (rivedo|arriva|costa|rimborsate|vedo|vedro|restituite)
           e se poi
           mi (puo|potrebbe|potete|sa) (dire|aiutare|spiegare|mandare|fare)
           (avete|riuscite|mandate|venite|mandatemi)
           (chi parla|chi e lei|di che si tratta)
           me (lo|la|li) (mandi|manda|mandate)""",
        """when (do|will|can) i (get|receive|have|expect)
           how (much|long) (is|does|will|would|do)
           who (is|s) (this|calling)
           (what|how) about (the|my|a|if|on)""",
    ),
    CueFamily(
        "answers", -3.0,
        """[no] (e tutto grazie|nient altro|basta cosi|a posto cosi|va bene cosi)
           (si sono io|sono io mi)
           (eccolo|ce l ho|ce l avevo)
           l intestatari* (sono io|e mio|e mia)
           ho poco tempo
           no [no] grazie""",
        """(that s|that is|that was|that will be|that would be) (all|it|everything|going to be it)
           no (thank you|thanks|that s|that is|that was|i think)
           (nothing else|nope|not today|not at the moment|this is he|this is she)
           my (number|account number|pin|email|address|date of birth|birthday|code|id|zip code) is
           you too""",
    ),
)  # fmt: skip
"""A party's points are the weighted sum over families; see `assign_roles`."""

OWN_NAME = CueFamily(
    "own_name", 3.0,
    """(sono|mi chiamo|qui|parla con|risponde) [sempre|il|la] @agent
       (sono|mi chiamo) * @agent""",
    """(my name is|my name s|this is|i am|i m|speaking with|speaking to|you are speaking with) @agent
       (my name is|this is) * @agent
       @agent (speaking|here)""",
)  # fmt: skip
"""Somebody gives the agent's name, as the contact data have it, as their own; to be greeted by it is nothing."""
