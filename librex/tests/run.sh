#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs the test programs given, prints what fails, and ends with
# "N passed, N failed". A program that ends badly after its last test, because
# of a leak say, is a failure, too.

passed=0
failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

for program; do
	CMOCKA_MESSAGE_OUTPUT=tap "$program" >"$log" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	if [ "$status" != 0 ]; then
		cat "$log"
		[ "$bad" != 0 ] || bad=1
	fi
	printf '  %-7s %s: %d of %d\n' TEST "${program##*/}" "$ok" $((ok + bad))
	passed=$((passed + ok))
	failed=$((failed + bad))
done

echo "librex: $passed passed, $failed failed"
[ "$failed" = 0 ]
