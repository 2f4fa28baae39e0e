"""Indexes for the list of contacts

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

FAILED = """result LIKE '%"failed_by":["%'"""
OPEN = (
    """result LIKE '%"counts":{"cannot_tell":%' AND result NOT LIKE '%"counts":{"cannot_tell":0,%' """
    """AND result NOT LIKE '%"counts":{"cannot_tell":0}%'"""
)
CHOICES = ('agent_id', 'agent_name', 'team', 'site', 'vendor', 'process', 'medium', 'contact_id')


def upgrade() -> None:
    for name, where in (('failed', FAILED), ('open', OPEN)):
        only = sa.literal_column(where)
        op.create_index(
            f'ix_evaluations_{name}', 'evaluations', ['contact_id', 'form_id'],
            sqlite_where=only, postgresql_where=only,
        )  # fmt: skip
    op.create_index('ix_contact_facts_choices', 'contact_facts', list(CHOICES))
    op.create_index('ix_items_state', 'items', ['state', 'contact_id'])
    op.drop_index('ix_contacts_agent_id', 'contacts')
    op.create_index('ix_contacts_agent_id', 'contacts', ['agent_id', 'started_at', 'id'])
    op.create_index('ix_contacts_team', 'contacts', ['team', 'started_at', 'id'])


def downgrade() -> None:
    op.drop_index('ix_contacts_team', 'contacts')
    op.drop_index('ix_contacts_agent_id', 'contacts')
    op.create_index('ix_contacts_agent_id', 'contacts', ['agent_id', 'started_at'])
    op.drop_index('ix_items_state', 'items')
    op.drop_index('ix_contact_facts_choices', 'contact_facts')
    op.drop_index('ix_evaluations_open', 'evaluations')
    op.drop_index('ix_evaluations_failed', 'evaluations')
