"""Every table as it is declared, and the steps that make them."""

from __future__ import annotations

import re

import pytest

from loyaltycore.schema import COLLECTIONS, STEPS, VERSION, Collection, ColumnType


EACH = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=COLLECTIONS)


@EACH
def test_the_program_leads(collection: Collection):
    """Every key and unique begins with the program, so that an engine can shard."""
    assert collection.columns[0].name == "program_id"
    for columns in (collection.key, *collection.uniques):
        assert columns[0] == "program_id"


@EACH
def test_names_are_plain(collection: Collection):
    """Names go into statements, so they are small letters and underscores."""
    for name in (collection.name, *collection.by_name):
        assert re.fullmatch("[a-z][a-z_]{0,30}", name)


@EACH
def test_columns_that_are_named_exist(collection: Collection):
    """Key, uniques and indexes are over columns of the collection, each once."""
    lists = [collection.key, *collection.uniques]
    lists += [(*index.by, *index.order) for index in collection.indexes]
    for columns in lists:
        assert set(columns) <= collection.by_name.keys()
        assert len(set(columns)) == len(columns)
    assert len(collection.by_name) == len(collection.columns)


@EACH
def test_what_is_never_empty(collection: Collection):
    """Keys and the orders of indexes never miss a value, so that these find places."""
    columns = {*collection.key}
    for index in collection.indexes:
        columns.update(index.order)
    assert not [name for name in columns if collection.by_name[name].nullable]


@EACH
def test_json_is_never_compared(collection: Collection):
    """No key, unique or index is over JSON."""
    columns = {*collection.key, *(name for each in collection.uniques for name in each)}
    for index in collection.indexes:
        columns.update(index.by, index.order)
    types = {collection.by_name[name].type for name in columns}
    assert ColumnType.JSON not in types


@EACH
def test_a_collection_is_a_value(collection: Collection):
    """What the checks work out on the way is no part of a collection."""
    assert "judges" not in repr(collection)
    copy = Collection(
        name=collection.name,
        columns=collection.columns,
        key=collection.key,
        uniques=collection.uniques,
        indexes=collection.indexes,
        append_only=collection.append_only,
    )
    assert copy == collection


def test_the_journal_is_append_only():
    """Transactions, versions of templates and what happened are written for good."""
    journal = {name for name, each in COLLECTIONS.items() if each.append_only}
    versions = {"template_version", "consent_change", "activity"}
    assert journal == {"transaction", "entry"} | versions


def test_a_version_of_a_card_occurs_once():
    """With this unique even naive code cannot lose an update."""
    unique = ("program_id", "card_id", "version")
    assert unique in COLLECTIONS["transaction"].uniques


def test_steps():
    """Steps are numbered from one without a gap, and make every collection once."""
    assert [step.number for step in STEPS] == list(range(1, VERSION + 1))
    made = [collection for step in STEPS for collection in step.create]
    assert made == list(COLLECTIONS.values())
