"""What the search's entries were made from, without reading them: what is missing is found in a second

Revision ID: 0016
"""

from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_search_entries_source', 'search_entries', ['contact_id', 'source', 'version'])


def downgrade() -> None:
    op.drop_index('ix_search_entries_source', 'search_entries')
