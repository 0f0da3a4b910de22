# ruff: noqa: T201
"""Checks a ledger that `manage.py export_ledger` wrote, on any machine.

It needs this one file and Python 3.8 or newer, nothing else.

    python verify_ledger.py LEDGER [ANCHORS ...]

LEDGER has one entry a line: {"head", "told": {item: text}, "salts": {item: salt},
"sealed": {item: commitment}, "hash"}. An entry's hash is SHA-256 over the hash before it and the
entry's content: the head, a line feed, and a line `item=commitment` for each item in the order of
code points. A commitment is SHA-256 over salt, a space, and the text, in hexadecimal. An item that
a redaction erased has its commitment under `sealed`, and neither salt nor text; the ledger has the
redaction that names it.

ANCHORS is anchors.jsonl, as Casebook writes it outside the database, or what it mailed, or several
of them. Without any, a ledger that was forged as a whole, hashes included, looks in order.

Exit code 0: in order; 1: not, and each line says what; 2: a file cannot be read.
"""

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from email import message_from_string

LINK = 8  # hexadecimal digits of each entry's hash in an anchor's `links`
HASH = re.compile("[0-9a-f]{64}")
SALT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(r"[^=\s]+")
REASON, REASONS_GIVEN, OF_ACT = ".reason", "history_change_reason", "reason"


def content(entry):
    """Return the text that the hash covers, after the hash before it."""
    salts = entry["salts"]
    parts = dict(entry["sealed"])
    for item, text in entry["told"].items():
        parts[item] = hashlib.sha256((salts[item] + " " + text).encode()).hexdigest()
    return entry["head"] + "\n" + "\n".join(item + "=" + parts[item] for item in sorted(parts))


def misshapen(entry):
    """Return how an entry could say two things under one hash, or None if it could not."""
    texts, salts, sealed = entry["told"], entry["salts"], entry["sealed"]
    if texts.keys() != salts.keys():
        return "has a value without its salt"
    if texts.keys() & sealed.keys():
        return "says what it says to be erased"
    if not all(map(NAME.fullmatch, [*texts, *sealed])):
        return "has an item of an impossible name"
    if not all(map(SALT.fullmatch, salts.values())):
        return "has a salt that is none"
    if not all(map(HASH.fullmatch, sealed.values())):
        return "has a commitment that is none"
    try:
        for text in texts.values():
            json.loads(text)
    except ValueError:
        return "has a value that is none"
    return None


class Erasures:
    """The erased items, and the redactions that account for them.

    A redaction is asked for in one entry and decided in a later one.
    """

    def __init__(self):
        self.sealed, self.requests, self.decided = [], {}, set()

    def add(self, head, entry):
        """Take up the erased items of an entry, and the redaction if it is one."""
        seq, form, row = head["seq"], head["form"], head["row"]
        # The reason of an act stands in two places, and is erased from both at once.
        is_act = OF_ACT in entry["sealed"] and head["history_id"] == row
        self.sealed += [(seq, form, row, item, is_act) for item in entry["sealed"]]
        if form == "trial.redactionrequest":
            values = values_of(entry)
            self.requests[row] = (values.get("form"), values.get("row"), values.get("item"))
        elif form == "trial.redaction":
            values = values_of(entry)
            self.decided.add(self.requests.get(values.get("request_id")))
            for signature in values.get("signatures") or {}:
                for item in ("content", "content_sha256"):
                    self.decided.add(("trial.signature", int(signature), item))

    def findings(self):
        """Yield each item that was erased without a redaction, as a sentence."""
        for seq, form, row, item, is_act in self.sealed:
            names = [item]
            if item == REASON:
                names = [REASONS_GIVEN, OF_ACT] if is_act else [REASONS_GIVEN]
            if not any((form, row, name) in self.decided for name in names):
                yield f"In entry {seq}, {item} was erased without a redaction."


def values_of(entry):
    """Return {item: value} of the items of an entry, its reason left out."""
    texts = entry["told"]
    return {item: json.loads(text)[1] for item, text in texts.items() if item != REASON}


class Anchored:
    """The anchors, by entry: their own hashes, their counts by form, and links.

    Links are the first digits of the hash of every entry since the anchor before.
    """

    def __init__(self, anchors):
        self.heads = defaultdict(list)
        spans = []
        for anchor in anchors:
            self.heads[anchor["seq"]].append(anchor)
            links = anchor.get("links", "")
            if links:
                spans.append((anchor["seq"] - len(links) // LINK, links))
        self.waiting, self.covering = sorted(spans, reverse=True), []

    def agree(self, seq, entry_hash):
        """Return whether this hash is the one that was anchored.

        Entries are asked for in their order.
        """
        while self.waiting and self.waiting[-1][0] < seq:
            self.covering.append(self.waiting.pop())
        still_covering = []
        for before, links in self.covering:
            if (seq - before) * LINK <= len(links):
                still_covering.append((before, links))
        self.covering = still_covering
        for before, links in self.covering:
            if not entry_hash.startswith(links[(seq - before - 1) * LINK : (seq - before) * LINK]):
                return False
        return all(anchor["hash"] == entry_hash for anchor in self.heads.get(seq, ()))

    def count(self, seq, counts):
        """Return whether the anchors of this entry count as many entries of each form."""
        return all(anchor["counts"] == counts for anchor in self.heads.get(seq, ()))


def parsed(line):
    """Return an entry and its head. Raise an error if the line has another shape."""
    entry = json.loads(line)
    head = json.loads(entry["head"])
    is_head = isinstance(head["seq"], int) and isinstance(head["at"], str)
    if not (is_head and HASH.fullmatch(entry["hash"])):
        raise ValueError
    return entry, head


def findings(lines, anchors=()):
    """Yield every disagreement, as a sentence.

    `lines` are those of the ledger, `anchors` dictionaries, oldest first.
    """
    anchored, erasures, counts = Anchored(anchors), Erasures(), Counter()
    hash_before, expected, earlier, is_forged = b"", 1, "", False
    for number, line in enumerate(lines, 1):
        try:
            entry, head = parsed(line)
            seq, fault = head["seq"], misshapen(entry)
            if not fault:
                computed = hashlib.sha256(hash_before + content(entry).encode()).hexdigest()
                erasures.add(head, entry)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            yield f"Line {number} is no entry of a ledger."
            return
        if seq != expected:
            yield f"Entry {expected} is missing."
        if fault:
            yield f"Entry {seq} {fault}."
        elif computed != entry["hash"]:
            yield f"Entry {seq} does not follow from the entry before it."
        if head["at"][:19] < earlier:
            yield f"Entry {seq} is dated before the entry before it."
        counts[head["form"]] += 1
        if not is_forged and not anchored.agree(seq, entry["hash"]):
            is_forged = True
            yield f"Entry {seq} is not the one that was anchored."
        if not is_forged and not anchored.count(seq, counts):
            yield f"The anchor of entry {seq} counts other entries of a form."
        hash_before, expected = bytes.fromhex(entry["hash"]), seq + 1
        earlier = head["at"][:19]
    if anchors and max(anchored.heads) >= expected:
        yield f"Entries {expected} to {max(anchored.heads)} were anchored and are missing."
    yield from erasures.findings()


def anchors_of(text):
    """Return the anchors in a text: one a line or written over several, alone or in a mail.

    A line that a crash cut short is none.
    """
    if not text.lstrip().startswith("{"):
        parts = message_from_string(text).walk()
        bodies = [part for part in parts if part.get_content_type() == "text/plain"]
        decoded = [body.get_payload(decode=True).decode("utf-8", "replace") for body in bodies]
        text = "\n".join(decoded)
    anchors, at, decoder = [], 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        try:
            anchor, at = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("\n", at)
            if at < 0:
                break
        else:
            if {"seq", "hash", "counts"} <= anchor.keys():
                anchors.append(anchor)
    return anchors


def read_anchors(files):
    """Return the anchors of all files, oldest first. Raise ValueError if a file has none."""
    anchors = []
    for name in files:
        with open(name, encoding="utf-8") as file:
            in_file = anchors_of(file.read())
        if not in_file:
            raise ValueError(f"{name} holds no anchor")
        anchors += in_file
    return sorted(anchors, key=lambda anchor: anchor["seq"])


def main(arguments):
    """Print the findings. Return the exit code."""
    if not arguments:
        print(__doc__)
        return 2
    disagreements, entries = 0, 0

    def counted(file):
        nonlocal entries
        for line in file:
            entries += 1
            yield line

    try:
        anchors = read_anchors(arguments[1:])
        with open(arguments[0], encoding="utf-8") as file:
            for sentence in findings(counted(file), anchors):
                disagreements += 1
                print(sentence)
    except (OSError, ValueError) as error:
        print(f"Cannot be read: {error}", file=sys.stderr)
        return 2
    if disagreements:
        return 1
    alone = "" if anchors else "; without anchors, a forgery of the whole shows nothing"
    print(f"In order: {entries} entries, {len(anchors)} anchors{alone}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
