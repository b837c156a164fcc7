"""Medicines from everywhere"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "drug_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drug_lists")),
    )
    with op.batch_alter_table("drug_lists", schema=None) as batch_op:
        batch_op.create_index("ix_drug_lists_kind_valid_from", ["kind", "valid_from"], unique=False)

    op.create_table(
        "drug_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("previewed", sa.String(), nullable=True),
        sa.Column("previewed_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drug_rules")),
    )
    op.create_table(
        "pair_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_reviews")),
    )
    with op.batch_alter_table("pair_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pair_reviews_pair"), ["pair"], unique=False)

    op.create_table(
        "costs",
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
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_costs_record_id")),
        sa.PrimaryKeyConstraint("record_id", "word", "id", name=op.f("pk_costs")),
    )
    with op.batch_alter_table("costs", schema=None) as batch_op:
        batch_op.create_index("ix_costs_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index("ix_costs_record_id_source", ["record_id", "source_key"], unique=False)
        batch_op.create_index("ix_costs_record_id_word", ["record_id", "word", "on"], unique=False)

    op.create_table(
        "drug_rule_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["drug_rules.id"], name=op.f("fk_drug_rule_steps_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drug_rule_steps")),
    )
    with op.batch_alter_table("drug_rule_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drug_rule_steps_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "findings",
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
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_findings_record_id")),
        sa.PrimaryKeyConstraint("record_id", "word", "id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index("ix_findings_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index("ix_findings_record_id_source", ["record_id", "source_key"], unique=False)
        batch_op.create_index("ix_findings_record_id_word", ["record_id", "word", "on"], unique=False)

    op.create_table(
        "medicine_things",
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
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.record_id"], name=op.f("fk_medicine_things_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "word", "id", name=op.f("pk_medicine_things")),
    )
    with op.batch_alter_table("medicine_things", schema=None) as batch_op:
        batch_op.create_index("ix_medicine_things_record_id_number", ["record_id", "number"], unique=False)
        batch_op.create_index(
            "ix_medicine_things_record_id_source", ["record_id", "source_key"], unique=False
        )
        batch_op.create_index("ix_medicine_things_record_id_word", ["record_id", "word", "on"], unique=False)

    op.create_table(
        "cost_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "word", "thing_id"],
            ["costs.record_id", "costs.word", "costs.id"],
            name=op.f("fk_cost_imports_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "import_id", "word", "thing_id", name=op.f("pk_cost_imports")),
    )
    with op.batch_alter_table("cost_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cost_imports_record_id_thing", ["record_id", "word", "thing_id"], unique=False
        )

    op.create_table(
        "cost_versions",
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
            ["costs.record_id", "costs.word", "costs.id"],
            name=op.f("fk_cost_versions_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "word", "thing_id", "version", name=op.f("pk_cost_versions")),
    )
    op.create_table(
        "finding_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "word", "thing_id"],
            ["findings.record_id", "findings.word", "findings.id"],
            name=op.f("fk_finding_imports_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "import_id", "word", "thing_id", name=op.f("pk_finding_imports")
        ),
    )
    with op.batch_alter_table("finding_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_finding_imports_record_id_thing", ["record_id", "word", "thing_id"], unique=False
        )

    op.create_table(
        "finding_versions",
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
            ["findings.record_id", "findings.word", "findings.id"],
            name=op.f("fk_finding_versions_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", "word", "thing_id", "version", name=op.f("pk_finding_versions")),
    )
    op.create_table(
        "medicine_thing_imports",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "word", "thing_id"],
            ["medicine_things.record_id", "medicine_things.word", "medicine_things.id"],
            name=op.f("fk_medicine_thing_imports_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "import_id", "word", "thing_id", name=op.f("pk_medicine_thing_imports")
        ),
    )
    with op.batch_alter_table("medicine_thing_imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_medicine_thing_imports_record_id_thing", ["record_id", "word", "thing_id"], unique=False
        )

    op.create_table(
        "medicine_thing_versions",
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
            ["medicine_things.record_id", "medicine_things.word", "medicine_things.id"],
            name=op.f("fk_medicine_thing_versions_record_id_word_thing_id"),
        ),
        sa.PrimaryKeyConstraint(
            "record_id", "word", "thing_id", "version", name=op.f("pk_medicine_thing_versions")
        ),
    )


def downgrade() -> None:

    op.drop_table("medicine_thing_versions")
    with op.batch_alter_table("medicine_thing_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_medicine_thing_imports_record_id_thing")

    op.drop_table("medicine_thing_imports")
    op.drop_table("finding_versions")
    with op.batch_alter_table("finding_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_finding_imports_record_id_thing")

    op.drop_table("finding_imports")
    op.drop_table("cost_versions")
    with op.batch_alter_table("cost_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_cost_imports_record_id_thing")

    op.drop_table("cost_imports")
    with op.batch_alter_table("medicine_things", schema=None) as batch_op:
        batch_op.drop_index("ix_medicine_things_record_id_word")
        batch_op.drop_index("ix_medicine_things_record_id_source")
        batch_op.drop_index("ix_medicine_things_record_id_number")

    op.drop_table("medicine_things")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index("ix_findings_record_id_word")
        batch_op.drop_index("ix_findings_record_id_source")
        batch_op.drop_index("ix_findings_record_id_number")

    op.drop_table("findings")
    with op.batch_alter_table("drug_rule_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drug_rule_steps_rule_id"))

    op.drop_table("drug_rule_steps")
    with op.batch_alter_table("costs", schema=None) as batch_op:
        batch_op.drop_index("ix_costs_record_id_word")
        batch_op.drop_index("ix_costs_record_id_source")
        batch_op.drop_index("ix_costs_record_id_number")

    op.drop_table("costs")
    with op.batch_alter_table("pair_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pair_reviews_pair"))

    op.drop_table("pair_reviews")
    op.drop_table("drug_rules")
    with op.batch_alter_table("drug_lists", schema=None) as batch_op:
        batch_op.drop_index("ix_drug_lists_kind_valid_from")

    op.drop_table("drug_lists")
