"""Findings of recordings beside their transcripts

Revision ID: 0014
"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

AT_ONCE = 1000
transcripts = sa.table('transcripts', sa.column('contact_id'), sa.column('findings'), sa.column('document'))


def upgrade() -> None:
    text = sa.String(collation='C') if op.get_bind().dialect.name == 'postgresql' else sa.String()
    op.add_column('transcripts', sa.Column('findings', text, nullable=False, server_default=''))
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_column('transcripts', 'findings')


def _fill(connection: sa.Connection) -> None:
    """Some at a time, by id: a site's transcripts don't fit into memory."""
    last = ''
    while rows := connection.execute(
        sa.select(transcripts.c.contact_id, transcripts.c.document)
        .where(transcripts.c.contact_id > last).order_by(transcripts.c.contact_id).limit(AT_ONCE)
    ).all():  # fmt: skip
        last = rows[-1].contact_id
        found = ((row.contact_id, {one['code'] for one in json.loads(row.document).get('quality', ())}) for row in rows)
        changes = [{'of': contact_id, 'codes': ' '.join(sorted(codes))} for contact_id, codes in found if codes]
        if changes:
            statement = transcripts.update().where(transcripts.c.contact_id == sa.bindparam('of'))
            connection.execute(statement.values(findings=sa.bindparam('codes')), changes)
