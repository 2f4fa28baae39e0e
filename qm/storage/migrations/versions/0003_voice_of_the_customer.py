"""Columns for figures over many contacts; draws, detractor cases, calibration, saved reports"""

import json
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

TEXTS = ('agent_id', 'agent_name', 'team', 'site', 'vendor', 'queue', 'process', 'medium', 'direction', 'kind', 'language', 'customer_id')
HISTORY = ('wait_s', 'ivr_s', 'hold_s', 'holds', 'transfers', 'talk_s', 'wrap_s')
TIMES = ('invited_at', 'survey_started_at', 'answered_at')
SCALES = ('nps', 'satisfaction', 'csat', 'ces', 'resolved')
LETTERS = {'met': 'm', 'not_met': 'n', 'not_applicable': 'a', 'cannot_tell': 'c'}
AT_ONCE = 1000


def upgrade() -> None:
    facts = op.create_table('contact_facts',
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('started_s', sa.Float(), nullable=False),
    *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
    *(sa.Column(name, sa.Float(), nullable=True) for name in HISTORY),
    sa.Column('measures', sa.Text(), server_default='{}', nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_facts_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_contact_facts'))
    )
    op.create_index('ix_contact_facts_started_s', 'contact_facts', ['started_s'])
    op.create_index('ix_contact_facts_customer_id', 'contact_facts', ['customer_id', 'started_s'])
    lists = op.create_table('criterion_lists',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('criteria', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criterion_lists'))
    )
    with op.batch_alter_table('evaluations') as batch:
        batch.add_column(sa.Column('criteria', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('codes', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('result', sa.Text(), server_default='{}', nullable=False))
    with op.batch_alter_table('survey_responses') as batch:
        batch.add_column(sa.Column('at_s', sa.Float(), nullable=True))
        for name in TIMES:
            batch.add_column(sa.Column(name, sa.Float(), nullable=True))
        batch.add_column(sa.Column('channel', sa.String(), server_default='', nullable=False))
        for name in SCALES:
            batch.add_column(sa.Column(name, sa.Float(), nullable=True))
        batch.add_column(sa.Column('other', sa.Text(), server_default='{}', nullable=False))
        batch.add_column(sa.Column('comment', sa.Text(), server_default='', nullable=False))
        batch.create_index('ix_survey_responses_at_s', ['at_s'])
    op.create_table('survey_draws',
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('day', sa.String(), nullable=False),
    sa.Column('customer_id', sa.String(), nullable=False),
    sa.Column('stratum', sa.String(), nullable=False),
    sa.Column('probability', sa.Float(), nullable=False),
    sa.Column('is_drawn', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_survey_draws_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_survey_draws'))
    )
    op.create_index('ix_survey_draws_day', 'survey_draws', ['day'])
    op.create_index('ix_survey_draws_customer_id', 'survey_draws', ['customer_id', 'day'])
    op.create_table('cases',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('response_id', sa.String(), nullable=False),
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_s', sa.Float(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['response_id'], ['survey_responses.id'], name=op.f('fk_cases_response_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('response_id', name=op.f('uq_cases_response_id'))
    )
    op.create_index('ix_cases_state', 'cases', ['state', 'due_s'])
    op.create_index('ix_cases_contact_id', 'cases', ['contact_id'])
    op.create_table('calibration_sessions',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_s', sa.Float(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calibration_sessions'))
    )
    op.create_table('calibration_sheets',
    sa.Column('session_id', sa.String(), nullable=False),
    sa.Column('rater', sa.String(), nullable=False),
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['calibration_sessions.id'], name=op.f('fk_calibration_sheets_session_id')),
    sa.PrimaryKeyConstraint('session_id', 'rater', 'contact_id', name=op.f('pk_calibration_sheets'))
    )
    op.create_table('saved_reports',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'id', name=op.f('pk_saved_reports'))
    )
    connection = op.get_bind()
    _fill_facts(connection, facts)
    _fill_codes(connection, lists)
    _fill_responses(connection)


def _fill_facts(connection: sa.Connection, facts: sa.Table) -> None:
    found = connection.execute(sa.text('SELECT c.id, c.document, s.document FROM contacts c LEFT JOIN signals s ON s.contact_id = c.id')).all()
    rows = [_facts(contact_id, json.loads(contact), json.loads(signals or '{}')) for contact_id, contact, signals in found]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(facts.insert(), rows[start:start + AT_ONCE])


def _facts(contact_id: str, contact: dict, signals: dict) -> dict:
    agent = contact['agent']
    own = {**contact, 'agent_id': agent['id'], 'agent_name': agent['name'], **{k: agent.get(k, '') for k in ('team', 'site', 'vendor')}}
    measures = {k: v for k, v in sorted(signals.get('measures', {}).items()) if v is not None}
    return {
        'contact_id': contact_id, 'started_s': datetime.fromisoformat(contact['started_at']).timestamp(),
        **{name: own.get(name) or '' for name in TEXTS},
        **{name: contact.get('history', {}).get(name) for name in HISTORY},
        'measures': json.dumps(measures, separators=(',', ':')),
    }


def _fill_codes(connection: sa.Connection, lists: sa.Table) -> None:
    known = set()
    for evaluation_id, document in connection.execute(sa.text('SELECT id, document FROM evaluations')).all():
        evaluation = json.loads(document)
        answers = evaluation['answers']
        names = ' '.join(answer['criterion_id'] for answer in answers)
        listed = sha256(json.dumps([names], ensure_ascii=False, separators=(',', ':')).encode()).hexdigest()
        if listed not in known:
            connection.execute(lists.insert(), {'id': listed, 'criteria': names})
            known.add(listed)
        codes = ''.join('p' if answer['reason'] == 'people_only' else LETTERS[answer['answer']] for answer in answers)
        result = json.dumps(evaluation['score'], ensure_ascii=False, separators=(',', ':'))
        connection.execute(
            sa.text('UPDATE evaluations SET criteria = :listed, codes = :codes, result = :result WHERE id = :id'),
            {'listed': listed, 'codes': codes, 'result': result, 'id': evaluation_id},
        )


def _fill_responses(connection: sa.Connection) -> None:
    names = ('at_s', *TIMES, 'channel', *SCALES, 'comment')
    change = sa.text(f"UPDATE survey_responses SET {', '.join(f'{name} = :{name}' for name in names)} WHERE id = :id")
    for response_id, document in connection.execute(sa.text('SELECT id, document FROM survey_responses')).all():
        found = json.loads(document)
        seconds = {name: datetime.fromisoformat(found[name]).timestamp() if found.get(name) else None for name in ('invited_at', 'answered_at')}
        scales = {name: None if found.get(name) is None else float(found[name]) for name in SCALES}
        connection.execute(change, {
            'id': response_id, 'at_s': seconds['answered_at'] if seconds['answered_at'] is not None else seconds['invited_at'],
            **seconds, 'survey_started_at': None, **scales, 'channel': found.get('medium', ''), 'comment': found.get('comment', ''),
        })


def downgrade() -> None:
    for name in ('saved_reports', 'calibration_sheets', 'calibration_sessions', 'cases', 'survey_draws'):
        op.drop_table(name)
    # Columns are dropped in place: making the tables anew would break the keys that point at them.
    op.drop_index('ix_survey_responses_at_s', 'survey_responses')
    for name in ('comment', 'other', *SCALES, 'channel', *TIMES, 'at_s'):
        op.drop_column('survey_responses', name)
    op.drop_column('evaluations', 'result')
    op.drop_column('evaluations', 'codes')
    op.drop_column('evaluations', 'criteria')
    op.drop_table('criterion_lists')
    op.drop_table('contact_facts')
