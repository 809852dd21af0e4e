#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What `make run SAMPLE=electrode` starts in the virtual machine: three replicas in
# three namespaces, and two operations.
cd "$(dirname "$0")" || exit

mac() { ip -n "$1" -br link show "$2" | awk '{ print $3 }'; }

for name in r0 r1 r2; do ip netns add $name; done
for i in 1 2; do
	ip -n r0 link add wire$i type veth peer name wire0 netns r$i
	ip -n r0 addr add 10.0.$i.1/24 dev wire$i
	ip -n r$i addr add 10.0.$i.2/24 dev wire0
	ip -n r0 link set wire$i up
	ip -n r$i link set wire0 up
done
for i in 1 2; do
	printf 'view 0\nport 12345\nme %s\n' $i
	echo "replica 0 10.0.$i.1 $(mac r0 wire$i) wire0"
	echo "replica $i 10.0.$i.2"
	echo "replica $((3 - i)) 10.0.$((3 - i)).2 $(mac r0 wire$i) wire0"
done | awk -v RS='view' 'NF { print "view" $0 > "/tmp/replica" ++n ".conf" }'
cat >/tmp/replica0.conf <<END
view 0
port 12345
me 0
replica 0 10.0.1.1
replica 1 10.0.1.2 $(mac r1 wire0) wire1
replica 2 10.0.2.2 $(mac r2 wire0) wire2
END
for i in 1 2; do
	ip netns exec r$i ./electrode /tmp/replica$i.conf | sed "s/^/replica $i: /" &
done
printf 'first\nsecond\n' | ip netns exec r0 ./electrode /tmp/replica0.conf | sed 's/^/replica 0: /'
ip netns pids r1 | xargs kill -INT
ip netns pids r2 | xargs kill -INT
wait
