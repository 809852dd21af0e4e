// SPDX-License-Identifier: GPL-2.0
/* The process that gets the error: calls dup(2) and says how that went. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int fd = dup(STDOUT_FILENO);

	if (fd < 0) {
		perror("userapp: dup");
		return 1;
	}
	printf("userapp: dup returned %d\n", fd);
	return 0;
}
