"""Reads SCALE values with the types that a runtime's own metadata (version 14) describes.

Independent of the project's Rust code on purpose: what the demo proves about balances and events is
read from the chain by other means than those that wrote it.
"""

import hashlib

MASK = (1 << 64) - 1
PRIMES = (
    0x9E3779B185EBCA87,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)


def _rotl(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & MASK


def _round(lane: int, word: int) -> int:
    return _rotl((lane + word * PRIMES[1]) & MASK, 31) * PRIMES[0] & MASK


def xxh64(data: bytes, seed: int) -> int:
    """xxHash, 64 bits (Collet's specification)."""
    at = 0
    if len(data) >= 32:
        lanes = [
            (seed + PRIMES[0] + PRIMES[1]) & MASK,
            (seed + PRIMES[1]) & MASK,
            seed,
            (seed - PRIMES[0]) & MASK,
        ]
        while at + 32 <= len(data):
            for lane in range(4):
                word = int.from_bytes(data[at + 8 * lane : at + 8 * lane + 8], "little")
                lanes[lane] = _round(lanes[lane], word)
            at += 32
        total = sum(_rotl(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            total = ((total ^ _round(0, lane)) * PRIMES[0] + PRIMES[3]) & MASK
    else:
        total = (seed + PRIMES[4]) & MASK
    total = (total + len(data)) & MASK
    while at + 8 <= len(data):
        total ^= _round(0, int.from_bytes(data[at : at + 8], "little"))
        total = (_rotl(total, 27) * PRIMES[0] + PRIMES[3]) & MASK
        at += 8
    if at + 4 <= len(data):
        total ^= int.from_bytes(data[at : at + 4], "little") * PRIMES[0] & MASK
        total = (_rotl(total, 23) * PRIMES[1] + PRIMES[2]) & MASK
        at += 4
    for byte in data[at:]:
        total ^= byte * PRIMES[4] & MASK
        total = _rotl(total, 11) * PRIMES[0] & MASK
    total = (total ^ (total >> 33)) * PRIMES[1] & MASK
    total = (total ^ (total >> 29)) * PRIMES[2] & MASK
    return total ^ (total >> 32)


def twox(data: bytes, bits: int) -> bytes:
    """Substrate's twox hash of 64, 128 or 256 bits."""
    return b"".join(xxh64(data, seed).to_bytes(8, "little") for seed in range(bits // 64))


# How a storage map's key is hashed, by the index of the hasher in the metadata: the hash, and how
# many bytes of it precede the key itself (None where the key cannot be read back).
HASHERS = {
    0: (lambda key: hashlib.blake2b(key, digest_size=16).digest(), None),
    1: (lambda key: hashlib.blake2b(key, digest_size=32).digest(), None),
    2: (lambda key: hashlib.blake2b(key, digest_size=16).digest() + key, 16),
    3: (lambda key: twox(key, 128), None),
    4: (lambda key: twox(key, 256), None),
    5: (lambda key: twox(key, 64) + key, 8),
    6: (lambda key: key, 0),
}


class Reader:
    """Bytes and a place in them."""

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes; ValueError if there are fewer."""
        if count > len(self.data) - self.at:
            raise ValueError(f"SCALE: {count} bytes wanted at {self.at}, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def uint(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def compact(self) -> int:
        first = self.uint(1)
        mode = first & 3
        if mode == 0:
            return first >> 2
        if mode == 1:
            return (first | self.uint(1) << 8) >> 2
        if mode == 2:
            return (first | self.uint(3) << 8) >> 2
        return self.uint((first >> 2) + 4)

    def text(self) -> str:
        return self.take(self.compact()).decode()

    def option(self, read):
        return read() if self.uint(1) else None

    def many(self, read) -> list:
        return [read() for _ in range(self.compact())]


class Metadata:
    """The types, storage items and constants of a runtime."""

    def __init__(self, data: bytes):
        r = Reader(data)
        magic, version = r.take(4), r.uint(1)
        if magic != b"meta" or version != 14:
            raise ValueError(f"metadata of version 14 expected, found {magic!r} {version}")
        self.types = dict(r.many(lambda: self._portable(r)))
        self.storage = {}
        self.constants = {}
        r.many(lambda: self._pallet(r))

    @staticmethod
    def _field(r: Reader):
        name, kind, _, _ = r.option(r.text), r.compact(), r.option(r.text), r.many(r.text)
        return name, kind

    def _portable(self, r: Reader):
        ident = r.compact()
        r.many(r.text)  # path
        r.many(lambda: (r.text(), r.option(r.compact)))  # generics
        form = r.uint(1)
        if form == 0:
            shape = ("composite", r.many(lambda: self._field(r)))
        elif form == 1:

            def variant():
                name, fields, index = r.text(), r.many(lambda: self._field(r)), r.uint(1)
                r.many(r.text)
                return index, (name, fields)

            shape = ("variant", dict(r.many(variant)))
        elif form == 2:
            shape = ("sequence", r.compact())
        elif form == 3:
            count = r.uint(4)
            shape = ("array", (count, r.compact()))
        elif form == 4:
            shape = ("tuple", r.many(r.compact))
        elif form == 5:
            shape = ("primitive", r.uint(1))
        elif form == 6:
            shape = ("compact", r.compact())
        else:
            shape = ("bits", (r.compact(), r.compact()))
        r.many(r.text)  # documentation
        return ident, shape

    def _pallet(self, r: Reader) -> None:
        name = r.text()
        r.option(lambda: self._storage(r, name))
        r.option(r.compact)  # calls
        r.option(r.compact)  # events

        def constant():
            # In this order: a subscript is evaluated after the value assigned to it.
            key = (name, r.text())
            self.constants[key] = (r.compact(), r.take(r.compact()))
            r.many(r.text)

        r.many(constant)
        r.option(r.compact)  # errors
        r.uint(1)

    def _storage(self, r: Reader, pallet: str) -> None:
        prefix = r.text()

        def entry():
            name, _ = r.text(), r.uint(1)
            hashers, key = [], None
            if r.uint(1) == 0:
                value = r.compact()
            else:
                hashers = r.many(lambda: r.uint(1))
                key, value = r.compact(), r.compact()
            default = r.take(r.compact())
            r.many(r.text)
            root = twox(prefix.encode(), 128) + twox(name.encode(), 128)
            self.storage[(pallet, name)] = (root, hashers, key, value, default)

        r.many(entry)

    def decode(self, kind: int, r: Reader):
        """One value: records as dicts, enums as (name, content), bytes as hexadecimal text."""
        form, of = self.types[kind]
        if form == "composite":
            return self._fields(of, r)
        if form == "variant":
            index = r.uint(1)
            if index not in of:
                raise ValueError(f"SCALE: type {kind} has no variant {index}")
            name, fields = of[index]
            if name in ("Some", "None") and set(of) == {0, 1}:
                return self._fields(fields, r) if fields else None
            return (name, self._fields(fields, r))
        if form == "sequence":
            return self._items(of, r.compact(), r)
        if form == "array":
            return self._items(of[1], of[0], r)
        if form == "tuple":
            return tuple(self.decode(item, r) for item in of)
        if form == "primitive":
            return self._primitive(of, r)
        if form == "compact":
            return r.compact()
        raise ValueError("SCALE: bit sequences are not read")

    def _fields(self, fields, r: Reader):
        if len(fields) == 1 and fields[0][0] is None:
            return self.decode(fields[0][1], r)
        if fields and fields[0][0] is None:
            return tuple(self.decode(kind, r) for _, kind in fields)
        return {name: self.decode(kind, r) for name, kind in fields}

    def _items(self, kind: int, count: int, r: Reader):
        if self.types[kind] == ("primitive", 3):
            return "0x" + r.take(count).hex()
        return [self.decode(kind, r) for _ in range(count)]

    @staticmethod
    def _primitive(code: int, r: Reader):
        if code == 0:
            return r.uint(1) == 1
        if code == 1:
            return chr(r.uint(4))
        if code == 2:
            return r.text()
        size = 1 << ((code - 3) % 6)
        return int.from_bytes(r.take(size), "little", signed=code >= 9)

    def decode_all(self, kind: int, data: bytes):
        """The value that `data` is, with nothing left over."""
        r = Reader(data)
        value = self.decode(kind, r)
        if r.at != len(data):
            raise ValueError(f"SCALE: {len(data) - r.at} bytes left over after type {kind}")
        return value
