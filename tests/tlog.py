"""The evidence log as anybody may check it: entries from bundles, the tree over them, signed heads (C2SP tlog-tiles).

Written from RFC 6962 and the C2SP pages, not from src/evidence, so that the two check each other.
"""
import base64
import hashlib
import json

BUNDLE = 256


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def root(leaves):
    """The root over LEAVES, hashes of entries, as RFC 6962 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:left]) + root(leaves[left:])).digest()


def head(note):
    """(size, root) of a checkpoint."""
    lines = note.decode().split("\n")
    return int(lines[1]), base64.b64decode(lines[2])


def entries(fetch, size):
    """All SIZE entries, from bundles that FETCH gives by their path."""
    found = []
    for n in range((size + BUNDLE - 1) // BUNDLE):
        width = min(BUNDLE, size - n * BUNDLE)
        path = f"{n:03d}" if n < 1000 else f"x{n // 1000:03d}/{n % 1000:03d}"
        data = fetch(f"/log/tile/entries/{path}" + (f".p/{width}" if width < BUNDLE else ""))
        at = 0
        while at < len(data):
            length = int.from_bytes(data[at:at + 2], "big")
            found.append(data[at + 2:at + 2 + length])
            at += 2 + length
    return found


def verified(fetch, older=()):
    """All entries as JSON, after checking them against the checkpoint and every one of the OLDER ones."""
    size, expected = head(fetch("/log/checkpoint"))
    raw = entries(fetch, size)
    if len(raw) != size:
        raise ValueError(f"the bundles have {len(raw)} entries, the checkpoint says {size}")
    leaves = [leaf(entry) for entry in raw]
    for older_size, older_root in [(size, expected), *map(head, older)]:
        if older_size > size or root(leaves[:older_size]) != older_root:
            raise ValueError(f"the log is not that of the checkpoint of size {older_size}")
    return [json.loads(entry) for entry in raw]
