"""Reviews of what the machine answered

Revision ID: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reviews',
    sa.Column('id', _text(), nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('form_id', _text(), nullable=False),
    sa.Column('reviewer', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('changed_s', sa.Float(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews')),
    sa.UniqueConstraint('contact_id', 'form_id', 'reviewer', name=op.f('uq_reviews_contact_id'))
    )


def downgrade() -> None:
    op.drop_table('reviews')


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
