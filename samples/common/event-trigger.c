// SPDX-License-Identifier: GPL-2.0
/* Makes one dup(2), the system call that the samples hook, and says who did. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	if (dup(STDIN_FILENO) < 0) {
		perror("event-trigger: dup");
		return 1;
	}
	printf("event-trigger: PID %d called dup\n", getpid());
	return 0;
}
