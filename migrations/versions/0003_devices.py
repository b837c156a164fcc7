"""Devices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "import_answers",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "format", name=op.f("pk_import_answers")),
    )
    op.create_table(
        "import_uploads",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "import_id", name=op.f("pk_import_uploads")),
    )
    op.create_table(
        "recordings",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_recordings_record_id")),
        sa.PrimaryKeyConstraint("record_id", "word", "id", name=op.f("pk_recordings")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index("ix_recordings_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index("ix_recordings_record_id_source", ["record_id", "source_key"], unique=False)
        batch_op.create_index("ix_recordings_record_id_word", ["record_id", "word", "on"], unique=False)

    op.create_table(
        "recording_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "word", "thing_id"],
            ["recordings.record_id", "recordings.word", "recordings.id"],
            name=op.f("fk_recording_imports_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "import_id", "word", "thing_id", name=op.f("pk_recording_imports")
        ),
    )
    with op.batch_alter_table("recording_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_imports_record_id_thing", ["record_id", "word", "thing_id"], unique=False
        )

    op.create_table(
        "recording_versions",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id", "word", "thing_id"],
            ["recordings.record_id", "recordings.word", "recordings.id"],
            name=op.f("fk_recording_versions_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "word", "thing_id", "version", name=op.f("pk_recording_versions")
        ),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("readings", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
        )
        batch_op.add_column(sa.Column("days", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("rate", sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("rate")
        batch_op.drop_column("days")
        batch_op.drop_column("readings")

    op.drop_table("recording_versions")
    with op.batch_alter_table("recording_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_recording_imports_record_id_thing")

    op.drop_table("recording_imports")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index("ix_recordings_record_id_word")
        batch_op.drop_index("ix_recordings_record_id_source")
        batch_op.drop_index("ix_recordings_record_id_number")

    op.drop_table("recordings")
    op.drop_table("import_uploads")
    op.drop_table("import_answers")
