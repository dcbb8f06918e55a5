"""The files of the tree and what the checks need to know of C: text without comments, functions, includes."""
import collections
import functools
import os
import re
import subprocess

LAYERS = ["base", "crypto", "db", "evidence", "policy", "gate", "vault", "access", "publish", "deid", "registers",
          "desk", "http", "api", "web", "cmd"]
GENERATED = "build-lint"  # a build directory made for the generated headers


class Finding(collections.namedtuple("Finding", "file line rule cure")):
    def text(self):
        return f"{self.file}:{self.line}: {self.rule}: {self.cure}"


class Tree:
    """Names and contents of the files that git knows or would add."""

    def __init__(self):
        listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], capture_output=True, check=True).stdout
        self.names = sorted({n for n in listed.decode().split("\0") if n and os.path.isfile(n)})

    def under(self, *tops, ends=("",)):
        """The files under the folders TOPS whose names end in one of ENDS."""
        return [n for n in self.names if n.startswith(tuple(t + "/" for t in tops)) and n.endswith(tuple(ends))]

    def sources(self):
        return self.under("src", "tests", "fuzz", "bench", ends=(".c", ".h"))


@functools.lru_cache(maxsize=None)
def read(name):
    with open(name, encoding="utf-8", errors="replace") as file:
        return file.read()


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def folder_of(name):
    """The folder under src/ that NAME belongs to, or ''."""
    parts = name.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else ""


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(match):
    token = match.group(0)
    if token[0] == "/":
        return re.sub(r"[^\n]", " ", token)
    return token[0] + " " * (len(token) - 2) + token[-1]


@functools.lru_cache(maxsize=None)
def code(name):
    """The text of NAME with comments, strings and preprocessor lines blanked; every offset stays."""
    text = TOKEN.sub(_blank, read(name))
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.M)


@functools.lru_cache(maxsize=None)
def includes(name):
    """Pairs (line, path) of the quoted includes of NAME."""
    return [(line_of(read(name), m.start()), m.group(1))
            for m in re.finditer(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', read(name), re.M)]


def find_header(path, including):
    for base in ("src", "tests", os.path.dirname(including), os.path.join(GENERATED, "src"), "fuzz", "bench"):
        candidate = os.path.normpath(os.path.join(base, path))
        if os.path.isfile(candidate):
            return candidate
    return None


@functools.lru_cache(maxsize=None)
def closure(name):
    """NAME and every header of the tree that it includes, directly or not."""
    seen, todo = {name}, [name]
    while todo:
        at = todo.pop()
        for _, path in includes(at):
            header = find_header(path, at)
            if header and header not in seen:
                seen.add(header)
                todo.append(header)
    return frozenset(seen)


Function = collections.namedtuple("Function", "name start end line lines head params body defined")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else", "case", "_Static_assert", "static_assert"}


def _statements(text):
    """Spans (start, end, body_start) of what stands at file scope; body_start is -1 without braces."""
    depth, start, body, i = 0, 0, -1, 0
    for i, char in enumerate(text):
        if char == "{":
            if depth == 0:
                body = i
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and _is_function_head(text[start:body]):
                yield start, i + 1, body
                start, body = i + 1, -1
        elif char == ";" and depth == 0:
            yield start, i + 1, body
            start, body = i + 1, -1


def _strip_attributes(head):
    """HEAD with __attribute__((...)) and [[...]] blanked."""
    head = re.sub(r"\[\[.*?\]\]", lambda m: " " * len(m.group(0)), head, flags=re.S)
    while (m := re.search(r"__attribute__\s*\(\(", head)):
        depth, i = 0, m.end() - 2
        while i < len(head):
            depth += (head[i] == "(") - (head[i] == ")")
            i += 1
            if depth == 0:
                break
        head = head[:m.start()] + " " * (i - m.start()) + head[i:]
    return head


def _is_function_head(head):
    head = _strip_attributes(head).strip().rstrip(";").strip()
    return (head.endswith(")") and "=" not in head and not head.startswith("typedef")
            and re.match(r"[A-Za-z_][\w\s*]*?\**\s*\b[A-Za-z_]\w*\s*\(", head) is not None
            and re.match(r"[A-Za-z_]\w*\s*\(", head) is None)


def split_parameters(text):
    parts, depth, current = [], 0, ""
    for char in text:
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
            continue
        depth += char in "([{"
        depth -= char in ")]}"
        current += char
    parts.append(current.strip())
    return [p for p in parts if p and p != "void"]


def parameter_name(parameter):
    """The name of one parameter's declaration, or '' when it has none."""
    pointer = re.search(r"\(\s*\*\s*(?:const\s+)?([A-Za-z_]\w*)\s*(?:\[[^\]]*\])?\)\s*\(", parameter)
    if pointer:
        return pointer.group(1)
    plain = re.sub(r"\[[^\]]*\]", "", parameter).strip()
    names = re.findall(r"[A-Za-z_]\w*", plain)
    kinds = {"struct", "enum", "union", "const", "unsigned", "signed", "volatile", "restrict"}
    real = [n for n in names if n not in kinds]
    return real[-1] if len(real) > 1 or (len(names) > 1 and "unsigned" in names and not plain.endswith("*")) else ""


@functools.lru_cache(maxsize=None)
def functions(name):
    """The functions declared or defined at file scope of NAME."""
    text, found = code(name), []
    for start, end, body in _statements(text):
        head_end = body if body >= 0 else end
        raw = text[start:head_end]
        if not _is_function_head(raw):
            continue
        lead = len(raw) - len(raw.lstrip())
        head = _strip_attributes(raw).strip().rstrip(";").strip()
        opening = re.match(r"[A-Za-z_][\w\s*]*?\b([A-Za-z_]\w*)\s*\(", head)
        if opening.group(1) in KEYWORDS:
            continue
        depth, close = 1, opening.end()
        while close < len(head) and depth:
            depth += (head[close] == "(") - (head[close] == ")")
            close += 1
        first = start + lead
        found.append(Function(opening.group(1), first, end, line_of(text, first),
                              text.count("\n", first, end) + 1, head[:opening.start(1)].strip(),
                              split_parameters(head[opening.end():close - 1]),
                              text[body:end] if body >= 0 else "", body >= 0))
    return found
