"""Which objects the database names, page by page, on both databases; and two ordered lists side by side."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from qm.ports import StoredObject
from qm.services.objects import _side_by_side
from tests.unit import builders

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = st.lists(st.text("0123456789abcdef", min_size=1, max_size=2), unique=True).map(sorted)


def test_pages_follow_each_other_without_a_gap(database):
    pairs = sorted((f"{number % 4:x}" * 64, f"C{number}") for number in range(10))
    with database.unit_of_work() as unit:
        for sha256, contact_id in pairs:
            unit.contacts.save(builders.contact(contact_id), "/day", 1, "fingerprint")
            unit.outputs.save_recording(contact_id, sha256)
    with database.reading() as unit:
        names = unit.object_names
        assert names.count() == 10
        assert names.contacts_with("1" * 64) == ("C1", "C5", "C9")
        assert names.contacts_with("f" * 64) == ()
        for size in (1, 3, 10, 11):
            found, after = [], ("", "")
            while page := names.page(after, size):
                assert len(page) <= size
                found += page
                after = page[-1]
            assert found == pairs


@given(named=NAMES, stored=NAMES)
def test_side_by_side_tells_each_name_once_with_who_has_it(named, stored):
    left = iter([(name, (f"C-{name}",)) for name in named])
    right = iter([StoredObject(name, 1, NOW) for name in stored])
    found = list(_side_by_side(left, right))
    assert [name for name, _contacts, _stored in found] == sorted({*named, *stored})
    assert {name for name, contacts, _stored in found if contacts} == set(named)
    assert {name for name, _contacts, there in found if there} == set(stored)
    assert all(there is None or there.sha256 == name for name, _contacts, there in found)
