"""
Ways in which a store can be wrong: one small change each, by hand.

A mutant names a file of the package, a piece of it that occurs there once, what stands
there instead, and the suite that has to notice.
"""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """One wrong store."""

    file: str
    right: str
    wrong: str
    suite: tuple[str, str]


MEMORY = ("tests/stores/test_memory.py", "TestContract")
FILE = ("tests/stores/test_sqlite.py", "TestContract")
CORE = ("tests/stores/test_sql_contract.py", "TestSqlAlchemyOnSqlite")
POSTGRES = ("tests/stores/test_sql_contract.py", "TestPostgreSql")
MARIADB = ("tests/stores/test_sql_contract.py", "TestMariaDb")
TALLIES = ("tests/stores/test_additions.py", "TestOnSqlite")
MARIADB_TALLIES = ("tests/stores/test_additions.py", "TestMariaDb")

_SESSION = "stores/sqlite_session.py"
_LOOKUPS = "stores/lookups.py"
_STATEMENTS = "stores/sqlite_statements.py"
_QUERIES = "stores/sqlite_queries.py"
_POOL = "stores/sqlite_pool.py"
_BOUND = "stores/sqlite_bound.py"
_CODECS = "stores/codecs.py"
_MEMORY = "stores/memory_session.py"
_TABLES = "stores/memory_tables.py"
_CHANGES = "schema/changes.py"
_QUESTIONS = "schema/questions.py"
_SAVEPOINTS = "stores/savepoints.py"

MUTANTS: dict[str, Mutant] = {
    # -- who may write, and when -----------------------------------------------------
    "no write lock at begin": Mutant(
        _POOL, '"BEGIN IMMEDIATE" if is_writing else "BEGIN"', '"BEGIN"', FILE
    ),
    "no queue and no write lock": Mutant(
        _POOL, "is_alone = is_writing or self.is_in_memory", "is_alone = False", FILE
    ),
    "reading sessions write": Mutant(
        _SESSION, "if not self._is_writing:", "if False:", FILE
    ),
    "committed after a failure": Mutant(
        "stores/sqlite.py",
        "is_kept = error is None and failure is None",
        "is_kept = error is None",
        FILE,
    ),
    "committed after an exception": Mutant(
        "stores/sqlite.py",
        "is_kept = error is None and failure is None",
        "is_kept = failure is None",
        FILE,
    ),
    "failures can be swallowed": Mutant(
        _SESSION,
        "        if self.failure is not None:\n            raise Unavailable",
        "        if False:\n            raise Unavailable",
        FILE,
    ),
    "no retry": Mutant("shell.py", "TRIES_MAX = 8", "TRIES_MAX = 1", MEMORY),
    "only conflicts are tried again": Mutant(
        "shell.py",
        "except (Conflict, Duplicate, Unavailable) as error",
        "except Conflict as error",
        MEMORY,
    ),
    "bound sessions commit": Mutant(
        _BOUND,
        'cursor.execute(f"RELEASE {_SAVEPOINT}")\n        except',
        "self._connection.commit()\n        except",
        FILE,
    ),
    "bound sessions undo everything": Mutant(
        _BOUND,
        'cursor.execute(f"ROLLBACK TO {_SAVEPOINT}")',
        'cursor.execute("ROLLBACK")',
        FILE,
    ),
    "bound sessions undo nothing": Mutant(
        _BOUND, 'cursor.execute(f"ROLLBACK TO {_SAVEPOINT}")', "pass", FILE
    ),
    "parts undo nothing": Mutant(
        _SAVEPOINTS,
        'execute(f"ROLLBACK TO SAVEPOINT {self._name}_{depth}")',
        "pass",
        FILE,
    ),
    "parts are set with every change": Mutant(
        _SAVEPOINTS, "            if is_set:\n", "            if False:\n", FILE
    ),
    "parts end the session": Mutant(
        _SAVEPOINTS, "            session.failure = None", "            pass", FILE
    ),
    # -- what changes ----------------------------------------------------------------
    "versions are not expected": Mutant(
        _STATEMENTS, '(*ref, "version") if is_expecting else ref', "ref", FILE
    ),
    "a duplicate replaces": Mutant(
        _STATEMENTS,
        'f"INSERT INTO {self.table(collection.name)}',
        'f"INSERT OR REPLACE INTO {self.table(collection.name)}',
        FILE,
    ),
    "duplicates are ignored": Mutant(
        _STATEMENTS, "if is_ignoring else", "if True else", FILE
    ),
    "duplicates are not ignored": Mutant(
        _STATEMENTS, "if is_ignoring else", "if False else", FILE
    ),
    "limits are exclusive": Mutant(_STATEMENTS, "<= {limit}", "< {limit}", FILE),
    "limits do not count": Mutant(
        _STATEMENTS, '" AND ".join(within) or "TRUE"', '"TRUE"', FILE
    ),
    "sums replace": Mutant(
        _STATEMENTS, "({now[name]} + {given[name]})", "{given[name]}", FILE
    ),
    "a first addition has no limit": Mutant(
        _CHANGES, "if (row[name] or 0) > limit:", "if False:", FILE
    ),
    "raises lower": Mutant(
        _STATEMENTS, "CASE WHEN {column} > {term}", "CASE WHEN {column} < {term}", FILE
    ),
    "raises leave nothing alone": Mutant(
        _STATEMENTS,
        "CASE WHEN {column} > {term} THEN {column} ELSE {term} END",
        "MAX({column}, {term})",
        FILE,
    ),
    "raises replace": Mutant(
        _CHANGES, "if row[name] is None or row[name] < value:", "if True:", MEMORY
    ),
    "raises go below zero": Mutant(
        _CHANGES, "column.type is ColumnType.INTEGER and value < 0", "False", FILE
    ),
    "means are cut off": Mutant(
        _STATEMENTS,
        "ELSE ({first} + {first} + {second}) / {twice} END",
        "ELSE {first} / {second} END",
        TALLIES,
    ),
    "means are of what was before": Mutant(
        _STATEMENTS,
        "_mean(after[first], after[second])",
        "_mean(now[first], now[second])",
        TALLIES,
    ),
    "53 bits do not count": Mutant(
        _CHANGES,
        "if not -INTEGER_MAX <= row[name] <= INTEGER_MAX:",
        "if False:",
        MEMORY,
    ),
    "the journal can be changed": Mutant(
        _CHANGES, "if collection.append_only:", "if False:", FILE
    ),
    "keys can be changed": Mutant(
        _CHANGES,
        "        if name in change.values:",
        "        if False:",
        FILE,
    ),
    "leases take what is not due": Mutant(
        _QUESTIONS, 'Compare("due_at", Op.LE, due)', "And()", FILE
    ),
    "leases take what is due next": Mutant(
        _QUESTIONS,
        'Compare("due_at", Op.LE, due)',
        'Compare("due_at", Op.LT, due)',
        MEMORY,
    ),
    "leases are of all programs": Mutant(
        _QUESTIONS, "*where(program_id=program_id).terms, ", "", FILE
    ),
    "leases are not held": Mutant(
        _SESSION,
        '("holder", "due_at"), is_expecting',
        '("holder",), is_expecting',
        FILE,
    ),
    "n <= 0 rows": Mutant(
        "query/queries.py",
        "if not 1 <= limit <= LIMIT_MAX:",
        "if limit > LIMIT_MAX:",
        FILE,
    ),
    # -- what is found ---------------------------------------------------------------
    "no tie-break": Mutant(
        "schema/questions.py",
        "        if name not in total:\n",
        "        if not total:\n",
        FILE,
    ),
    "ties the other way": Mutant(
        "schema/questions.py",
        "total[name] = Order(name, descending)",
        "total[name] = Order(name)",
        MEMORY,
    ),
    "pages overlap": Mutant(
        _QUERIES,
        'return "<" if order.descending else ">"',
        'return "<=" if order.descending else ">="',
        FILE,
    ),
    "pages forget mixed directions": Mutant(
        _QUERIES,
        "if len(directions) > 1 or any(",
        "if any(",
        FILE,
    ),
    "pages forget what is missing": Mutant(
        _QUERIES, "any(of[one.column].nullable for one, _ in places)", "False", FILE
    ),
    "pages end before what is missing": Mutant(
        _QUERIES, 'f"({term} OR {column} IS NULL)"', "term", FILE
    ),
    "pages end after what is missing": Mutant(
        _QUERIES,
        'f"{column} IS NOT NULL"\n        self.parameters.append(value)',
        '"FALSE"\n        self.parameters.append(value)',
        FILE,
    ),
    "parts in any case": Mutant(
        _QUERIES,
        "instr({column}, ?) > 0",
        "{column} LIKE '%' || ? || '%'",
        FILE,
    ),
    "a page too long": Mutant(
        _SESSION, "del rows[query.limit :]", "del rows[query.limit + 1 :]", FILE
    ),
    "always another page": Mutant(
        _SESSION, "if len(rows) <= query.limit:", "if len(rows) < query.limit:", FILE
    ),
    "cursors of any query": Mutant(
        "schema/questions.py",
        "    if signature != _signature(collection, order):",
        "    if False:",
        FILE,
    ),
    "three values": Mutant(
        _QUERIES,
        'f"({self._holds(term, alias, of)}) IS NOT TRUE"',
        'f"NOT ({self._holds(term, alias, of)})"',
        FILE,
    ),
    "none is like nothing": Mutant(
        _QUERIES, 'f"{column} IS NOT ?"', 'f"{column} <> ?"', FILE
    ),
    "prefixes with wildcards": Mutant(
        _QUERIES, "        end = prefix_end(start)\n", "        end = None\n", FILE
    ),
    "semi-joins of anything": Mutant(
        _QUERIES, '" AND ".join((*pairs, self._holds', '" AND ".join((self._holds', FILE
    ),
    "groups the other way": Mutant(
        _QUERIES, "ORDER BY {together}", "ORDER BY {together} DESC", FILE
    ),
    "a sum of nothing is none": Mutant(
        _QUERIES, 'f"COALESCE(SUM({column}), 0)"', 'f"SUM({column})"', FILE
    ),
    "get forgets the order": Mutant(
        _LOOKUPS,
        "tuple(ref.values)] for ref in refs\n",
        "tuple(ref.values)] for ref in sorted(refs)\n",
        FILE,
    ),
    # -- what is kept ----------------------------------------------------------------
    "mixed offsets": Mutant(
        "schema/checks.py",
        'return None if value.tzinfo is UTC else "it takes a moment in UTC"',
        'return None if value.tzinfo else "it takes a moment in UTC"',
        FILE,
    ),
    "moments without their last digits": Mutant(
        _CODECS, '"microseconds"', '"milliseconds"', FILE
    ),
    "booleans are numbers": Mutant(
        _CODECS, "        ColumnType.BOOLEAN: bool,\n", "", FILE
    ),
    "true is a whole number": Mutant(
        "schema/checks.py",
        "if type(value) is not int:",
        "if not isinstance(value, int):",
        FILE,
    ),
    "surrogates are text": Mutant(
        "schema/checks.py", "    if not value.isascii():\n", "    if False:\n", MEMORY
    ),
    "rows are not copied": Mutant(_MEMORY, "row = dict(given)", "row = given", MEMORY),
    "undone in the wrong order": Mutant(
        _MEMORY, "self._undo.pop()", "self._undo.pop(mark)", MEMORY
    ),
    "uniques outlive their row": Mutant(
        _TABLES, "            unique.remove(row)\n", "            pass\n", MEMORY
    ),
    # -- on servers ------------------------------------------------------------------
    "rows are not locked": Mutant(
        "stores/sql/session.py",
        'how = "update" if is_locked else self._reads_with',
        "how = self._reads_with",
        POSTGRES,
    ),
    "locks in the order of asking": Mutant(
        "stores/sql/session.py",
        "_chunks(sorted(rows), _LOOKED_MAX)",
        "[[one] for one in rows]",
        POSTGRES,
    ),
    "no snapshot": Mutant(
        "stores/sql/postgresql.py",
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET TRANSACTION READ ONLY",
        POSTGRES,
    ),
    "same rows in one statement": Mutant(
        "stores/sql/changing.py",
        "        if clashes or len(self._waiting) == _TOGETHER_MAX:",
        "        if False:",
        POSTGRES,
    ),
    "nothing committed": Mutant(
        "stores/sql/store.py",
        "            if self._has_changed:",
        "            if False:",
        CORE,
    ),
    "none comes last": Mutant(
        "stores/sql/postgresql.py",
        "sorts_nulls_last = True",
        "sorts_nulls_last = False",
        POSTGRES,
    ),
    "means of what is set already": Mutant(
        "stores/sql/writing.py",
        "sets |= {name: after[name] for name in addition.given}",
        "sets = {name: after[name] for name in addition.given} | sets",
        MARIADB_TALLIES,
    ),
    "means with decimals": Mutant(
        "stores/sql/writing.py",
        '"DIV" if self._flavour == "mysql" else "/"',
        '"/"',
        MARIADB_TALLIES,
    ),
    "a page begins with what is missing": Mutant(
        "stores/sql/reading.py",
        "return column.desc().nulls_last()",
        "return column.desc()",
        POSTGRES,
    ),
    "collation of the database": Mutant(
        "stores/sql/column_types.py",
        'return "utf8mb4_nopad_bin" if is_mariadb(dialect)',
        'return "utf8mb4_bin" if is_mariadb(dialect)',
        MARIADB,
    ),
    "writes from the past": Mutant(
        "stores/sql/mysql.py",
        'level = "READ COMMITTED" if is_writing else "REPEATABLE READ"',
        'level = "READ UNCOMMITTED"',
        MARIADB,
    ),
}
