"""Numbers that only the holder of the key can foresee (crf_spec 2.13).

HMAC-SHA256 (RFC 2104) is the source of bits.
"""

import hmac
from collections.abc import Iterator
from itertools import count

SHORTEST_KEY = 32  # bytes
BYTE_VALUES = 256


def keyed_bytes(key: bytes, name: str) -> Iterator[int]:
    """Yield the endless stream of bytes of a name (crf_spec 2.13).

    The counter has a fixed width, so that no two names share a message.

    >>> next(keyed_bytes(bytes(32), "A")) == next(keyed_bytes(bytes(32), "A"))
    True
    """
    for counter in count():
        yield from hmac.digest(key, name.encode() + counter.to_bytes(8, "big"), "sha256")


def below(limit: int, source: Iterator[int]) -> int:
    """Return a number below the limit, each equally likely (crf_spec 2.13).

    Bytes of the incomplete last round are dropped. Raises ValueError for a limit that a byte cannot
    reach.

    >>> below(3, iter([255, 7]))
    1
    """
    if not 1 <= limit <= BYTE_VALUES:
        raise ValueError(f"A limit is 1 to {BYTE_VALUES}.")
    complete = BYTE_VALUES - BYTE_VALUES % limit
    return next(byte for byte in source if byte < complete) % limit
