"""Check 1: includes point down in the order of the layers."""
import os

from tree import LAYERS, Finding, folder_of, includes

APART = [{"publish", "deid"}]  # neighbours that do not know each other


def check(tree):
    findings = []
    for name in tree.under("src", ends=(".c", ".h", ".def")):
        here = folder_of(name)
        if here and here not in LAYERS:
            findings.append(Finding(name, 1, "layers", f"give `{here}` its place in script/lint.d/tree.py"))
            continue
        for line, path in includes(name):
            there = path.split("/")[0]
            if "/" not in path or there not in LAYERS:
                findings.append(Finding(name, line, "layers", f"include `{path}` as \"folder/file.h\""))
            elif LAYERS.index(there) > LAYERS.index(here):
                findings.append(Finding(name, line, "layers", f"{here} is below {there}: take `{path}` away"))
            elif there != here and {there, here} in APART:
                findings.append(Finding(name, line, "layers", f"{here} does not know {there}: take `{path}` away"))
            elif there == here and not os.path.exists(os.path.join("src", path)) and path.endswith(".def"):
                findings.append(Finding(name, line, "layers", f"`{path}` does not exist"))
    return findings
