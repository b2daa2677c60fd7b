"""Alembic's entry: run the steps on the connection that `casework.work_store` has opened, inside its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
