"""Numbers that only who holds the key can foresee (crf_spec 2.13): HMAC-SHA256 (RFC 2104) as the source of bits."""

import hmac
from collections.abc import Iterator
from itertools import count

SHORTEST_KEY = 32  # bytes
MOST = 256


def keyed_bytes(key: bytes, name: str) -> Iterator[int]:
    """The endless stream of bytes of that name (crf_spec 2.13). The counter has a fixed width, so no two names share a message.

    >>> next(keyed_bytes(bytes(32), "A")) == next(keyed_bytes(bytes(32), "A"))
    True
    """
    for counter in count():
        yield from hmac.digest(key, name.encode() + counter.to_bytes(8, "big"), "sha256")


def below(limit: int, source: Iterator[int]) -> int:
    """A number below the limit, each equally likely (crf_spec 2.13): bytes of the incomplete last round are thrown away.

    Raises ValueError for a limit that a byte cannot reach.

    >>> below(3, iter([255, 7]))
    1
    """
    if not 1 <= limit <= MOST:
        raise ValueError(f"A limit is 1 to {MOST}.")
    complete = MOST - MOST % limit
    return next(byte for byte in source if byte < complete) % limit
