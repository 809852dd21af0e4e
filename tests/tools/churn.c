// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps a CPU busy in all contexts of the kernel, one on top of the other.
 *
 *	churn CPU SECONDS
 *
 * Calls a function of the C library for a uprobe, makes a system call, sends
 * packets to nobody, has a timer expire each millisecond, and asks, once a
 * second and on CPU 0 only, all CPUs for their stacks by NMI.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Or the compiler leaves a call out. */
static volatile long kept;

static void on_alarm(int number)
{
	(void)number;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void start_timer(void)
{
	const struct itimerval each_ms = { { 0, 1000 }, { 0, 1000 } };
	const struct sigaction action = { .sa_handler = on_alarm,
					  .sa_flags = SA_RESTART };

	if (sigaction(SIGALRM, &action, NULL) ||
	    setitimer(ITIMER_REAL, &each_ms, NULL))
		die("setitimer");
}

static int packet_socket(void)
{
	const struct sockaddr_in nobody = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&nobody, sizeof(nobody)))
		die("socket");
	return fd;
}

int main(int argc, char *argv[])
{
	time_t end, second = time(NULL);
	int cpu, packets, sysrq;
	cpu_set_t cpus;

	if (argc != 3) {
		fprintf(stderr, "Usage: %s CPU SECONDS\n", argv[0]);
		return 2;
	}
	cpu = atoi(argv[1]);
	end = second + atoi(argv[2]);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity");
	packets = packet_socket();
	sysrq = open("/proc/sysrq-trigger", O_WRONLY);
	if (sysrq < 0)
		die("/proc/sysrq-trigger");
	start_timer();

	while (time(NULL) < end) {
		kept = a64l("zz");
		getpriority(PRIO_PROCESS, 0);
		/* It tells that nobody was there for the packet before. */
		(void)!send(packets, "x", 1, 0);
		if (!cpu && time(NULL) > second) {
			second = time(NULL);
			if (write(sysrq, "l", 1) != 1)
				die("/proc/sysrq-trigger");
		}
	}
	return 0;
}
