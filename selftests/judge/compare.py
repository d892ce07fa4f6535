# SPDX-License-Identifier: GPL-2.0
#
# Compares what sockets received with what tuplewatch said of it:
#	compare.py LOG WITNESS...
# LOG is what was read from log_pipe, each WITNESS a file of witness.c, named for its program. Prints one
# line for each: name, how many are alike, of how many, which; and each disagreement in front of it.
import bisect
import collections
import os
import sys

Row = collections.namedtuple("Row", "time flags match cookie listener outcome")


def read_log(path):
    """Rows by netns and tuple, and for datagrams by netns, sender and port as well; all in order of time."""
    tuples, ports = collections.defaultdict(list), collections.defaultdict(list)
    columns = None
    with open(path) as lines:
        for line in lines:
            if line.startswith("#"):
                if "lost" in line:
                    sys.exit(f"rows were lost: {line}")
                continue
            words = line.split()
            if columns is None:
                columns = words
                continue
            field = dict(zip(columns, words))
            row = Row(int(field["time_ns"]), field["flags"], field["match"], field["cookie"],
                      field["listener_cookie"], field["outcome"])
            if field["proto"].startswith("tcp"):
                tuples[field["netns"], field["foreign"], field["local"]].append(row)
            elif field["match"] in ("bound", "connected"):
                port = field["local"].rsplit(":", 1)[1]
                ports[field["netns"], field["foreign"], port].append(row)
    for rows in (*tuples.values(), *ports.values()):
        rows.sort()
    return tuples, ports


def is_syn(row):
    return "S" in row.flags and "." not in row.flags


def life(rows, time):
    """Of a tuple that is used again and again: the rows of the connection that was alive then."""
    until = bisect.bisect_right([row.time for row in rows], time)
    begin = until - 1
    while begin >= 0 and not is_syn(rows[begin]):
        begin -= 1
    end = until
    while end < len(rows) and not is_syn(rows[end]):
        end += 1
    return rows[max(begin, 0):end]


class Judge:
    def __init__(self, log):
        self.tuples, self.ports = log
        self.alike = collections.Counter()
        self.all = collections.Counter()
        self.used = collections.Counter()
        self.complaints = []

    def judge(self, what, evidence, said, seen):
        self.all[what] += 1
        if said == seen:
            self.alike[what] += 1
        else:
            self.complaints.append(f"{what}: the socket is {seen}, tuplewatch said {said}: {evidence}")

    def accept(self, time, key, cookie, listener, line):
        rows = life(self.tuples[key], time)
        syn = next((row for row in rows if is_syn(row) and row.match == "listener"), None)
        self.judge("listener", line, syn and syn.cookie, listener)
        of_child = {(row.cookie, row.listener) for row in rows if row.match == "established"}
        if of_child:
            self.judge("connection", line, of_child, {(cookie, listener)})

    def stream(self, time, key, cookie, line):
        rows = life(self.tuples[key], time)
        self.judge("stream", line, {row.cookie for row in rows if row.match == "established"}, {cookie})

    def datagram(self, key, cookie, line):
        """The first that came is the first that is read."""
        netns, foreign, local = key
        key = netns, foreign, local.rsplit(":", 1)[1]
        rows, at = self.ports[key], self.used[key]
        self.used[key] += 1
        self.judge("datagram", line, rows[at].cookie if at < len(rows) else None, cookie)

    def line(self, line):
        time, netns, what, foreign, local, cookie, listener = line.split()
        key = netns, foreign, local
        if what == "accept":
            self.accept(int(time), key, cookie, listener, line)
        elif what == "stream":
            self.stream(int(time), key, cookie, line)
        else:
            self.datagram(key, cookie, line)


def main():
    log = read_log(sys.argv[1])
    for path in sys.argv[2:]:
        judge = Judge(log)
        with open(path) as lines:
            for line in sorted(lines, key=lambda line: int(line.split()[0])):
                judge.line(line.strip())
        for complaint in judge.complaints:
            print(f"# {complaint}")
        alike, total = sum(judge.alike.values()), sum(judge.all.values())
        parts = ", ".join(f"{what} {judge.alike[what]} of {nr}" for what, nr in sorted(judge.all.items()))
        print(os.path.basename(path), alike, total, parts)


main()
