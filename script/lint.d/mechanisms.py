"""Check 12: what the coverage says is kept is kept by code that is there, and proved by tests that are there."""
import re

from tree import Finding, code, line_of, read

TABLE = "src/publish/mechanisms.def"
ROW = re.compile(r'^X\("([^"]+)", (\w+), "([^"]*)",\s*"([^"]*)",\s*"([^"]*)",', re.M)
PROVED = {"KEPT", "PARTLY"}


def _proofs(tree):
    """Names of the tests and titles of the cases that are run."""
    names = set()
    for name in tree.under("tests"):
        if name.endswith(".c"):
            names.update(re.findall(r"\bcmocka_unit_test\w*\(\s*(\w+)", code(name)))
        elif name.startswith("tests/cases/") and name.endswith((".table", ".case")):
            names.update("case " + title for title in re.findall(r"^case:? (.+)$", read(name), re.M))
    return names


def check(tree):
    if TABLE not in tree.names:
        return []
    findings, text = [], read(TABLE)
    kinds = set(re.findall(r'^X\(\w+, "(\w+)"\)', read("src/evidence/kinds.def"), re.M))
    codes = {name: symbol for symbol, name in re.findall(r'^X\((\w+), "(\w+)"', read("src/base/codes.def"), re.M)}
    # gate/explain.c has words for every code, whoever gives it
    used = "".join(code(name) for folder in ("gate", "access", "vault", "policy")
                   for name in tree.under("src/" + folder, ends=(".c",)) if not name.endswith("/explain.c"))
    keys = set(re.findall(r'\{"(\w+)",', "".join(read(name) for name in tree.under("src/policy") if "/keys" in name)))
    proofs = _proofs(tree)

    def wrong(at, what):
        findings.append(Finding(TABLE, at, "mechanism", what))

    rows = list(ROW.finditer(text))
    if len(rows) != len(re.findall(r"^X\(", text, re.M)):
        wrong(1, "a row is not of the form that the head of the file says")
    for row in rows:
        at = line_of(text, row.start())
        pattern, state, shown, refused, proof = row.groups()
        for key in pattern.split("."):
            if key != "*" and key not in keys:
                wrong(at, f"the language has no key `{key}`")
        for kind in shown.split():
            if kind not in kinds:
                wrong(at, f"the log has no entries of kind `{kind}`")
        for name in refused.split():
            if name not in codes:
                wrong(at, f"there is no code `{name}`")
            elif not re.search(rf"\b{codes[name]}\b", used):
                wrong(at, f"nothing on the road refuses with `{name}`")
        for test in filter(None, proof.split(" | ")):
            if test not in proofs:
                wrong(at, f"no test is named `{test}`")
        if state in PROVED and not proof:
            wrong(at, f"`{pattern}` is kept without a test that proves it")
        if state not in PROVED and (proof or refused):
            wrong(at, f"`{pattern}` is not kept, and has a proof or a code")
    return findings
