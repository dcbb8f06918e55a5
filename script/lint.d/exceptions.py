"""script/lint.d/exceptions: findings that the project lives with, each with its reason.

A row is `RULE FILE[:NAME]  reason`; NAME is the word in backquotes in the
finding's cure.  The first line states how many rows there are at the most, so
that one more shows in review; a row that excuses nothing any more has to go.
"""
import re

from tree import Finding, read

LIST = "script/lint.d/exceptions"


def _rows():
    for number, line in enumerate(read(LIST).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.split(None, 2)


def _subjects(finding):
    named = re.findall(r"`([^`]+)`", finding.cure)
    return {finding.file} | {f"{finding.file}:{name}" for name in named}


def apply(findings, whole):
    """FINDINGS without those that the list excuses; with WHOLE also what is wrong with the list."""
    rows, used, kept = list(_rows()), set(), []
    for finding in findings:
        excuse = [n for n, row in rows if len(row) == 3 and row[0] == finding.rule and row[1] in _subjects(finding)]
        used.update(excuse)
        if not excuse:
            kept.append(finding)
    if not whole:
        return kept
    limit = re.match(r"# at most (\d+)", read(LIST))
    if not limit or len(rows) != int(limit.group(1)):
        kept.append(Finding(LIST, 1, "exceptions", f"there are {len(rows)} rows: mend the code, or state the number"))
    for number, row in rows:
        if len(row) < 3:
            kept.append(Finding(LIST, number, "exceptions", "give the reason"))
        elif number not in used:
            kept.append(Finding(LIST, number, "exceptions", "excuses nothing any more: take the row out"))
    return kept
