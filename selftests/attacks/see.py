# SPDX-License-Identifier: GPL-2.0
#
# What the files "listeners" and "connections" tell their reader of sockets that are not his, against what the kernel's
# own files tell the same reader.
#
# Usage: python3 see.py UID: his user, as he sees it himself. Prints one line:
#   others=N own=N   rows of sockets that are not his, that are
#   told=WORDS       columns of the former, file.column, that say more than the kernel's files do: they are neither
#                    "hidden" nor "-", or are not the same for all sockets of a kind; "-" if there is none
#   closed=N         rows of closed sockets that are not his
#   unlike=N         sockets that the kernel's files have and ours have not, or have with another owner, queue, inode or
#                    number of drops; and the other way around
#   known=N          cells of his own rows that are known, of columns that the kernel's files do not have

import socket
import struct
import sys

DIR = "/proc/net/tuplewatch/"
# What everybody may read in /proc/net/tcp and its like; socket_drops, of UDP.
OPEN = {"proto", "local", "foreign", "state", "queue", "inode", "uid", "netns"}
STATES = {1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT", 7: "CLOSE",
          8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV"}
# They have no owner and no inode.
OWNERLESS = {"TIME_WAIT", "SYN_RECV", "NEW_SYN_RECV"}


def read_table(name):
    with open(DIR + name, encoding="ascii") as file:
        lines = file.read().splitlines()
    columns = lines[1].split()
    return [dict(zip(columns, line.split())) for line in lines[2:] if not line.startswith("#")]


def endpoint(text):
    address, port = text.split(":")
    words = struct.unpack(f">{len(address) // 8}I", bytes.fromhex(address))
    data = struct.pack(f"={len(words)}I", *words)
    port = int(port, 16) or "*"
    if len(words) == 1:
        return f"{socket.inet_ntop(socket.AF_INET, data)}:{port}"
    return f"[{socket.inet_ntop(socket.AF_INET6, data)}]:{port}"


# What is the same in both, in one form.
def kernels():
    for proto in "tcp", "tcp6", "udp", "udp6":
        with open("/proc/net/" + proto, encoding="ascii") as file:
            rows = file.read().splitlines()[1:]
        for row in map(str.split, rows):
            state = STATES[int(row[3], 16)]
            is_listener = state in ("LISTEN", "CLOSE")
            yield (proto, endpoint(row[1]), "-" if is_listener else endpoint(row[2]),
                   "-" if state == "CLOSE" else state,
                   str(int(row[4].split(":")[1], 16)) if is_listener else "-",
                   "-" if state in OWNERLESS else row[9], "-" if state in OWNERLESS else row[7],
                   row[12] if proto.startswith("udp") and is_listener else "-")


def ours(row):
    is_listener = "foreign" not in row
    is_owned = row["state"] not in OWNERLESS
    return (row["proto"], row["local"], row.get("foreign", "-"), row["state"].replace("NEW_", ""),
            row["queue"] if is_listener else "-", row["inode"] if is_owned else "-", row["uid"] if is_owned else "-",
            row["socket_drops"] if row["proto"].startswith("udp") and is_listener else "-")


def is_open(row, column):
    return column in OPEN or (column == "socket_drops" and row["proto"].startswith("udp"))


# What one learns from a cell that says "-" here and "hidden" there. Who has no inode has not been accepted, as the
# kernel's files say too.
def told(name, rows):
    seen = {}
    for row in rows:
        for column, value in row.items():
            if not is_open(row, column):
                seen.setdefault((column, row["proto"][:3], row["state"], row["inode"] == "0"), set()).add(value)
    return {f"{name}.{column}" for (column, *_), values in seen.items()
            if not values <= {"hidden", "-"} or len(values) > 1}


def main(uid):
    others, own, closed, words, live = 0, 0, 0, set(), []
    known = 0
    for name in "listeners", "connections":
        rows = read_table(name)
        foreign = [row for row in rows if row["uid"] != uid]
        closed += sum(row["state"] == "CLOSED" for row in foreign)
        live += [ours(row) for row in rows if row["state"] != "CLOSED"]
        foreign = [row for row in foreign if row["state"] != "CLOSED"]
        mine = [row for row in rows if row["uid"] == uid]
        others += len(foreign)
        own += len(mine)
        words |= told(name, foreign)
        known += sum(value not in ("?", "-", "hidden")
                     for row in mine for column, value in row.items() if not is_open(row, column))
    kernel = list(kernels())
    unlike = [row for row in live if row not in kernel] + [row for row in kernel if row not in live]
    for row in unlike[:8]:
        print("unlike:", *row, file=sys.stderr)
    print(f"others={others} own={own} told={','.join(sorted(words)) or '-'} closed={closed} unlike={len(unlike)} "
          f"known={known}")


main(sys.argv[1])
