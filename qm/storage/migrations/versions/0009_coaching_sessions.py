"""Coaching sessions

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('coaching_sessions',
    sa.Column('id', _text(), nullable=False),
    sa.Column('agent_id', _text(), nullable=False),
    sa.Column('team', _text(), nullable=False),
    sa.Column('supervisor', _text(), nullable=False),
    sa.Column('form_id', _text(), nullable=False),
    sa.Column('criterion_id', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('due', _text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coaching_sessions'))
    )
    op.create_index('ix_coaching_sessions_agent_id', 'coaching_sessions', ['agent_id'])
    op.create_index('ix_coaching_sessions_due', 'coaching_sessions', ['due', 'id'])
    op.create_table('coaching_clips',
    sa.Column('session_id', _text(), nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.PrimaryKeyConstraint('session_id', 'contact_id', name=op.f('pk_coaching_clips'))
    )
    op.create_index('ix_coaching_clips_contact_id', 'coaching_clips', ['contact_id'])
    op.create_table('coaching_aside',
    sa.Column('item_id', _text(), nullable=False),
    sa.Column('agent_id', _text(), nullable=False),
    sa.Column('reason', _text(), nullable=False),
    sa.Column('until', _text(), nullable=False),
    sa.Column('by', _text(), nullable=False),
    sa.Column('at_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_coaching_aside'))
    )


def downgrade() -> None:
    op.drop_table('coaching_aside')
    op.drop_table('coaching_clips')
    op.drop_table('coaching_sessions')


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
