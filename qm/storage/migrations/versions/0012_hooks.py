"""Webhooks and idempotency keys

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hooks',
    sa.Column('id', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('made_s', sa.Float(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hooks'))
    )
    op.create_table('hook_secrets',
    sa.Column('hook_id', _text(), nullable=False),
    sa.Column('secret', _text(), nullable=False),
    sa.ForeignKeyConstraint(['hook_id'], ['hooks.id'], name=op.f('fk_hook_secrets_hook_id')),
    sa.PrimaryKeyConstraint('hook_id', name=op.f('pk_hook_secrets'))
    )
    op.create_table('hook_deliveries',
    sa.Column('id', _text(), nullable=False),
    sa.Column('hook_id', _text(), nullable=False),
    sa.Column('event', _text(), nullable=False),
    sa.Column('subject', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('made_s', sa.Float(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_s', sa.Float(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('error', _text(), nullable=False),
    sa.Column('owner', _text(), nullable=False),
    sa.Column('until_s', sa.Float(), nullable=False),
    sa.Column('body', _long(), nullable=False),
    sa.ForeignKeyConstraint(['hook_id'], ['hooks.id'], name=op.f('fk_hook_deliveries_hook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hook_deliveries'))
    )
    op.create_index('ix_hook_deliveries_next_s', 'hook_deliveries', ['state', 'next_s'])
    op.create_index('ix_hook_deliveries_made_s', 'hook_deliveries', ['hook_id', 'made_s', 'id'])
    op.create_index('ix_hook_deliveries_subject', 'hook_deliveries', ['subject'])
    op.create_table('kept_answers',
    sa.Column('key_sha256', _text(), nullable=False),
    sa.Column('request_sha256', _text(), nullable=False),
    sa.Column('begun_s', sa.Float(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('headers', _long(), nullable=False),
    sa.Column('body', _long(), nullable=False),
    sa.PrimaryKeyConstraint('key_sha256', name=op.f('pk_kept_answers'))
    )
    op.create_index('ix_kept_answers_begun_s', 'kept_answers', ['begun_s'])


def downgrade() -> None:
    for table in ('kept_answers', 'hook_deliveries', 'hook_secrets', 'hooks'):
        op.drop_table(table)


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
