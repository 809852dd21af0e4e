// SPDX-License-Identifier: GPL-2.0
/*
 * PID 1 of the virtual machine: mounts, one job, its exit code, off.
 *
 * The root is the host's, read-only; memory file systems lie over the folders
 * that programs write to. /run/out is a folder of the host's: it holds the job
 * and gets "started" and "exit". Nothing is handed back when anything here
 * fails, which the host takes for a failure.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUT "/run/out"
#define CONSOLE "/dev/ttyS0"

static const struct {
	const char *type, *target, *options;
} mounts[] = {
	{ "proc", "/proc", NULL },
	{ "sysfs", "/sys", NULL },
	{ "devtmpfs", "/dev", NULL },
	{ "devpts", "/dev/pts", "ptmxmode=666" },
	{ "tmpfs", "/dev/shm", NULL },
	{ "tmpfs", "/tmp", NULL },
	{ "tmpfs", "/run", "mode=755" },
	{ "tmpfs", "/var/tmp", NULL },
	{ "tmpfs", "/var/log", NULL },
	{ "debugfs", "/sys/kernel/debug", NULL },
	{ "tracefs", "/sys/kernel/tracing", NULL },
	{ "bpf", "/sys/fs/bpf", NULL },
	{ "cgroup2", "/sys/fs/cgroup", NULL },
	{ "securityfs", "/sys/kernel/security", NULL },
	{ "9p", OUT, "trans=virtio,version=9p2000.L,cache=none" },
};

static void power_off(void)
{
	/* What was written last may still wait for the serial line. */
	tcdrain(STDERR_FILENO);
	sync();
	reboot(RB_POWER_OFF);
}

static void die(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	fprintf(stderr, "init: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(args);
	power_off();
	exit(1);
}

static void make_folders(const char *path)
{
	char copy[4096];

	snprintf(copy, sizeof(copy), "%s/", path);
	for (char *end = strchr(copy + 1, '/'); end;
	     end = strchr(end + 1, '/')) {
		*end = 0;
		mkdir(copy, 0755);
		*end = '/';
	}
}

/*
 * Mount everything. A repository below a folder that is covered now, such as
 * /tmp, is brought back at its path.
 */
static void mount_all(const char *repository)
{
	int repo = open(repository, O_PATH | O_DIRECTORY);
	char link[64];

	if (repo < 0)
		die("%s", repository);
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		const char *source = strcmp(mounts[i].type, "9p")
					     ? mounts[i].type
					     : "rexout";

		make_folders(mounts[i].target);
		/* EBUSY: CONFIG_DEVTMPFS_MOUNT was first. */
		if (mount(source, mounts[i].target, mounts[i].type, 0,
			  mounts[i].options) &&
		    errno != EBUSY)
			die("mount %s on %s", mounts[i].type, mounts[i].target);
	}
	/* Mounted by its first use, which is not to be a test's. */
	access("/sys/kernel/debug/tracing/events", F_OK);
	if (!access(repository, F_OK))
		return;
	make_folders(repository);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", repo);
	if (mount(link, repository, NULL, MS_BIND, NULL))
		die("bind %s", repository);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("lo up");
	close(fd);
}

static void hand_back(const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), OUT "/%s", name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		die("%s", path);
}

/* The job has a session and the terminal to itself, so that Ctrl-C reaches it. */
static pid_t start_job(void)
{
	pid_t pid = fork();
	int tty;

	if (pid)
		return pid;
	setsid();
	tty = open(CONSOLE, O_RDWR);
	if (tty < 0 || ioctl(tty, TIOCSCTTY, 0) < 0)
		die(CONSOLE);
	for (int fd = 0; fd < 3; fd++)
		dup2(tty, fd);
	if (tty > 2)
		close(tty);
	execl(OUT "/job", "job", NULL);
	fprintf(stderr, "init: " OUT "/job: %s\n", strerror(errno));
	_exit(127);
}

/* Bring up the CPUs that the kernel was told to leave for later. */
static void cpus_online(void)
{
	char path[64];
	int cpu, fd;

	for (cpu = 1;; cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/online", cpu);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		if (write(fd, "1", 1) != 1)
			die(path);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	pid_t job, pid;
	char text[16];
	int status;

	/* Parameters that the kernel does not know (nokaslr) come before it. */
	if (argc < 2) {
		errno = EINVAL;
		die("the repository's path must follow -- on the kernel's command line");
	}
	mount_all(argv[argc - 1]);
	cpus_online();
	loopback_up();
	sethostname("rex", 3);
	setenv("PATH",
	       "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	       1);
	setenv("HOME", "/tmp", 1);
	setenv("LANG", "C.UTF-8", 1);
	hand_back("started", "");
	job = start_job();
	if (job < 0)
		die("fork");
	/* Every orphan of the machine is a child here. */
	do
		pid = waitpid(-1, &status, 0);
	while (pid != job);
	snprintf(text, sizeof(text), "%d\n",
		 WIFEXITED(status) ? WEXITSTATUS(status)
				   : 128 + WTERMSIG(status));
	hand_back("exit", text);
	power_off();
	return 1;
}
