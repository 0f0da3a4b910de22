# ruff: noqa: T201
"""Checks a ledger that `manage.py export_ledger` wrote, on any machine: this one file and Python 3.8 or newer, nothing else.

    python verify_ledger.py LEDGER [ANCHORS]

LEDGER holds one entry a line: {"head", "told": {item: text}, "salts": {item: salt}, "sealed": {item: commitment}, "hash"}.
An entry's hash is SHA-256 over the hash before it and its content: the head, a line feed, and a line `item=commitment` for each
item in the order of code points; a commitment is SHA-256 over salt, a space, and the text, in hexadecimal. What a redaction
erased has its commitment under `sealed`, and neither salt nor text.

ANCHORS is anchors.jsonl, as Casebook writes it outside the database, or what it mailed: without it, a ledger that was forged as
a whole, hashes included, looks in order. Exit code 0: in order; 1: not, and each line says what; 2: a file cannot be read.
"""

import hashlib
import json
import sys

LINK = 8  # hexadecimal digits of each entry's hash in an anchor's `links`


def content(entry):
    """The text that the hash covers, after the hash before it."""
    salts = entry["salts"]
    parts = dict(entry["sealed"])
    for item, text in entry["told"].items():
        parts[item] = hashlib.sha256((salts.get(item, "") + " " + text).encode()).hexdigest()
    return entry["head"] + "\n" + "\n".join(item + "=" + parts[item] for item in sorted(parts))


def findings(lines, anchors=()):
    """Every disagreement, as a sentence. `lines` are those of the ledger, `anchors` dictionaries, oldest first."""
    links = "".join(anchor.get("links", "") for anchor in anchors)
    heads = {anchor["seq"]: anchor["hash"] for anchor in anchors}
    before, expected, earlier, forged = b"", 1, "", False
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            head = json.loads(entry["head"])
            seq, told = head["seq"], hashlib.sha256(before + content(entry).encode()).hexdigest()
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"Line {number} is no entry of a ledger."
            return
        if seq != expected:
            yield f"Entry {expected} is missing."
        if told != entry["hash"]:
            yield f"Entry {seq} does not follow from the entry before it."
        if head["at"][:19] < earlier:
            yield f"Entry {seq} is dated before the entry before it."
        if set(entry["told"]) - set(entry["salts"]):
            yield f"Entry {seq} has a value without its salt."
        link = links[(seq - 1) * LINK : seq * LINK]
        if not forged and (not entry["hash"].startswith(link) or heads.get(seq, entry["hash"]) != entry["hash"]):
            forged = True
            yield f"Entry {seq} is not the one that was anchored."
        before, expected, earlier = bytes.fromhex(entry["hash"]), seq + 1, head["at"][:19]
    if heads and max(heads) >= expected:
        yield f"Entries {expected} to {max(heads)} were anchored and are missing."


def main(arguments):
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        anchors = []
        if len(arguments) == 2:
            with open(arguments[1], encoding="utf-8") as file:
                anchors = [json.loads(line) for line in file if line.strip()]
        found, entries = 0, 0

        def counted(file):
            nonlocal entries
            for line in file:
                entries += 1
                yield line

        with open(arguments[0], encoding="utf-8") as file:
            for sentence in findings(counted(file), anchors):
                found += 1
                print(sentence)
    except (OSError, ValueError) as error:
        print(f"Cannot be read: {error}", file=sys.stderr)
        return 2
    if not found:
        alone = "" if anchors else "; without anchors, a forgery of the whole shows nothing"
        print(f"In order: {entries} entries, {len(anchors)} anchors{alone}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
