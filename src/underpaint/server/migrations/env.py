"""Runs migrations on the connection that `Database.migrate` hands over."""

from alembic import context

from underpaint.server.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,  # SQLite can; Alembic assumes that Python's sqlite3 cannot
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
