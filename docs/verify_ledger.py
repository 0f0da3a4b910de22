# ruff: noqa: T201
"""Checks a ledger that `manage.py export_ledger` wrote, on any machine: this one file and Python 3.8 or newer, nothing else.

    python verify_ledger.py LEDGER [ANCHORS ...]

LEDGER holds one entry a line: {"head", "told": {item: text}, "salts": {item: salt}, "sealed": {item: commitment}, "hash"}.
An entry's hash is SHA-256 over the hash before it and its content: the head, a line feed, and a line `item=commitment` for each
item in the order of code points; a commitment is SHA-256 over salt, a space, and the text, in hexadecimal. What a redaction
erased has its commitment under `sealed`, and neither salt nor text; a redaction that the ledger tells names it.

ANCHORS is anchors.jsonl, as Casebook writes it outside the database, or what it mailed, or several of them: without any, a ledger
that was forged as a whole, hashes included, looks in order. Exit code 0: in order; 1: not, and each line says what; 2: a file cannot
be read.
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
    """The text that the hash covers, after the hash before it."""
    salts = entry["salts"]
    parts = dict(entry["sealed"])
    for item, text in entry["told"].items():
        parts[item] = hashlib.sha256((salts[item] + " " + text).encode()).hexdigest()
    return entry["head"] + "\n" + "\n".join(item + "=" + parts[item] for item in sorted(parts))


def misshapen(entry):
    """What of an entry could say two things under one hash; otherwise None."""
    told, salts, sealed = entry["told"], entry["salts"], entry["sealed"]
    if told.keys() != salts.keys():
        return "has a value without its salt"
    if told.keys() & sealed.keys():
        return "says what it says to be erased"
    if not all(map(NAME.fullmatch, [*told, *sealed])):
        return "has an item of an impossible name"
    if not all(map(SALT.fullmatch, salts.values())):
        return "has a salt that is none"
    if not all(map(HASH.fullmatch, sealed.values())):
        return "has a commitment that is none"
    try:
        for text in told.values():
            json.loads(text)
    except ValueError:
        return "has a value that is none"
    return None


class Erasures:
    """What was erased, and the redactions that account for it: each is asked for in one entry and decided in a later one."""

    def __init__(self):
        self.sealed, self.asked, self.decided = [], {}, set()

    def read(self, head, entry):
        seq, form, row = head["seq"], head["form"], head["row"]
        is_act = OF_ACT in entry["sealed"] and head["history_id"] == row  # its reason is told twice, and erased at once
        self.sealed += [(seq, form, row, item, is_act) for item in entry["sealed"]]
        if form in ("trial.redactionrequest", "trial.redaction"):
            said = {item: json.loads(text)[1] for item, text in entry["told"].items() if item != REASON}
            if form == "trial.redactionrequest":
                self.asked[row] = (said.get("form"), said.get("row"), said.get("item"))
            else:
                self.decided.add(self.asked.get(said.get("request_id")))
                parts = ("content", "content_sha256")
                self.decided |= {("trial.signature", int(one), part) for one in said.get("signatures") or {} for part in parts}

    def findings(self):
        for seq, form, row, item, is_act in self.sealed:
            names = {REASON: [REASONS_GIVEN, *([OF_ACT] if is_act else [])]}.get(item, [item])
            if not any((form, row, name) in self.decided for name in names):
                yield f"In entry {seq}, {item} was erased without a redaction."


class Anchored:
    """What anchors say of each entry: their own hashes, their counts of entries by form, and the first digits of every hash."""

    def __init__(self, anchors):
        self.heads = defaultdict(list)
        for anchor in anchors:
            self.heads[anchor["seq"]].append(anchor)
        links = [(anchor["seq"] - len(anchor.get("links", "")) // LINK, anchor.get("links", "")) for anchor in anchors]
        self.waiting, self.covering = sorted((one for one in links if one[1]), reverse=True), []

    def agree(self, seq, told):
        """Whether this hash is the one that was anchored; entries are asked for in their order."""
        while self.waiting and self.waiting[-1][0] < seq:
            self.covering.append(self.waiting.pop())
        self.covering = [(before, links) for before, links in self.covering if (seq - before) * LINK <= len(links)]
        linked = all(told.startswith(links[(seq - before - 1) * LINK : (seq - before) * LINK]) for before, links in self.covering)
        return linked and all(anchor["hash"] == told for anchor in self.heads.get(seq, ()))

    def count(self, seq, counts):
        return all(anchor["counts"] == counts for anchor in self.heads.get(seq, ()))


def read(line):
    """An entry and its head; of another shape, an error."""
    entry = json.loads(line)
    head = json.loads(entry["head"])
    if not (isinstance(head["seq"], int) and isinstance(head["at"], str) and HASH.fullmatch(entry["hash"])):
        raise ValueError
    return entry, head


def findings(lines, anchors=()):
    """Every disagreement, as a sentence. `lines` are those of the ledger, `anchors` dictionaries, oldest first."""
    anchored, erasures, counts = Anchored(anchors), Erasures(), Counter()
    before, expected, earlier, forged = b"", 1, "", False
    for number, line in enumerate(lines, 1):
        try:
            entry, head = read(line)
            seq, odd = head["seq"], misshapen(entry)
            told = hashlib.sha256(before + content(entry).encode()).hexdigest() if not odd else None
            if not odd:
                erasures.read(head, entry)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            yield f"Line {number} is no entry of a ledger."
            return
        if seq != expected:
            yield f"Entry {expected} is missing."
        if odd:
            yield f"Entry {seq} {odd}."
        elif told != entry["hash"]:
            yield f"Entry {seq} does not follow from the entry before it."
        if head["at"][:19] < earlier:
            yield f"Entry {seq} is dated before the entry before it."
        counts[head["form"]] += 1
        if not forged and not anchored.agree(seq, entry["hash"]):
            forged = True
            yield f"Entry {seq} is not the one that was anchored."
        if not forged and not anchored.count(seq, counts):
            yield f"The anchor of entry {seq} counts other entries of a form."
        before, expected, earlier = bytes.fromhex(entry["hash"]), seq + 1, head["at"][:19]
    if anchors and max(anchored.heads) >= expected:
        yield f"Entries {expected} to {max(anchored.heads)} were anchored and are missing."
    yield from erasures.findings()


def anchors_of(text):
    """The anchors in a text, one a line or written over several, alone or in a mail; what a crash cut short is none."""
    if not text.lstrip().startswith("{"):
        parts = [part for part in message_from_string(text).walk() if part.get_content_type() == "text/plain"]
        text = "\n".join(part.get_payload(decode=True).decode("utf-8", "replace") for part in parts)
    found, at, decoder = [], 0, json.JSONDecoder()
    while (at := text.find("{", at)) >= 0:
        try:
            anchor, at = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("\n", at)
            if at < 0:
                break
        else:
            found += [anchor] if {"seq", "hash", "counts"} <= anchor.keys() else []
    return found


def read_anchors(files):
    found = []
    for name in files:
        with open(name, encoding="utf-8") as file:
            anchors = anchors_of(file.read())
        if not anchors:
            raise ValueError(f"{name} holds no anchor")
        found += anchors
    return sorted(found, key=lambda anchor: anchor["seq"])


def main(arguments):
    if not arguments:
        print(__doc__)
        return 2
    found, entries = 0, 0

    def counted(file):
        nonlocal entries
        for line in file:
            entries += 1
            yield line

    try:
        anchors = read_anchors(arguments[1:])
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
