"""A node as the demo sees it: JSON-RPC over HTTP, storage and events decoded by `scale`."""

import json
import urllib.error
import urllib.request

from scale import HASHERS, Metadata, Reader

PAGE = 256


class RpcError(Exception):
    """The node answered with an error, or not at all."""


class Chain:
    """One node's view of the chain."""

    def __init__(self, url: str):
        self.url = url
        self._metadata: Metadata | None = None

    def rpc(self, method: str, *params):
        """One call; RpcError if it fails."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                reply = json.load(answer)
        except (OSError, ValueError) as error:
            raise RpcError(f"{method}: {error}") from error
        if "error" in reply:
            raise RpcError(f"{method}: {reply['error']}")
        return reply["result"]

    @property
    def metadata(self) -> Metadata:
        """The runtime's description, read once."""
        if self._metadata is None:
            self._metadata = Metadata(bytes.fromhex(self.rpc("state_getMetadata")[2:]))
        return self._metadata

    def best_number(self) -> int:
        return int(self.rpc("chain_getHeader")["number"], 16)

    def finalized_number(self) -> int:
        return int(self.rpc("chain_getHeader", self.rpc("chain_getFinalizedHead"))["number"], 16)

    def hash_of(self, number: int) -> str:
        """Hash of a block by its number; RpcError if there is none yet."""
        found = self.rpc("chain_getBlockHash", number)
        if not found:
            raise RpcError(f"there is no block {number}")
        return found

    def get(self, pallet: str, item: str, *keys: bytes, at: str | None = None):
        """A storage value, its default if it is not there (None where it has none)."""
        root, hashers, _, kind, default = self.metadata.storage[(pallet, item)]
        if len(keys) != len(hashers):
            raise ValueError(f"{pallet}.{item} takes {len(hashers)} keys, not {len(keys)}")
        key = root + b"".join(HASHERS[hasher][0](part) for hasher, part in zip(hashers, keys))
        found = self.rpc("state_getStorage", "0x" + key.hex(), at)
        if found is None:
            # An optional item's default is the one byte of `None`, which is no value of its type.
            try:
                return self.metadata.decode_all(kind, default)
            except ValueError:
                return None
        return self.metadata.decode_all(kind, bytes.fromhex(found[2:]))

    def entries(self, pallet: str, item: str, *prefix: bytes, at: str | None = None):
        """All (key, value) of a storage map below the given first keys, keys decoded."""
        root, hashers, key_kind, kind, _ = self.metadata.storage[(pallet, item)]
        start = root + b"".join(HASHERS[h][0](part) for h, part in zip(hashers, prefix))
        last = "0x" + start.hex()
        while True:
            page = self.rpc("state_getKeysPaged", "0x" + start.hex(), PAGE, last, at)
            for key in page:
                value = self.rpc("state_getStorage", key, at)
                if value is not None:
                    yield self._key(bytes.fromhex(key[2:])[len(root) :], hashers, key_kind), self.metadata.decode_all(kind, bytes.fromhex(value[2:]))
            if len(page) < PAGE:
                return
            last = page[-1]

    def _key(self, data: bytes, hashers, key_kind: int):
        reader = Reader(data)
        form, of = self.metadata.types[key_kind]
        kinds = of if form == "tuple" and len(hashers) > 1 else [key_kind]
        parts = []
        for hasher, kind in zip(hashers, kinds):
            skip = HASHERS[hasher][1]
            if skip is None:
                raise ValueError("this map's keys cannot be read back")
            reader.take(skip)
            parts.append(self.metadata.decode(kind, reader))
        return parts[0] if len(parts) == 1 else tuple(parts)

    def events(self, number: int) -> list[tuple[str, str, object]]:
        """(pallet, event, fields) of everything that happened in a block."""
        records = self.get("System", "Events", at=self.hash_of(number)) or []
        found = []
        for record in records:
            pallet, inner = record["event"]
            name, fields = inner
            found.append((pallet, name, fields))
        return found

    def constant(self, pallet: str, name: str):
        kind, data = self.metadata.constants[(pallet, name)]
        return self.metadata.decode_all(kind, data)
