"""Check 3: every function that a header declares has its contract above it.

A contract names each parameter (in capitals when its name is shorter than three
letters), says how a `result` fails, and who frees what a pointer gives.  It may
lean on another one ("As buf_add for …").  No mention is needed for the object
that a function belongs to (a first parameter that points to a struct) and for
the error `e`; where the header's first comment has a sentence `Ownership:`, it
speaks for the pointers that are returned.  Prototypes that follow each other
without an empty line share one contract.
"""
import re

from tree import Finding, functions, line_of, parameter_name, read

FAILS = re.compile(r"\b[Ff]ail(s|ed|ure)?\b")
OWNER = re.compile(r"\w's\b|\b[Ss]tatic\b|\b[Ff]ree[sd]?\b|\bborrow|\bown(s|ed|er)\b")
LEANS = re.compile(r"\b[Aa]s [a-z0-9]+_\w+")
FORMAT = re.compile(r"\bprintf\b|\bFORMAT\b")


def _above(text, start):
    """The comment directly above START, or ''."""
    head = text[:start].rstrip()
    if not head.endswith("*/") or text[len(head):start].count("\n") > 1:
        return ""
    return head[head.rindex("/*"):]


def _names(contract, name):
    if len(name) < 3:
        return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name.upper())}(?![A-Za-z0-9_])", contract)
    words = re.escape(name.strip("_"))
    return re.search(rf"(?<![A-Za-z0-9]){words}(?![A-Za-z0-9])", contract, re.I)


def _unnamed(function, contract):
    """The parameters of FUNCTION that CONTRACT has to name and does not."""
    for position, parameter in enumerate(function.params):
        word = parameter_name(parameter)
        receiver = position == 0 and re.match(r"(const )?struct \w+ \*\w*$", parameter)
        if receiver or parameter == "..." or word in ("argc", "argv") or re.fullmatch(r"struct error \*\w*", parameter):
            continue
        if not word:
            yield "what it leaves without a name"
        elif not (_names(contract, word) or (word == "format" and FORMAT.search(contract))):
            yield word.upper()


def _judge(name, function, contract, ruled):
    """Findings on CONTRACT; RULED: a sentence of the module says whose returned pointers are."""
    if LEANS.search(contract):
        return []
    wants = [f"has to name {word}" for word in _unnamed(function, contract)]
    if re.search(r"\bresult$", function.head) and not FAILS.search(contract):
        wants.append("has to say how it fails (\"Fails with …\")")
    gives = ("*" in function.head and not ruled) or any(re.search(r"\*\s*\*\s*\w*out\b", p) for p in function.params)
    if gives and not OWNER.search(contract):
        wants.append("has to say whose the pointer is, or who frees it")
    return [Finding(name, function.line, "contract", f"the contract of `{function.name}` {want}") for want in wants]


def check(tree):
    findings = []
    for name in tree.under("src", "tests", ends=(".h",)):
        text, contract, last_end = read(name), "", 0
        ruled = "Ownership:" in text[:text.find("*/")]
        for function in functions(name):
            own = _above(text, function.start)
            follows = contract and "\n\n" not in text[last_end:function.start] and not own
            contract = own or (contract if follows else "")
            last_end = function.end
            if not contract:
                findings.append(Finding(name, line_of(text, function.start), "contract",
                                        f"write the contract of `{function.name}` above it"))
            else:
                findings += _judge(name, function, contract, ruled)
    return findings
