"""Empties every CUDA fat-binary entry of a shared library that is not machine code for one SM: it then packs small.

usage: keep_one_sm.py LIBRARY SM

The library keeps its layout and loads as before; on a GPU of another SM its kernels are gone. The layout of the
container (magic 0xBA55ED50, then entries of kind, header and payload sizes) is what `cuobjdump --list-elf` walks.
"""

import mmap
import struct
import sys

MAGIC = struct.pack("<I", 0xBA55ED50)
CONTAINER = struct.Struct("<HHQ")
ENTRY = struct.Struct("<HHIQ")
SM_OFFSET = 28
MACHINE_CODE = 2
CONTAINER_MAX = 1 << 30


def entries(data, begin, end):
    while begin < end:
        kind, _, header, payload = ENTRY.unpack_from(data, begin)
        if header == 0:
            return
        (sm,) = struct.unpack_from("<I", data, begin + SM_OFFSET)
        yield kind, sm, begin + header, payload
        begin += header + payload


def keep(path, sm):
    """Returns the bytes emptied."""
    emptied = 0
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        at = data.find(MAGIC)
        while at >= 0:
            version, header, size = CONTAINER.unpack_from(data, at + len(MAGIC))
            if version != 1 or header != 16 or size > CONTAINER_MAX:
                at = data.find(MAGIC, at + len(MAGIC))
                continue
            begin = at + header
            for kind, found, payload_at, payload in entries(data, begin, begin + size):
                if kind != MACHINE_CODE or found != sm:
                    data[payload_at : payload_at + payload] = bytes(payload)
                    emptied += payload
            at = data.find(MAGIC, begin + size)
    return emptied


if __name__ == "__main__":
    print("emptied", keep(sys.argv[1], int(sys.argv[2])) >> 20, "MiB of", sys.argv[1])
