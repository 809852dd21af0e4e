// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a system call many times, which is what programs are attached to.
 *
 *	call NUMBER TIMES [ARGUMENT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	long args[6] = { 0 };

	if (argc < 3 || argc > 9) {
		fprintf(stderr, "Usage: %s NUMBER TIMES [ARGUMENT]...\n",
			argv[0]);
		return 2;
	}
	for (int i = 3; i < argc; i++)
		args[i - 3] = strtol(argv[i], NULL, 0);
	for (long times = strtol(argv[2], NULL, 0); times > 0; times--)
		syscall(strtol(argv[1], NULL, 0), args[0], args[1], args[2],
			args[3], args[4], args[5]);
	return 0;
}
