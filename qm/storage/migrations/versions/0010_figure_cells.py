"""Figures by day and agent

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

PLACE = ('grain', 'day', 'agent_id', 'team', 'site', 'vendor')
COUNTED = (
    'contacts', 'done', 'quarantined', 'counted', 'scored', 'failed', 'asked', 'cannot_tell', 'left_to_people',
    'customer_clean', 'customer_error', 'customer_open', 'business_clean', 'business_error', 'business_open',
    'compliance_clean', 'compliance_error', 'compliance_open',
    'linked', 'nps_n', 'promoters', 'detractors', 'satisfaction_n',
)  # fmt: skip
SUMMED = ('score_sum', 'score_squares', 'satisfaction_sum', 'satisfaction_squares')
ANSWERS = ('met', 'not_met', 'not_applicable', 'cannot_tell', 'left_to_people')
WATCHED = ('contact_facts', 'items', 'transcripts', 'evaluations', 'survey_links', 'survey_responses', 'quarantine')
"""Whose rows figures follow from."""


def upgrade() -> None:
    _table('figure_cells', (*PLACE, 'form_id'), (
        *(sa.Column(name, sa.Integer(), nullable=False, server_default='0') for name in COUNTED),
        *(sa.Column(name, sa.Float(), nullable=False, server_default='0') for name in SUMMED),
    ))  # fmt: skip
    op.create_index('ix_figure_cells_agent_id', 'figure_cells', ['agent_id', 'day'])
    counts = (sa.Column(name, sa.Integer(), nullable=False) for name in ANSWERS)
    _table('figure_criteria', (*PLACE, 'form_id', 'criterion_id'), counts)
    op.create_index('ix_figure_criteria_agent_id', 'figure_criteria', ['agent_id', 'day'])
    op.create_index('ix_figure_criteria_team', 'figure_criteria', ['team', 'grain', 'day'])
    _table('figure_tallies', (*PLACE, 'kind', 'name'), [sa.Column('n', sa.Integer(), nullable=False)])
    _table('figure_agents', ('agent_id',), [sa.Column('name', _text(), nullable=False)])
    started = sa.Column('started_s', sa.Float(), nullable=False)
    _table('figure_marks', ('id',), [started, sa.Column('agent_id', _text(), nullable=False)])
    titles = [sa.Column(name, _text(), nullable=False) for name in ('day', 'title_it', 'title_en')]
    _table('milestones', ('id',), titles)
    op.create_index('ix_milestones_day', 'milestones', ['day'])
    for name in WATCHED:
        _watch(name)
    op.execute(f"INSERT INTO figure_marks (id, started_s, agent_id) SELECT {_new_id()}, q, agent_id FROM "  # noqa: S608
               f'(SELECT DISTINCT {_quarter("f")} AS q, agent_id FROM contact_facts f) AS there')  # fmt: skip


def downgrade() -> None:
    for name in WATCHED:
        if _is_postgres():
            op.execute(f'DROP TRIGGER {name}_figures ON {name}')
            op.execute(f'DROP FUNCTION figure_mark_{name}()')
        else:
            for what in ('insert', 'update', 'delete'):
                op.execute(f'DROP TRIGGER {name}_figures_{what}')
    for name in ('milestones', 'figure_marks', 'figure_agents', 'figure_tallies', 'figure_criteria', 'figure_cells'):
        op.drop_table(name)


def _watch(name: str) -> None:
    """Mark the contact, as it was and as it is, whenever a row of it comes, changes or goes."""
    if _is_postgres():
        op.execute(
            f'CREATE FUNCTION figure_mark_{name}() RETURNS trigger AS $$ BEGIN '
            f"IF TG_OP <> 'INSERT' THEN {_mark(name, 'OLD')}; END IF; "
            f"IF TG_OP <> 'DELETE' THEN {_mark(name, 'NEW')}; END IF; "
            'RETURN NULL; END $$ LANGUAGE plpgsql'
        )
        op.execute(
            f'CREATE TRIGGER {name}_figures AFTER INSERT OR UPDATE OR DELETE ON {name} '
            f'FOR EACH ROW EXECUTE FUNCTION figure_mark_{name}()'
        )
        return
    rows = {'insert': ('NEW',), 'update': ('OLD', 'NEW'), 'delete': ('OLD',)}
    for what, which in rows.items():
        marks = '; '.join(_mark(name, row) for row in which)
        op.execute(f'CREATE TRIGGER {name}_figures_{what} AFTER {what.upper()} ON {name} BEGIN {marks}; END')


def _mark(name: str, row: str) -> str:
    begin = f'INSERT INTO figure_marks (id, started_s, agent_id) SELECT {_new_id()}, '  # noqa: S608
    if name == 'contact_facts':
        return f'{begin}{_quarter(row)}, {row}.agent_id'
    facts = f'{begin}{_quarter("f")}, f.agent_id FROM contact_facts f '
    if name == 'survey_responses':
        return f'{facts}JOIN survey_links k ON k.contact_id = f.contact_id WHERE k.response_id = {row}.id'
    key = 'subject' if name == 'quarantine' else 'contact_id'
    return f'{facts}WHERE f.contact_id = {row}.{key}'


def _quarter(row: str) -> str:
    """The quarter of an hour: enough for a day in any time zone, and nobody's moment."""
    floored = f'floor({row}.started_s / 900)' if _is_postgres() else f'CAST({row}.started_s / 900 AS INTEGER)'
    return f'{floored} * 900.0'


def _new_id() -> str:
    """Never two alike, whoever writes at the same time, and wherever rows are copied to."""
    return 'gen_random_uuid()::text' if _is_postgres() else 'lower(hex(randomblob(16)))'


def _table(name: str, keys: tuple[str, ...], rest: object) -> None:
    columns = [sa.Column(key, _text(), nullable=False) for key in keys]
    op.create_table(name, *columns, *rest, sa.PrimaryKeyConstraint(*keys, name=op.f(f'pk_{name}')))


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == 'postgresql'


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if _is_postgres() else sa.String()
