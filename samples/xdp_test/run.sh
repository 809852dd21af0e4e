#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=xdp_test` starts in the virtual machine: the filter on lo,
# and a ping of a service before and after a rule.
cd "$(dirname "$0")" || exit
./entry 1 &
filter=$!
until ./entry list >/dev/null 2>&1; do sleep 0.1; done
echo "# ./entry add_rule 8080 udp"
./entry add_rule 8080 udp
./entry list
echo "# one datagram to port 8080, one to port 8081"
python3 -c '
import socket
for port in 8080, 8081:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", port))
'
grep -o 'in UDP: .*' /sys/kernel/tracing/trace
kill -INT $filter
wait $filter
