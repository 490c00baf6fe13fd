"""The three values of a PROJECT stream that say how it is protected (not at all): data encryption, MS-OVBA 2.4.3."""

from __future__ import annotations

__all__ = ["conceal", "reveal"]

_VERSION = 2  # 2.4.3.2


def conceal(data: bytes, project_id: str, seed: int) -> str:
    """`data` as the hexadecimal text of CMG, DPB or GC, 2.4.3.2; `seed` is any byte, `project_id` has its braces."""
    key = _key(project_id)
    out = bytearray((seed, seed ^ _VERSION, seed ^ key))
    before = key
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + len(data).to_bytes(4, "little") + data:
        out.append(byte ^ ((out[-2] + before) & 0xFF))
        before = byte
    return out.hex().upper()


def reveal(text: str, project_id: str) -> bytes:
    """What such a text conceals, 2.4.3.3; raises ValueError where it belongs to another project or is cut."""
    raw = bytes.fromhex(text)
    seed, version, key = raw[0], raw[0] ^ raw[1], raw[0] ^ raw[2]
    if (version, key) != (_VERSION, _key(project_id)):
        raise ValueError("the value belongs to another project")
    plain, before = bytearray(), key
    for place in range(3, len(raw)):
        before = raw[place] ^ ((raw[place - 2] + before) & 0xFF)
        plain.append(before)
    body = bytes(plain[(seed & 6) // 2 :])
    if int.from_bytes(body[:4], "little") != len(body) - 4:
        raise ValueError("the value's length is wrong")
    return body[4:]


def _key(project_id: str) -> int:
    """The sum of the bytes of the project's id, 2.4.3.2 (ProjKey)."""
    return sum(project_id.encode("ascii")) & 0xFF
