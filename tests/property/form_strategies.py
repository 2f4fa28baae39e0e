"""Forms of every kind and answers to them, as hypothesis draws them; for `from tests.property import …`."""

from hypothesis import strategies as st

from qm.domain.evaluation import Answer, CriterionAnswer, Origin
from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import Band, CriterionType, Critical, FailScope, NumberRange, Option, Weighting
from qm.domain.text import Language, Text

TRICKY = ("titolo", "=1+1", "'", "-", "@a", "no", "1.0", "40%", "1e5", "è: #", 'a,"b"', "🙂", "a b")
WORDS = st.sampled_from(TRICKY) | st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=4
)
TEXT = st.builds(Text, WORDS, WORDS)
NUMBERS = st.sampled_from([0.1, 0.5, 1.0, 2.0, 3.7, 30.0]) | st.floats(0.01, 1e6)
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1)
MARKS = st.sampled_from([0.0, 50.0, 80.0, 100.0]) | st.floats(0, 100)
FAILS = st.sampled_from([(False, FailScope.FORM)] * 4 + [(True, FailScope.FORM), (True, FailScope.SECTION)])


@st.composite
def bands(draw):
    starts = draw(st.just([]) | st.sets(MARKS, max_size=3).map(lambda found: sorted({0.0, *found})))
    return tuple(Band(f"b{place}", draw(TEXT), start) for place, start in enumerate(starts))


@st.composite
def ranges(draw):
    low, high = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    low, high = draw(st.sampled_from([(low, high), (None, high), (low, None)]))
    return NumberRange(low, high, draw(SHARES))


@st.composite
def criteria(draw, criterion_id, weighting):
    kind = draw(st.sampled_from(list(CriterionType)))
    options = [Option(f"o{at}", draw(TEXT), draw(SHARES)) for at in range(draw(st.integers(1, 3)))]
    steps = draw(st.lists(ranges(), max_size=2))
    scored = kind not in (CriterionType.DATE, CriterionType.TEXT) and (kind is not CriterionType.NUMBER or steps)
    fails, scope = draw(FAILS)
    fails = bool(fails and scored)
    return Criterion(
        criterion_id, draw(TEXT), draw(TEXT), draw(TEXT), draw(NUMBERS), fails, kind,
        tuple(options) if kind.is_choice else (), tuple(steps) if kind is CriterionType.NUMBER else (),
        scope if fails else FailScope.FORM, draw(st.none() | st.sampled_from(list(Critical))),
        not fails and draw(st.integers(0, 5)) == 0, draw(st.just("") | WORDS),
        draw(NUMBERS) if weighting is Weighting.QUESTION else 1.0, draw(MARKS), draw(bands()), draw(st.booleans()),
    )  # fmt: skip


@st.composite
def forms(draw):
    """A form with sections of which some hold sections, and criteria of every type."""
    weighting = draw(st.sampled_from(list(Weighting)))
    names = iter(range(999))

    def leaf(name):
        own = [draw(criteria(f"c{next(names)}", weighting)) for _at in range(draw(st.integers(1, 3)))]
        mark = draw(st.none() | MARKS)
        return Section(name, draw(TEXT), draw(NUMBERS), tuple(own), (), mark, draw(bands()), draw(st.booleans()))

    sections = []
    for place in range(draw(st.integers(1, 3))):
        inner = tuple(leaf(f"s{place}.{at}") for at in range(draw(st.sampled_from([0, 0, 1, 2]))))
        outer = Section(f"s{place}", draw(TEXT), draw(NUMBERS), (), inner, draw(st.none() | MARKS)) if inner else None
        sections.append(outer or leaf(f"s{place}"))
    languages = draw(st.sampled_from([(Language.ITALIAN,), (Language.ENGLISH,), tuple(Language)]))
    return Form("f", "1.0", draw(TEXT), tuple(sections), draw(MARKS), weighting, draw(bands()), languages,
                draw(st.booleans()))  # fmt: skip


@st.composite
def answers_to(draw, criterion):
    given = draw(st.sampled_from(list(Answer)))
    origin = draw(st.sampled_from(list(Origin)))
    share = None
    if criterion.is_scored and criterion.type is not CriterionType.YES_NO and given in (Answer.MET, Answer.NOT_MET):
        share = draw(SHARES)
        given = Answer.MET if criterion.is_met_by(share) else Answer.NOT_MET
    return CriterionAnswer(criterion.id, given, "r", origin=origin, share=share)


@st.composite
def answered(draw):
    """A form and an answer to each of its criteria."""
    form = draw(forms())
    return form, tuple(draw(answers_to(criterion)) for criterion in form.criteria)
