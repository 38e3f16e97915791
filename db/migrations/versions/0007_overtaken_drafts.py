"""What was typed over a version that somebody has changed since stands beside what is typed over the newer one.

Revision: 0007, after 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OLDER = "DELETE FROM drafts o USING drafts n WHERE (o.doc_id, o.user_id) = (n.doc_id, n.user_id)"


def upgrade() -> None:
    op.drop_constraint("pk_drafts", "drafts", type_="primary")
    op.create_primary_key("pk_drafts", "drafts", ["doc_id", "user_id", "doc_version"])


def downgrade() -> None:
    op.execute(f"{_OLDER} AND o.doc_version < n.doc_version")
    op.drop_constraint("pk_drafts", "drafts", type_="primary")
    op.create_primary_key("pk_drafts", "drafts", ["doc_id", "user_id"])
