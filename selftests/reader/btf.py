#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Usage: btf.py FROM TO FUNCTION: a kernel's types (BTF) with the first two arguments of that function exchanged.
#        btf.py FROM: prints the names of the functions that they tell of.

import struct
import sys

EXTRA = {1: 4, 3: 12, 14: 4, 17: 4}		# INT, ARRAY, VAR, DECL_TAG: bytes behind the type
EACH = {4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12}	# STRUCT, UNION, ENUM, FUNC_PROTO, DATASEC, ENUM64: a member
FUNC = 12


def main():
    data = bytearray(open(sys.argv[1], "rb").read())
    magic, _, _, hdr_len, type_off, type_len, str_off, str_len = struct.unpack_from("<HBBIIIII", data)
    if magic != 0xEB9F:
        sys.exit("no BTF")
    strings = bytes(data[hdr_len + str_off:hdr_len + str_off + str_len])
    wanted = strings.index(b"\0" + sys.argv[3].encode() + b"\0") + 1 if len(sys.argv) > 2 else None
    at, end = hdr_len + type_off, hdr_len + type_off + type_len
    places, proto = [0], None
    while at < end:
        name, info, of = struct.unpack_from("<III", data, at)
        kind, nr = info >> 24 & 0x1F, info & 0xFFFF
        places.append(at)
        if kind == FUNC and wanted is None:
            print(strings[name:strings.index(b"\0", name)].decode())
        elif kind == FUNC and name == wanted:
            proto = of
        at += 12 + EXTRA.get(kind, 0) + EACH.get(kind, 0) * nr
    if wanted is None:
        return
    first = places[proto] + 12
    one, two = data[first + 4:first + 8], data[first + 12:first + 16]
    data[first + 4:first + 8], data[first + 12:first + 16] = two, one
    open(sys.argv[2], "wb").write(data)


main()
