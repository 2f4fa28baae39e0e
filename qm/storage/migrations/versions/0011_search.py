"""Full text of the turns

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('search_entries',
    sa.Column('key', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('source', _text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_s', sa.Float(), nullable=False),
    sa.Column('language', _text(), nullable=False),
    sa.Column('turns', _long(), nullable=False),
    sa.Column('tokens', _long(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_search_entries_contact_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_search_entries')),
    sa.UniqueConstraint('contact_id', name=op.f('uq_search_entries_contact_id'))
    )
    op.create_index('ix_search_entries_made_s', 'search_entries', ['made_s'])
    op.create_table('saved_searches',
    sa.Column('id', _text(), nullable=False),
    sa.Column('owner', _text(), nullable=False),
    sa.Column('name', _text(), nullable=False),
    sa.Column('alerts', sa.Boolean(), nullable=False),
    sa.Column('document', _long(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_searches'))
    )
    op.create_index('ix_saved_searches_owner', 'saved_searches', ['owner', 'name'])
    op.create_table('search_alerts',
    sa.Column('search_id', _text(), nullable=False),
    sa.Column('contact_id', _text(), nullable=False),
    sa.Column('at_s', sa.Float(), nullable=False),
    sa.Column('is_read', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_search_alerts_contact_id')),
    sa.ForeignKeyConstraint(['search_id'], ['saved_searches.id'], name=op.f('fk_search_alerts_search_id')),
    sa.PrimaryKeyConstraint('search_id', 'contact_id', name=op.f('pk_search_alerts'))
    )
    for statement in POSTGRESQL if _is_postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if _is_postgresql():
        op.execute('DROP TABLE search_words')
        op.execute('DROP TRIGGER search_index ON search_entries')
        op.execute('DROP FUNCTION search_index()')
    else:
        op.execute('DROP TRIGGER search_entries_added')
        op.execute('DROP TRIGGER search_entries_gone')
        op.execute('DROP TABLE search_words')
    op.drop_table('search_alerts')
    op.drop_table('saved_searches')
    op.drop_table('search_entries')


SQLITE = (
    # Tokens are ASCII letters and digits, so the plainest tokenizer reads them; positions aren't asked for.
    "CREATE VIRTUAL TABLE search_words USING fts5(tokens, content='search_entries', content_rowid='key', "
    "detail=none, columnsize=0, tokenize='ascii')",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN "
    "INSERT INTO search_words(rowid, tokens) VALUES (new.key, new.tokens); END",
    "CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN "
    "INSERT INTO search_words(search_words, rowid, tokens) VALUES ('delete', old.key, old.tokens); END",
)
POSTGRESQL = (
    "CREATE TABLE search_words (key bigint PRIMARY KEY REFERENCES search_entries(key) ON DELETE CASCADE, "
    "words tsvector NOT NULL)",
    "CREATE INDEX ix_search_words_words ON search_words USING gin (words)",
    "CREATE FUNCTION search_index() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO search_words (key, words) VALUES (new.key, array_to_tsvector(string_to_array(new.tokens, ' '))); "
    "RETURN NULL; END $$",
    "CREATE TRIGGER search_index AFTER INSERT ON search_entries FOR EACH ROW EXECUTE FUNCTION search_index()",
)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == 'postgresql'


def _text() -> sa.String:
    """Compared by bytes, so that lists have one order on both databases."""
    return sa.String(collation='C') if _is_postgresql() else sa.String()


def _long() -> sa.Text:
    return sa.Text(collation='C') if _is_postgresql() else sa.Text()
