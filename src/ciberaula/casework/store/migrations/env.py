"""Run by alembic: migrates over the one connection that the store hands in, inside the store's transaction."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table=context.config.attributes["version_table"])
context.run_migrations()
