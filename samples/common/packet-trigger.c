// SPDX-License-Identifier: GPL-2.0
/* Sends one UDP packet over the interface lo, for samples that look at packets, and says so. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

#define PORT 9 /* discard: nobody needs to listen */

int main(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 ||
	    sendto(fd, "rex", 3, 0, (struct sockaddr *)&to, sizeof(to)) != 3) {
		perror("packet-trigger");
		return 1;
	}
	printf("packet-trigger: sent a UDP packet to port %d over lo\n", PORT);
	return 0;
}
