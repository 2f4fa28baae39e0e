"""Disputes, acknowledgements, and what counts

Revision ID: 0008
"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

LETTERS = {'met': 'm', 'not_met': 'n', 'not_applicable': 'a', 'cannot_tell': 'c'}


def upgrade() -> None:
    op.create_table('disputes',
    sa.Column('id', _text(), nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('form_id', _text(), nullable=False),
    sa.Column('agent_id', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('due_s', sa.Float(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disputes')),
    sa.UniqueConstraint('contact_id', 'form_id', name=op.f('uq_disputes_contact_id'))
    )
    op.create_index('ix_disputes_state', 'disputes', ['state', 'due_s', 'id'])
    op.create_index('ix_disputes_agent_id', 'disputes', ['agent_id'])
    op.create_table('own_looks',
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('agent_id', _text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_own_looks'))
    )
    op.create_index('ix_own_looks_agent_id', 'own_looks', ['agent_id'])
    op.create_table('result_times',
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('form_id', _text(), nullable=False),
    sa.Column('answers', _text(), nullable=False),
    sa.Column('since_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('contact_id', 'form_id', name=op.f('pk_result_times'))
    )
    op.add_column('evaluations', sa.Column('counts', _text(), server_default='machine', nullable=False))
    _count_reviews()


def downgrade() -> None:
    _count_machine()
    op.drop_column('evaluations', 'counts')
    op.drop_table('result_times')
    op.drop_table('own_looks')
    op.drop_table('disputes')


def _count_reviews() -> None:
    """Of each contact and form the review that was handed in first counts from now on."""
    rows = op.get_bind().execute(sa.text('SELECT document FROM reviews ORDER BY contact_id, form_id, id')).scalars()
    first: dict[tuple[str, str], dict] = {}
    for review in map(json.loads, rows):
        if review.get('result') and review.get('done_at'):
            key = review['contact_id'], review['form_id']
            if key not in first or _moment(review) < _moment(first[key]):
                first[key] = review
    for (contact_id, form_id), review in first.items():
        own = {'contact': contact_id, 'form': form_id, 'machine': review['result']['id']}
        found = op.get_bind().execute(
            sa.text('SELECT id, document FROM evaluations WHERE contact_id = :contact AND form_id = :form'), own
        ).first()
        # What was scored anew since by another version of the form is settled by its next scoring.
        if found and _criteria(json.loads(found.document)) == _criteria(review['result']):
            _write(found.id, review['result'], 'review')


def _count_machine() -> None:
    rows = op.get_bind().execute(sa.text("SELECT id, document FROM evaluations WHERE counts <> 'machine'")).all()
    for row in rows:
        _write(row.id, json.loads(row.document), 'machine')


def _moment(review: dict) -> str:
    return review['done_at']


def _criteria(evaluation: dict) -> list[str]:
    return [answer['criterion_id'] for answer in evaluation['answers']]


def _write(evaluation_id: str, counted: dict, by: str) -> None:
    """Fact columns and rows of answers as those of `counted`."""
    execute, score = op.get_bind().execute, counted['score']
    codes = ''.join(
        'p' if a['answer'] == 'cannot_tell' and a['reason'] == 'people_only' else LETTERS[a['answer']]
        for a in counted['answers']
    )
    result = json.dumps(score, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    execute(
        sa.text('UPDATE evaluations SET score = :score, codes = :codes, result = :result, counts = :by WHERE id = :id'),
        {'score': score['value'], 'codes': codes, 'result': result, 'by': by, 'id': evaluation_id},
    )
    for answer in counted['answers']:
        execute(
            sa.text('UPDATE answers SET answer = :answer, reason = :reason '
                    'WHERE evaluation_id = :id AND criterion_id = :criterion'),
            {'answer': answer['answer'], 'reason': answer['reason'], 'id': evaluation_id,
             'criterion': answer['criterion_id']},
        )


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
