"""Documents: links and named files exist, every command has its man page, and no unfinished marks are left."""
import json
import os
import re
import subprocess

from tree import Finding, line_of, read

TOPS = ("src", "sql", "tests", "fuzz", "bench", "examples", "docs", "man", "script", "templates", "assets", "packaging")
MARKS = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
COMMAND = re.compile(r"^\$? ?(?:build/)?sekisho ([a-z][a-z-]*)", re.M)


def _links(name):
    text = read(name)
    for match in re.finditer(r"\]\(([^)#\s]+)(#[^)\s]*)?\)", text):
        target = os.path.normpath(os.path.join(os.path.dirname(name), match.group(1)))
        if not re.search(r"://|^mailto:|\{\{", match.group(1)) and not os.path.exists(target):
            yield Finding(name, line_of(text, match.start()), "link", f"`{match.group(1)}` is not there")
    for match in re.finditer(rf"`((?:{'|'.join(TOPS)})/[\w./-]+)`", text):
        if not os.path.exists(match.group(1)):
            yield Finding(name, line_of(text, match.start()), "link", f"`{match.group(1)}` is not there")


def _examples(name, pages):
    """Shell examples call commands that have a man page, JSON examples are JSON."""
    for block in re.finditer(r"^```(?:sh|console)\n(.*?)^```", read(name), re.M | re.S):
        for match in COMMAND.finditer(block.group(1)):
            if f"man/sekisho-{match.group(1)}.1" not in pages:
                yield Finding(name, line_of(read(name), block.start(1) + match.start()), "example",
                              f"`sekisho {match.group(1)}` has no man page")
    for block in re.finditer(r"^```json\n(.*?)^```", read(name), re.M | re.S):
        try:
            json.loads(re.sub(r"^(?:GET|POST|PUT|PATCH|DELETE) \S+\n", "", block.group(1)))
        except ValueError as error:
            if "…" not in block.group(1):  # what is cut short is no whole JSON
                yield Finding(name, line_of(read(name), block.start(1)), "example", f"is no JSON: {error}")


def _pages(tree, pages):
    for name in pages:
        if not re.search(rf"\b{re.escape(os.path.basename(name))}\b", read("man/meson.build")):
            yield Finding(name, 1, "man", "add it to man/meson.build")
        run = subprocess.run(["mandoc", "-Tlint", "-Wwarning", name], capture_output=True, text=True)
        for line, text in re.findall(r"^mandoc: [^:]+:(\d+):\d+: (.*)$", run.stdout + run.stderr, re.M):
            yield Finding(name, int(line), "man", text)


def _commands(tree, pages):
    """Every command has its page, which says all of its own commands and options."""
    for name in tree.under("src/cmd", ends=(".c",)):
        own = re.fullmatch(r"src/cmd/cmd_(\w+)\.c", name)
        page = f"man/sekisho-{own.group(1)}.1" if own else ""
        for match in re.finditer(r'^\s*\{"(-?-?[a-z][a-z-]*)", ', read(name), re.M):
            word, at = match.group(1), line_of(read(name), match.start())
            if name == "src/cmd/main.c":
                if f"man/sekisho-{word}.1" not in pages:
                    yield Finding(name, at, "man", f"`{word}` needs a man page")
            elif page in pages and word not in ("--json", "--help"):
                said = rf"\bFl {word[1:]}\b" if word.startswith("--") else rf"\b(?:Cm|sekisho {own.group(1)}) {word}\b"
                if not re.search(said, read(page)):
                    yield Finding(name, at, "man", f"{page} does not say `{word}`")


def check(tree):
    findings = []
    pages = tree.under("man", ends=(".1", ".5", ".7"))
    for name in tree.names:
        if name.endswith(".md"):
            findings += [*_links(name), *_examples(name, pages)]
        if name.startswith(("src/", "script/", "tests/", "fuzz/", "bench/", "docs/", "man/", "sql/")) and \
                not name.startswith("tests/data/"):
            text = read(name)
            findings += [Finding(name, line_of(text, m.start()), "mark", "finish it") for m in MARKS.finditer(text)]
    return findings + list(_pages(tree, pages)) + list(_commands(tree, pages))
