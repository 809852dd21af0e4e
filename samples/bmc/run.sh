#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=bmc` starts in the virtual machine: memcached on lo with the
# cache in front of it, and two GETs of the same key.
cd "$(dirname "$0")" || exit
memcached -u root -B ascii -l 127.0.0.1 -U 11211 &
memcached=$!
./entry lo &
cache=$!
until ip link show lo | grep -q xdp; do sleep 0.1; done
echo "# a SET over TCP, and two GETs over UDP"
python3 -c '
import socket
server = "127.0.0.1", 11211
with socket.create_connection(server) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    tcp.sendall(b"set greeting 0 0 5\r\nhello\r\n")
    print(tcp.recv(100).decode(), end="")
    for _ in range(2):
        udp.sendto(b"\0\1\0\0\0\1\0\0get greeting\r\n", server)
        print(udp.recv(1500)[8:].decode(), end="")
'
kill -INT $cache
wait $cache
kill $memcached
echo "# cat /tmp/bmc-stats"
cat /tmp/bmc-stats
