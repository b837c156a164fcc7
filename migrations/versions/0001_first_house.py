"""The tables of the first house"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "facilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
    )
    op.create_table(
        "import_days",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "import_id", "seq", name=op.f("pk_import_days")),
    )
    op.create_table(
        "import_items",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "import_id", "what", "seq", name=op.f("pk_import_items")),
    )
    op.create_table(
        "import_pieces",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "upload_id", "part", "seq", name=op.f("pk_import_pieces")),
    )
    op.create_table(
        "imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("troubles", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_record_id_received_at", ["record_id", "received_at"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("ids", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run_after", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_state_run_after", ["state", "run_after"], unique=False)

    op.create_table(
        "records",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("change_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_records")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_records_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "shared_with",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "record_id", "grant_id", name=op.f("pk_shared_with")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("email_digest", name=op.f("pk_sign_in_tries")),
    )
    op.create_table(
        "visits",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_record_id_at", ["record_id", "at"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("facility_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["facility_id"], ["facilities.id"], name=op.f("fk_accounts_facility_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email_digest", name=op.f("uq_accounts_email_digest")),
    )
    op.create_table(
        "day_summaries",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("local_day", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.record_id"], name=op.f("fk_day_summaries_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "stream", "local_day", name=op.f("pk_day_summaries")),
    )
    with op.batch_alter_table("day_summaries", schema=None) as batch_op:
        batch_op.create_index("ix_day_summaries_record_id_number", ["record_id", "number"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_deliveries_record_id")),
        sa.PrimaryKeyConstraint("record_id", "number", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("record_id", "id", name=op.f("uq_deliveries_record_id_id")),
    )
    op.create_table(
        "dispensings",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispensed_on", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_dispensings_record_id")),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_dispensings")),
    )
    with op.batch_alter_table("dispensings", schema=None) as batch_op:
        batch_op.create_index("ix_dispensings_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index("ix_dispensings_record_id_source", ["record_id", "source_key"], unique=True)

    op.create_table(
        "glances",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_glances_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_glances")),
    )
    op.create_table(
        "grants",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("to_account", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("rights", sa.String(), nullable=False),
        sa.Column("purposes", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_grants_record_id")),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_grants")),
    )
    op.create_table(
        "pressure_months",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.record_id"], name=op.f("fk_pressure_months_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "month", name=op.f("pk_pressure_months")),
    )
    op.create_table(
        "stream_sources",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.record_id"], name=op.f("fk_stream_sources_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_stream_sources")),
        sa.UniqueConstraint("record_id", "digest", name=op.f("uq_stream_sources_record_id_digest")),
    )
    op.create_table(
        "vitals",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_vitals_record_id")),
        sa.PrimaryKeyConstraint("record_id", "id", name=op.f("pk_vitals")),
    )
    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.create_index("ix_vitals_record_id_kind", ["record_id", "kind", "taken_at"], unique=False)
        batch_op.create_index("ix_vitals_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index("ix_vitals_record_id_source", ["record_id", "source_key"], unique=False)

    op.create_table(
        "delivery_spans",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "number"],
            ["deliveries.record_id", "deliveries.number"],
            name=op.f("fk_delivery_spans_record_id_number"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id", "source_id"],
            ["stream_sources.record_id", "stream_sources.id"],
            name=op.f("fk_delivery_spans_record_id_source_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "number", "stream", "source_id", name=op.f("pk_delivery_spans")),
    )
    op.create_table(
        "dispensing_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("dispensing_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "dispensing_id"],
            ["dispensings.record_id", "dispensings.id"],
            name=op.f("fk_dispensing_imports_record_id_dispensing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "import_id", "dispensing_id", name=op.f("pk_dispensing_imports")
        ),
    )
    with op.batch_alter_table("dispensing_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_dispensing_imports_record_id_dispensing_id", ["record_id", "dispensing_id"], unique=False
        )

    op.create_table(
        "refresh_families",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_label", sa.LargeBinary(), nullable=False),
        sa.Column("current_jti", sa.String(), nullable=False),
        sa.Column("previous_jti", sa.String(), nullable=True),
        sa.Column("rotated_at", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_refresh_families_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_families")),
    )
    with op.batch_alter_table("refresh_families", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refresh_families_account_id"), ["account_id"], unique=False)

    op.create_table(
        "vital_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("vital_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "vital_id"],
            ["vitals.record_id", "vitals.id"],
            name=op.f("fk_vital_imports_record_id_vital_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "import_id", "vital_id", name=op.f("pk_vital_imports")),
    )
    with op.batch_alter_table("vital_imports", schema=None) as batch_op:
        batch_op.create_index("ix_vital_imports_record_id_vital_id", ["record_id", "vital_id"], unique=False)

    op.create_table(
        "vital_versions",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("vital_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id", "vital_id"],
            ["vitals.record_id", "vitals.id"],
            name=op.f("fk_vital_versions_record_id_vital_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "vital_id", "version", name=op.f("pk_vital_versions")),
    )
    op.create_table(
        "wearable_days",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("extremes", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "source_id"],
            ["stream_sources.record_id", "stream_sources.id"],
            name=op.f("fk_wearable_days_record_id_source_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "stream", "day", "source_id", name=op.f("pk_wearable_days")),
    )


def downgrade() -> None:

    op.drop_table("wearable_days")
    op.drop_table("vital_versions")
    with op.batch_alter_table("vital_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_vital_imports_record_id_vital_id")

    op.drop_table("vital_imports")
    with op.batch_alter_table("refresh_families", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refresh_families_account_id"))

    op.drop_table("refresh_families")
    with op.batch_alter_table("dispensing_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_dispensing_imports_record_id_dispensing_id")

    op.drop_table("dispensing_imports")
    op.drop_table("delivery_spans")
    with op.batch_alter_table("vitals", schema=None) as batch_op:
        batch_op.drop_index("ix_vitals_record_id_source")
        batch_op.drop_index("ix_vitals_record_id_number")
        batch_op.drop_index("ix_vitals_record_id_kind")

    op.drop_table("vitals")
    op.drop_table("stream_sources")
    op.drop_table("pressure_months")
    op.drop_table("grants")
    op.drop_table("glances")
    with op.batch_alter_table("dispensings", schema=None) as batch_op:
        batch_op.drop_index("ix_dispensings_record_id_source")
        batch_op.drop_index("ix_dispensings_record_id_number")

    op.drop_table("dispensings")
    op.drop_table("deliveries")
    with op.batch_alter_table("day_summaries", schema=None) as batch_op:
        batch_op.drop_index("ix_day_summaries_record_id_number")

    op.drop_table("day_summaries")
    op.drop_table("accounts")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_record_id_at")

    op.drop_table("visits")
    op.drop_table("sign_in_tries")
    op.drop_table("shared_with")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_records_owner_id"))

    op.drop_table("records")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_run_after")

    op.drop_table("jobs")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index("ix_imports_record_id_received_at")

    op.drop_table("imports")
    op.drop_table("import_pieces")
    op.drop_table("import_items")
    op.drop_table("import_days")
    op.drop_table("facilities")
