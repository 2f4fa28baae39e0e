"""Leased work, audit, holds, erasures and backups; grades beside transcripts; strings in byte order on PostgreSQL"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state IN ('waiting', 'leased')")
AT_ONCE = 1000


def upgrade() -> None:
    _grades()
    _runs()
    _work()
    _audit()
    _erasure()
    if op.get_bind().dialect.name == 'postgresql':
        _compare_by_bytes()


def downgrade() -> None:
    _drop_triggers()
    for table in ('backups', 'erasures', 'holds', 'audit_details', 'audit_events', 'locks', 'workers', 'tasks'):
        op.drop_table(table)
    with op.batch_alter_table('runs') as batch:
        batch.drop_index('ix_runs_state')
        for name in ('until_s', 'token', 'owner', 'not_before_s', 'priority', 'kind', 'state'):
            batch.drop_column(name)
    with op.batch_alter_table('transcripts') as batch:
        batch.drop_column('grade')


def _grades() -> None:
    with op.batch_alter_table('transcripts') as batch:
        batch.add_column(sa.Column('grade', sa.String(), nullable=True))
    connection = op.get_bind()
    table = sa.table('transcripts', sa.column('contact_id'), sa.column('grade'), sa.column('document'))
    ids = connection.execute(sa.select(table.c.contact_id)).scalars().all()
    for start in range(0, len(ids), AT_ONCE):
        some = table.c.contact_id.in_(ids[start : start + AT_ONCE])
        rows = connection.execute(sa.select(table.c.contact_id, table.c.document).where(some))
        found = [(row.contact_id, (json.loads(row.document).get('grade') or {}).get('letter')) for row in rows]
        graded = [{'key': contact_id, 'letter': letter} for contact_id, letter in found if letter]
        if graded:
            statement = sa.update(table).where(table.c.contact_id == sa.bindparam('key'))
            connection.execute(statement.values(grade=sa.bindparam('letter')), graded)


def _runs() -> None:
    with op.batch_alter_table('runs') as batch:
        batch.add_column(sa.Column('state', sa.String(), server_default='done', nullable=False))
        batch.add_column(sa.Column('kind', sa.String(), server_default='day', nullable=False))
        batch.add_column(sa.Column('priority', sa.Integer(), server_default='0', nullable=False))
        batch.add_column(sa.Column('not_before_s', sa.Float(), server_default='0', nullable=False))
        batch.add_column(sa.Column('owner', sa.String(), server_default='', nullable=False))
        batch.add_column(sa.Column('token', sa.Integer(), server_default='0', nullable=False))
        batch.add_column(sa.Column('until_s', sa.Float(), server_default='0', nullable=False))
        batch.create_index('ix_runs_state', ['state', 'priority', 'started_at'])


def _work() -> None:
    op.create_table('tasks',
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('length_s', sa.Float(), server_default='0', nullable=False),
    sa.Column('not_before_s', sa.Float(), server_default='0', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('owner', sa.String(), server_default='', nullable=False),
    sa.Column('token', sa.Integer(), server_default='0', nullable=False),
    sa.Column('until_s', sa.Float(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['runs.id'], name=op.f('fk_tasks_run_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_tasks_contact_id')),
    sa.PrimaryKeyConstraint('run_id', 'contact_id', name=op.f('pk_tasks'))
    )
    op.create_index('ix_tasks_wanted', 'tasks', ['state', 'priority', 'not_before_s', 'position'])
    op.create_index('ix_tasks_owner', 'tasks', ['owner', 'state'])
    op.create_index('uq_tasks_open', 'tasks', ['contact_id'], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_table('workers',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('host', sa.String(), nullable=False),
    sa.Column('pid', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), server_default='', nullable=False),
    sa.Column('started_s', sa.Float(), nullable=False),
    sa.Column('seen_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workers'))
    )
    op.create_table('locks',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('until_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_locks'))
    )


def _audit() -> None:
    op.create_table('audit_events',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('before_sha256', sa.String(), nullable=False),
    sa.Column('after_sha256', sa.String(), nullable=False),
    sa.Column('details_sha256', sa.String(), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_events'))
    )
    for name in ('subject', 'actor', 'action'):
        op.create_index(f'ix_audit_events_{name}', 'audit_events', [name, 'seq'])
    op.create_table('audit_details',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['seq'], ['audit_events.seq'], name=op.f('fk_audit_details_seq')),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_details'))
    )
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$"
        )
        op.execute(
            'CREATE TRIGGER audit_events_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()'
        )
        return
    for what in ('UPDATE', 'DELETE'):
        op.execute(
            f'CREATE TRIGGER audit_events_refuse_{what.lower()} BEFORE {what} ON audit_events '
            "BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"
        )
    # INSERT OR REPLACE deletes without firing the trigger above.
    op.execute(
        'CREATE TRIGGER audit_events_refuse_replace BEFORE INSERT ON audit_events '
        'WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq) '
        "BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END"
    )


def _drop_triggers() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER audit_events_refuse ON audit_events')
        op.execute('DROP FUNCTION audit_refuse()')
        return
    for what in ('update', 'delete', 'replace'):
        op.execute(f'DROP TRIGGER audit_events_refuse_{what}')


def _erasure() -> None:
    op.create_table('holds',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('released_s', sa.Float(), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds'))
    )
    op.create_index('ix_holds_subject', 'holds', ['subject_kind', 'subject'])
    op.create_table('erasures',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject_sha256', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('at_s', sa.Float(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures'))
    )
    op.create_index('ix_erasures_subject_sha256', 'erasures', ['subject_sha256'])
    op.create_table('backups',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('at_s', sa.Float(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backups'))
    )


def _compare_by_bytes() -> None:
    """Whatever the database's own collation, so that every list has the order it has on SQLite."""
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        texts = [
            column
            for column in inspector.get_columns(table)
            if isinstance(column['type'], sa.String) and column['type'].collation != 'C'
        ]
        changes = ', '.join(
            f'ALTER COLUMN "{column["name"]}" TYPE {"TEXT" if isinstance(column["type"], sa.Text) else "VARCHAR"} COLLATE "C"'
            for column in texts
        )
        if changes and table != 'alembic_version':
            op.execute(f'ALTER TABLE "{table}" {changes}')
