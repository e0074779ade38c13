"""Tests of the reader of SCALE values."""

import unittest

from scale import HASHERS, Metadata, Reader, twox


def described(types: dict) -> Metadata:
    """Metadata of nothing but the given types."""
    metadata = Metadata.__new__(Metadata)
    metadata.types, metadata.storage, metadata.constants = types, {}, {}
    return metadata


class Hashes(unittest.TestCase):
    def test_twox_should_give_the_published_storage_prefixes(self):
        account = twox(b"System", 128) + twox(b"Account", 128)
        self.assertEqual(account.hex(), "26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9")
        issuance = twox(b"Balances", 128) + twox(b"TotalIssuance", 128)
        self.assertEqual(issuance.hex(), "c2261276cc9d1f8598ea4b6a74b15c2f57c875e4cff74148e4628f264b974c80")

    def test_twox_should_give_the_reference_value_when_input_is_empty(self):
        self.assertEqual(twox(b"", 64)[::-1].hex(), "ef46db3751d8e999")

    def test_concat_hashers_should_keep_the_key_readable(self):
        for index in (2, 5, 6):
            hashed, skip = HASHERS[index][0](b"key"), HASHERS[index][1]
            self.assertEqual(hashed[skip:], b"key")


class Values(unittest.TestCase):
    TYPES = {
        0: ("primitive", 3),
        1: ("primitive", 5),
        2: ("sequence", 0),
        3: ("array", (2, 1)),
        4: ("composite", [("a", 0), ("b", 1)]),
        5: ("variant", {0: ("None", []), 1: ("Some", [(None, 0)])}),
        6: ("variant", {0: ("Paid", [("amount", 1)]), 7: ("Gone", [])}),
        7: ("compact", 1),
        8: ("tuple", [0, 1]),
        9: ("primitive", 9),
    }

    def decode(self, kind, text):
        return described(self.TYPES).decode_all(kind, bytes.fromhex(text))

    def test_values_should_decode_as_their_types_say(self):
        for kind, text, expected in [
            (0, "2a", 42),
            (1, "01000000", 1),
            (9, "ff", -1),
            (2, "08abcd", "0xabcd"),
            (3, "0100000002000000", [1, 2]),
            (4, "0502000000", {"a": 5, "b": 2}),
            (5, "00", None),
            (5, "0109", 9),
            (6, "0003000000", ("Paid", {"amount": 3})),
            (6, "07", ("Gone", {})),
            (7, "04", 1),
            (7, "0101", 64),
            (7, "02000100", 16384),
            (7, "0300000040", 1 << 30),
            (8, "0102000000", (1, 2)),
        ]:
            self.assertEqual(self.decode(kind, text), expected, f"type {kind} of {text}")

    def test_values_should_be_refused_when_bytes_are_too_few_too_many_or_unknown(self):
        for kind, text in [(1, "0100"), (0, "0102"), (6, "05"), (2, "0cabcd")]:
            with self.assertRaises(ValueError):
                self.decode(kind, text)

    def test_take_should_refuse_more_than_there_is(self):
        with self.assertRaises(ValueError):
            Reader(b"ab").take(3)


if __name__ == "__main__":
    unittest.main()
