"""Work queues

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('work_queues',
    sa.Column('id', _text(), nullable=False),
    sa.Column('drawn_s', sa.Float(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_queues'))
    )
    op.create_index('ix_work_queues_drawn_s', 'work_queues', ['drawn_s', 'id'])
    op.create_table('assignments',
    sa.Column('queue_id', _text(), nullable=False),
    sa.Column('step', _text(), nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('form_id', _text(), nullable=False),
    sa.Column('analyst', _text(), nullable=False),
    sa.Column('state', _text(), nullable=False),
    sa.Column('due', _text(), nullable=False),
    sa.Column('probability', sa.Float(), nullable=False),
    sa.Column('stratum', _text(), nullable=False),
    sa.Column('risks', _text(), nullable=False),
    sa.Column('doubts', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('wants_second', sa.Integer(), nullable=False),
    sa.Column('done_s', sa.Float(), nullable=True),
    sa.ForeignKeyConstraint(['queue_id'], ['work_queues.id'], name=op.f('fk_assignments_queue_id')),
    sa.PrimaryKeyConstraint('queue_id', 'step', 'contact_id', name=op.f('pk_assignments'))
    )
    op.create_index('ix_assignments_analyst', 'assignments', ['analyst', 'state'])
    op.create_index('ix_assignments_contact_id', 'assignments', ['contact_id', 'form_id'])
    op.create_index('ix_assignments_form_id', 'assignments', ['form_id', 'state'])


def downgrade() -> None:
    op.drop_table('assignments')
    op.drop_table('work_queues')


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.Text()
