# SPDX-License-Identifier: GPL-2.0
#
# Opens sockets in the order of the command line and prints their cookies in hex, then "ready", then
# waits to be ended. A word is [udp/]ADDRESS[%DEVICE]:PORT[,OPTION]..., IPv6 in brackets; options are
# r SO_REUSEPORT, a SO_REUSEADDR, 6 IPV6_V6ONLY, cN SO_INCOMING_CPU, bN a classic BPF program that
# chooses member N of the group.
import ctypes
import signal
import socket
import struct
import sys

SO_REUSEPORT, SO_BINDTODEVICE, SO_INCOMING_CPU, SO_ATTACH_REUSEPORT_CBPF, SO_COOKIE = 15, 25, 49, 51, 57
BPF_RET = 0x06


def attach_program(sock, number):
    code = ctypes.create_string_buffer(struct.pack("HBBI", BPF_RET, 0, 0, number))
    program = struct.pack("HP", 1, ctypes.addressof(code))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program)


def set_option(sock, option):
    if option == "r":
        sock.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    elif option == "a":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    elif option == "6":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    elif option[0] == "b":
        attach_program(sock, int(option[1:]))
    else:
        sock.setsockopt(socket.SOL_SOCKET, SO_INCOMING_CPU, int(option[1:]))


def open_socket(word):
    endpoint, *options = word.split(",")
    is_udp = endpoint.startswith("udp/")
    address, port = endpoint.removeprefix("udp/").rsplit(":", 1)
    address, _, device = address.partition("%")
    family = socket.AF_INET6 if address.startswith("[") else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM)
    for option in options:
        set_option(sock, option)
    if device:
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    sock.bind((address.strip("[]"), int(port)))
    if not is_udp:
        sock.listen(64)
    return sock


kept = []
for argument in sys.argv[1:]:
    kept.append(open_socket(argument))
    cookie = kept[-1].getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8)
    print(f"{struct.unpack('Q', cookie)[0]:x}", flush=True)
print("ready", flush=True)
signal.pause()
