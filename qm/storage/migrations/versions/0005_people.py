"""People who sign in: rights, secrets, sessions, tokens"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('people',
    sa.Column('id', _text(), nullable=False),
    sa.Column('login', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people')),
    sa.UniqueConstraint('login', name=op.f('uq_people_login'))
    )
    op.create_table('person_secrets',
    sa.Column('person_id', _text(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_person_secrets_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_person_secrets'))
    )
    op.create_table('sessions',
    sa.Column('key_sha256', _text(), nullable=False),
    sa.Column('person_id', _text(), nullable=False),
    sa.Column('csrf', _text(), nullable=False),
    sa.Column('opened_s', sa.Float(), nullable=False),
    sa.Column('seen_s', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sessions_person_id')),
    sa.PrimaryKeyConstraint('key_sha256', name=op.f('pk_sessions'))
    )
    op.create_index('ix_sessions_person_id', 'sessions', ['person_id'])
    op.create_table('tokens',
    sa.Column('id', _text(), nullable=False),
    sa.Column('key_sha256', _text(), nullable=False),
    sa.Column('person_id', _text(), nullable=False),
    sa.Column('expires_s', sa.Float(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_tokens_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tokens')),
    sa.UniqueConstraint('key_sha256', name=op.f('uq_tokens_key_sha256'))
    )
    op.create_index('ix_tokens_person_id', 'tokens', ['person_id'])
    op.create_table('sign_in_links',
    sa.Column('key_sha256', _text(), nullable=False),
    sa.Column('person_id', _text(), nullable=False),
    sa.Column('until_s', sa.Float(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sign_in_links_person_id')),
    sa.PrimaryKeyConstraint('key_sha256', name=op.f('pk_sign_in_links'))
    )
    op.create_index('ix_sign_in_links_person_id', 'sign_in_links', ['person_id'])
    op.create_table('sign_in_failures',
    sa.Column('key', _text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sign_in_failures'))
    )
    op.create_index('ix_contact_facts_agent_id', 'contact_facts', ['agent_id'])
    op.create_index('ix_contact_facts_team', 'contact_facts', ['team'])


def downgrade() -> None:
    for column in ('team', 'agent_id'):
        op.drop_index(f'ix_contact_facts_{column}', table_name='contact_facts')
    for table in ('sign_in_failures', 'sign_in_links', 'tokens', 'sessions', 'person_secrets', 'people'):
        op.drop_table(table)


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
