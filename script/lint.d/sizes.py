"""Check 2: files, functions, headers and parameter lists that one person can hold in mind."""
from tree import Finding, functions, read

FILE, HEADER, FUNCTION, PARAMETERS = 600, 250, 60, 6


def check(tree):
    findings = []
    for name in tree.sources() + tree.under("script"):
        lines = read(name).count("\n")
        limit = HEADER if name.endswith(".h") else FILE
        if lines > limit:
            findings.append(Finding(name, limit, "file_size", f"{lines} lines, at most {limit}: split it by concept"))
    for name in tree.sources():
        for function in functions(name):
            if function.defined and function.lines > FUNCTION:
                findings.append(Finding(name, function.line, "function_size",
                                        f"`{function.name}` has {function.lines} lines, at most {FUNCTION}: "
                                        "give its steps names"))
            if len(function.params) > PARAMETERS:
                findings.append(Finding(name, function.line, "parameters",
                                        f"`{function.name}` has {len(function.params)}, at most {PARAMETERS}: "
                                        "pass a struct"))
    return findings
