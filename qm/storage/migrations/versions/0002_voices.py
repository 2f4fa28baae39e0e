"""Voices that a diariser told apart on a shared channel"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('voices',
    sa.Column('contact_id', sa.String(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_voices_contact_id')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_voices'))
    )


def downgrade() -> None:
    op.drop_table('voices')
