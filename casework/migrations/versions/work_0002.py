"""The verdict `secure`: no table changes, but a program that does not know the word must not read a store that may hold it."""

revision = "work_0002"
down_revision = "work_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: the column of the verdict holds any word."""


def downgrade() -> None:
    raise NotImplementedError("the work store is never taken back to an older version; restore a backup instead")
