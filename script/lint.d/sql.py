"""Check 9: every statement of sql/ is used and every one used is there; no SQL in C strings."""
import re

from tree import Finding, line_of, read

IN_STRING = re.compile(r'"\s*(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (?:TABLE|INDEX|UNIQUE)|'
                       r'ALTER TABLE|DROP (?:TABLE|INDEX)|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|VACUUM|WITH \w+ AS)\b[^"\n]*"')
OURS = re.compile(r"SQL_(?:COUNT|[A-Z]+_MIGRATIONS)")  # made by the generator, not statements


def _defined(tree):
    """Names of the statements: {SQL_NAME: (file, line)}."""
    found, doubles = {}, []
    for name in tree.under("sql", ends=(".sql",)):
        for match in re.finditer(r"^-- name:\s*(\w+)", read(name), re.M):
            place, symbol = (name, line_of(read(name), match.start())), "SQL_" + match.group(1).upper()
            if symbol in found and name.count("/") == 1:
                doubles.append(Finding(*place, "sql_name", f"`{match.group(1)}` is defined twice: rename one"))
            if name.count("/") == 1:
                found[symbol] = place
    return found, doubles


def check(tree):
    defined, findings = _defined(tree)
    used = {}
    for name in tree.under("src", ends=(".c", ".h")):
        for match in re.finditer(r"\bSQL_[A-Z0-9_]+\b", read(name)):
            used.setdefault(match.group(0), (name, line_of(read(name), match.start())))
        for match in IN_STRING.finditer(read(name)):
            at = line_of(read(name), match.start())
            findings.append(Finding(name, at, "sql_in_c", "move it to sql/ and name it"))
    for symbol, (name, line) in defined.items():
        if symbol not in used:
            findings.append(Finding(name, line, "sql_name", f"`{symbol[4:].lower()}` is never used: take it out"))
    for symbol, (name, line) in used.items():
        if symbol not in defined and not OURS.fullmatch(symbol) and not symbol.startswith("SQL_SQLITE"):
            findings.append(Finding(name, line, "sql_name", f"no statement is named `{symbol[4:].lower()}`"))
    return findings
