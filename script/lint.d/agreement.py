"""Check 10: codes, tests and documents agree, and no test is without an assertion."""
import os
import re

from tree import Finding, code, functions, line_of, read

# list of codes, its page, and the prefix of its identifiers in C
LISTS = [("src/base/codes.def", "docs/errors.md", ""), ("src/policy/findings.def", "docs/findings.md", "FINDING_")]
ROW = re.compile(r'^X\((\w+), "([^"]+)"(?:, CLASS_\w+, (\d+))?', re.M)
ASSERTION = re.compile(r"\b(?:assert_\w+|fail|fail_msg|expect_\w+|skip)\s*\(")


def _mentions(tree):
    """Every identifier in the C of tests/ and every word of its cases; and the words of two parts of all its files."""
    identifiers, words = set(), set()
    for name in tree.under("tests"):
        if name.endswith((".c", ".h")):
            identifiers.update(re.findall(r"\b(?:CODE|FINDING)_\w+", code(name)))
        if name.startswith("tests/cases/"):
            identifiers.update(re.findall(r"[a-z0-9_-]+", read(name)))
        if not name.endswith((".png", ".gz", ".zst")) and os.path.getsize(name) < 1_000_000:
            words.update(re.findall(r"[a-z0-9]+(?:[_-][a-z0-9]+)+", read(name)))
    return identifiers, words


def _codes(tree):
    identifiers, words = _mentions(tree)
    for source, page, prefix in LISTS:
        if source not in tree.names:
            continue
        entries = {m.group(1): line_of(read(page), m.start())
                   for m in re.finditer(r"^#+ `([^`]+)`", read(page), re.M)} if page in tree.names else {}
        texts = set()
        for match in ROW.finditer(read(source)):
            symbol, text, status = match.groups()
            texts.add(text)
            at = line_of(read(source), match.start())
            if text not in entries:
                yield Finding(source, at, "code_entry", f"`{text}` needs an entry in {page} with cause and cure")
            elif status and not re.search(rf"^#+ `{text}`\n[^#]*\bHTTP {status}\b", read(page), re.M):
                yield Finding(page, entries[text], "code_entry", f"`{text}` is answered with HTTP {status}")
            if not {prefix + symbol, text} & identifiers and text not in words:
                yield Finding(source, at, "code_tested", f"no test expects `{text}`: write one, or drop the code")
        for text, line in entries.items():
            if text not in texts:
                yield Finding(page, line, "code_entry", f"`{text}` is no code any more: take the entry out")


def _asserting(name):
    """Names of the functions of NAME that assert, themselves or by a function of the same file."""
    bodies = {f.name: f.body for f in functions(name) if f.defined}
    good = {n for n, body in bodies.items() if ASSERTION.search(body)}
    grown = True
    while grown:
        grown = False
        for n, body in bodies.items():
            if n not in good and any(re.search(rf"\b{g}\s*\(", body) for g in good):
                good.add(n)
                grown = True
    return good


def _helpers(tree):
    """Functions of the tests' shared files that assert."""
    return {f for name in tree.under("tests", ends=(".c", ".h")) if not os.path.basename(name).startswith("test_")
            for f in _asserting(name)}


def _tests(tree):
    shared = _helpers(tree)
    for name in tree.under("tests", ends=(".c",)):
        good = _asserting(name)
        bodies = {f.name: f for f in functions(name) if f.defined}
        listed = set(re.findall(r"\bcmocka_unit_test\w*\(\s*(\w+)", code(name)))
        for test in sorted(listed):
            helped = test in bodies and any(re.search(rf"\b{s}\s*\(", bodies[test].body) for s in shared)
            if test in bodies and test not in good and not helped:
                yield Finding(name, bodies[test].line, "assertion", f"`{test}` asserts nothing")


def check(tree):
    return [*_codes(tree), *_tests(tree)]
