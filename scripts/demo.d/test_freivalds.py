"""Tests of the check of a matrix product."""

import random
import struct
import unittest

from freivalds import product_is_right


class Product(unittest.TestCase):
    M, K, N = 5, 7, 3

    def setUp(self):
        draw = random.Random(1)
        self.a, self.b = draw.randbytes(self.M * self.K), draw.randbytes(self.K * self.N)
        a, b = struct.unpack(f"{len(self.a)}b", self.a), struct.unpack(f"{len(self.b)}b", self.b)
        self.entries = [
            sum(a[row * self.K + i] * b[i * self.N + column] for i in range(self.K))
            for row in range(self.M)
            for column in range(self.N)
        ]

    def check(self, entries) -> bool:
        packed = struct.pack(f"<{len(entries)}i", *entries)
        return product_is_right(self.a, self.b, packed, self.M, self.K, self.N)

    def test_product_should_pass_when_right(self):
        self.assertTrue(self.check(self.entries))

    def test_product_should_fail_when_any_entry_is_off_by_one(self):
        for place in range(len(self.entries)):
            wrong = list(self.entries)
            wrong[place] += 1
            self.assertFalse(self.check(wrong), f"entry {place}")

    def test_product_should_fail_when_sizes_do_not_fit(self):
        self.assertFalse(self.check(self.entries[:-1]))


if __name__ == "__main__":
    unittest.main()
