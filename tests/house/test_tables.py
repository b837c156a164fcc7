"""Tables: each of one of three kinds, keys of record tables begin with ``record_id``, nothing personal in clear."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy import LargeBinary, String, Table, UniqueConstraint

from backend.db import Base, LocalTable, RecordTable, ReferenceTable, Sealed
from tests.house.rooms import load_tables

load_tables()
MAPPED = {cast("Table", mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}
RECORD_TABLES = sorted(
    (table for table, kind in MAPPED.items() if issubclass(kind, RecordTable)), key=lambda table: table.name
)

# Text in clear: ids, kinds, states and words of the house. Never what a person wrote or what was measured.
CLEAR_TEXT = {
    "accounts.role", "accounts.password_hash", "facilities.name", "grants.purposes", "grants.rights", "grants.scopes",
    "imports.format", "import_answers.format", "imports.state", "import_items.what",
    "jobs.error", "jobs.ids", "jobs.name", "jobs.purpose",
    "jobs.role", "jobs.state", "records.zone", "refresh_families.current_jti", "refresh_families.previous_jti",
    "visits.purpose", "visits.reason", "visits.right", "visits.role", "visits.scopes", "visits.way", "vitals.kind",
    "wearable_days.stream", "day_summaries.stream", "deliveries.kind", "delivery_spans.stream", "import_days.stream",
    "drug_lists.kind", "drug_lists.name", "medicine_things.word", "medicine_thing_versions.word",
    "medicine_thing_imports.word",
    "costs.word", "cost_versions.word", "cost_imports.word",
    "recordings.word", "recording_versions.word", "recording_imports.word",
    # Rules and reviews are published with their reason and the name that signs them; never about a patient.
    "drug_rules.previewed", "drug_rules.said", "drug_rules.state", "drug_rule_steps.said", "drug_rule_steps.step",
    "pair_reviews.pair", "pair_reviews.reason", "pair_reviews.wording",
    "findings.word", "finding_versions.word", "finding_imports.word",
}  # fmt: skip
# Bytes in clear: wrapped keys, and digests under a key of their own.
CLEAR_BYTES = {
    "accounts.email_digest", "accounts.wrapped_key", "dispensings.source_key", "imports.digest", "records.wrapped_key",
    "sign_in_tries.email_digest", "stream_sources.digest", "vitals.source_key",
    "drug_lists.digest", "drug_lists.packed", "medicine_things.source_key",
    "costs.source_key", "recordings.source_key",
    "findings.source_key",
}  # fmt: skip


def test_every_table_is_of_one_kind() -> None:
    assert MAPPED
    for table, kind in MAPPED.items():
        assert issubclass(kind, RecordTable | ReferenceTable | LocalTable), table.name


@pytest.mark.parametrize("table", RECORD_TABLES, ids=lambda table: table.name)
def test_keys_of_record_tables_begin_with_the_record(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "record_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "record_id", constraint
    for index in table.indexes:
        if index.unique:
            assert next(iter(index.columns)).name == "record_id", index
    for key in table.foreign_key_constraints:
        if MAPPED[key.referred_table] and issubclass(MAPPED[key.referred_table], RecordTable):
            assert key.column_keys[0] == "record_id", key


def test_what_is_in_clear_was_allowed_by_name() -> None:
    text, plain = set(), set()
    for table in MAPPED:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if isinstance(column.type, String):
                text.add(name)
            elif isinstance(column.type, LargeBinary) and not isinstance(column.type, Sealed):
                plain.add(name)
    assert text <= CLEAR_TEXT, text - CLEAR_TEXT
    assert plain <= CLEAR_BYTES, plain - CLEAR_BYTES
