"""What the queue of cases and the list of coaching sessions are filtered and sorted by, beside their documents; every
contact on the work list

Revision ID: 0015
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

AT_ONCE = 1000
NAMES = ('opened_s', 'severity', 'stands', 'assignee')
PLACES = ('site', 'vendor')
cases = sa.table(
    'cases', sa.column('id'), sa.column('opened_s'), sa.column('severity'), sa.column('stands', sa.Boolean),
    sa.column('assignee'), sa.column('document'),
)  # fmt: skip
contacts = sa.table('contacts', sa.column('id'))
items = sa.table('items', sa.column('contact_id'), sa.column('state'))
sessions = sa.table(
    'coaching_sessions', sa.column('id'), sa.column('site'), sa.column('vendor'), sa.column('document')
)  # fmt: skip


def upgrade() -> None:
    text = sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()
    op.add_column('cases', sa.Column('opened_s', sa.Float, nullable=False, server_default='0'))
    op.add_column('cases', sa.Column('severity', sa.Integer, nullable=False, server_default='0'))
    op.add_column('cases', sa.Column('stands', sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column('cases', sa.Column('assignee', text, nullable=False, server_default=''))
    for name in PLACES:
        op.add_column('coaching_sessions', sa.Column(name, text, nullable=False, server_default=''))
    listed = sa.select(items.c.contact_id).where(items.c.contact_id == contacts.c.id).exists()
    missing = sa.select(contacts.c.id, sa.literal('waiting')).where(~listed)
    op.get_bind().execute(items.insert().from_select(['contact_id', 'state'], missing))
    _fill(op.get_bind(), cases, NAMES, _of_case)
    _fill(op.get_bind(), sessions, PLACES, _of_session)
    told = sa.Text(collation=text.collation)
    op.add_column('coaching_sessions', sa.Column('change', told, nullable=False, server_default=''))


def downgrade() -> None:
    for name in (*PLACES, 'change'):
        op.drop_column('coaching_sessions', name)
    for name in NAMES:
        op.drop_column('cases', name)


def _fill(connection: sa.Connection, table: Any, names: tuple[str, ...], told: Callable[[Any], list[object]]) -> None:
    """Some at a time, by id."""
    last = ''
    statement = table.update().where(table.c.id == sa.bindparam('of'))
    statement = statement.values({name: sa.bindparam(f'new_{name}') for name in names})
    while rows := connection.execute(
        sa.select(table.c.id, table.c.document).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)
    ).all():
        last = rows[-1].id
        values = [(row.id, told(json.loads(row.document))) for row in rows]
        keys = [f'new_{name}' for name in names]
        connection.execute(statement, [{'of': of, **dict(zip(keys, new, strict=True))} for of, new in values])


def _of_case(case: Any) -> list[object]:
    given = [change['facts']['to'] for change in case['history'] if change['kind'] == 'assigned']
    opened_s = datetime.fromisoformat(case['opened_at']).timestamp()
    return [opened_s, case['severity'], case['stands'], given[-1] if given else '']


def _of_session(session: Any) -> list[object]:
    return [session['agent'].get(name, '') for name in PLACES]
