// SPDX-License-Identifier: GPL-2.0
/*
 * Programs at each kind of hook run where they are attached, and their helpers
 * say what is known here: functions, stacks, strings, return values, cookies.
 * What they send arrives through a perf buffer.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <librex.h>

#include "lib/check.h"

#define OBJECT "ext/tracing/target/x86_64-unknown-none/release/tracing"
#define FD 99
#define WORD 0x0123456789abcdefULL
#define NAME "a name of thirty-six letters, cut off"
#define FILE_NAME "/bin/true"
#define PERIOD 1000000 /* ns of CPU time a sample */
#define SAMPLES 8
#define COOKIE 0xc00c1e00ULL
#define DEADLINE_S 20

enum hook {
	NONE,
	SYSCALL_START,
	SYSCALL_END,
	FUNCTION_START,
	FUNCTION_END,
	TRACEPOINT,
	EXEC,
	SAMPLE,
	HOOKS,
};

/* As in ext/tracing/src/main.rs. */
struct event {
	__u64 hook;
	__u64 func_ip;
	__u64 cookie;
	__s64 kernel_stack;
	__s64 user_stack;
	__u64 stack[2];
	__u64 value;
	char text[32];
};

static struct event events[HOOKS];
static int seen[HOOKS];
static int stacks_fd;
static volatile sig_atomic_t signals, signalled_thread;

#define unused __attribute__((unused))

static void on_event(unused void *ctx, unused int cpu, void *data, __u32 size)
{
	struct event *event = data;

	if (size < sizeof(*event) || event->hook >= HOOKS)
		die("a record of %u bytes", size);
	events[event->hook] = *event;
	seen[event->hook]++;
}

static void on_lost(unused void *ctx, int cpu, __u64 cnt)
{
	check(false, "%llu records lost on CPU %d", cnt, cpu);
}

static void on_signal(unused int sig)
{
	signalled_thread = gettid();
	signals++;
}

static unsigned long long kallsyms(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long long address, found = 0;
	char symbol[256];

	while (file && !found &&
	       fscanf(file, "%llx %*c %255s%*[^\n]", &address, symbol) == 2)
		if (!strcmp(symbol, name))
			found = address;
	if (!found)
		die("no %s in kallsyms", name);
	fclose(file);
	return found;
}

/* What is probed: it must not be inlined, nor dropped. */
static unsigned long long word = WORD;

__attribute__((noinline)) void *probed(const char *name)
{
	__asm__ volatile("" : : "r"(name) : "memory");
	return &word;
}

/* Whether a stack trace has an address in [from, from + size). */
static bool stack_has(__s64 id, unsigned long long from, unsigned long size)
{
	__u32 key = id;
	__u64 trace[64] = { 0 };

	if (id < 0 || bpf_map_lookup_elem(stacks_fd, &key, trace))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(trace); i++)
		if (trace[i] - from < size)
			return true;
	return false;
}

static struct bpf_program *program(struct rex_object *obj, const char *name)
{
	struct bpf_program *prog = rex_object__program(obj, name);

	if (!prog)
		exit(1);
	return prog;
}

static void attach_probes(struct rex_object *obj)
{
	LIBBPF_OPTS(bpf_ksyscall_opts, start, .bpf_cookie = COOKIE + 1);
	LIBBPF_OPTS(bpf_ksyscall_opts, end, .bpf_cookie = COOKIE + 2,
		    .retprobe = true);
	LIBBPF_OPTS(bpf_uprobe_opts, enter, .bpf_cookie = COOKIE + 3,
		    .func_name = "probed");
	LIBBPF_OPTS(bpf_uprobe_opts, leave, .bpf_cookie = COOKIE + 4,
		    .func_name = "probed", .retprobe = true);
	LIBBPF_OPTS(bpf_tracepoint_opts, point, .bpf_cookie = COOKIE + 5);
	LIBBPF_OPTS(bpf_tracepoint_opts, exec, .bpf_cookie = COOKIE + 6);
	const char *self = "/proc/self/exe";

	if (!bpf_program__attach_ksyscall(program(obj, "syscall_start"), "dup",
					  &start) ||
	    !bpf_program__attach_ksyscall(program(obj, "syscall_end"), "dup",
					  &end) ||
	    !bpf_program__attach_uprobe_opts(program(obj, "function_start"), -1,
					     self, 0, &enter) ||
	    !bpf_program__attach_uprobe_opts(program(obj, "function_end"), -1,
					     self, 0, &leave) ||
	    !bpf_program__attach_tracepoint_opts(program(obj, "at_tracepoint"),
						 "syscalls", "sys_enter_dup",
						 &point) ||
	    !bpf_program__attach_tracepoint_opts(program(obj, "on_exec"),
						 "sched", "sched_process_exec",
						 &exec) ||
	    !bpf_program__attach(program(obj, "signal")) ||
	    !bpf_program__attach(program(obj, "signal_thread")))
		die("attach: %m");
}

static void attach_samples(struct rex_object *obj)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = COOKIE + 7);
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = PERIOD,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd < 0 ||
	    !bpf_program__attach_perf_event_opts(program(obj, "at_sample"), fd,
						 &opts))
		die("perf event: %m");
}

static pid_t started;

static void start_process(void)
{
	started = fork();
	if (!started) {
		execl(FILE_NAME, FILE_NAME, NULL);
		_exit(1);
	}
	if (started < 0 || waitpid(started, NULL, 0) != started)
		die("no process: %m");
}

static void trigger(void)
{
	int fd = dup(FD);

	if (fd < 0)
		die("dup: %m");
	close(fd);
	events[NONE].value = fd;
	if (probed(NAME) != &word)
		die("the probed function returns something else");
	start_process();
}

/* Waits for each of some hooks, and uses CPU time meanwhile: samples need it. */
static void wait_for(struct perf_buffer *buffer, int hook, int end)
{
	time_t deadline = time(NULL) + DEADLINE_S;

	while (hook < end) {
		if (time(NULL) > deadline)
			die("nothing of hook %d after %d s", hook, DEADLINE_S);
		perf_buffer__poll(buffer, 0);
		while (hook < end && seen[hook])
			hook++;
	}
}

/* A machine that is busy with other things must not end programs half-way. */
static void set_budget(const char *ms)
{
	FILE *file = fopen("/proc/sys/kernel/rex/budget_ms", "w");

	if (!file || fputs(ms, file) < 0 || fclose(file))
		die("budget: %m");
}

static void check_probes(void)
{
	unsigned long long dup_at = kallsyms("__x64_sys_dup");
	unsigned long long probed_at = (unsigned long)probed;
	const struct event *e = &events[SYSCALL_START];
	struct stat root;

	check(e->func_ip == dup_at, "dup starts at %llx, not %llx", dup_at,
	      e->func_ip);
	check(!strcmp(e->text, "__x64_sys_dup"), "%%ps says %s", e->text);
	check(e->value, "no cgroup");
	check(e->stack[0] - dup_at < 16, "stack starts at %llx", e->stack[0]);
	check(stack_has(e->kernel_stack, dup_at, 16), "kernel stack %lld",
	      e->kernel_stack);

	e = &events[SYSCALL_END];
	check(e->func_ip == dup_at, "dup ends at %llx", e->func_ip);
	check(e->value == events[NONE].value, "dup returned %llu, not %llu",
	      events[NONE].value, e->value);

	e = &events[FUNCTION_START];
	check(e->func_ip == probed_at, "func ip %llx", e->func_ip);
	check(e->value == sizeof(e->text) &&
		      !strncmp(e->text, NAME, sizeof(e->text) - 1) &&
		      !e->text[sizeof(e->text) - 1],
	      "name is %.32s, %llu bytes", e->text, e->value);
	check(e->stack[0] == probed_at, "user stack starts at %llx",
	      e->stack[0]);
	check(stack_has(e->user_stack, probed_at, 1), "user stack %lld",
	      e->user_stack);

	e = &events[FUNCTION_END];
	check(e->value == WORD, "the function's word is %llx", e->value);

	e = &events[TRACEPOINT];
	if (stat("/sys/fs/cgroup", &root))
		die("/sys/fs/cgroup: %m");
	check(e->value == root.st_ino, "root cgroup is %llu, not %llu",
	      (unsigned long long)root.st_ino, e->value);
	check(e->kernel_stack >= 0 && e->user_stack >= 0, "stacks %lld %lld",
	      e->kernel_stack, e->user_stack);
	check(e->stack[0], "no user stack");

	for (int hook = SYSCALL_START; hook < HOOKS; hook++)
		check(events[hook].cookie == COOKIE + hook,
		      "hook %d: cookie %llx", hook, events[hook].cookie);
	for (int hook = SYSCALL_START; hook < SAMPLE; hook++)
		check(seen[hook] == 1, "hook %d ran %d times", hook,
		      seen[hook]);
}

static void check_sample(void)
{
	const struct event *e = &events[SAMPLE];
	static const char zeros[8];

	check(e->value == PERIOD, "period %llu", e->value);
	check(e->func_ip, "no instruction pointer");
	check(e->user_stack >= 0 || e->kernel_stack >= 0, "stacks %lld %lld",
	      e->kernel_stack, e->user_stack);
	check(!e->stack[0] && e->stack[1] >= PERIOD,
	      "counter: error %lld, value %llu", (long long)e->stack[0],
	      e->stack[1]);
	check(!memcmp(e->text, zeros, sizeof(zeros)),
	      "the event has an address");
	check(seen[SAMPLE] <= SAMPLES, "%d samples", seen[SAMPLE]);
}

static void check_exec(void)
{
	const struct event *e = &events[EXEC];

	check(e->value == (__u64)started, "process %d started, not %llu",
	      started, e->value);
	check(!strcmp(e->text, FILE_NAME), "%.32s was started", e->text);
}

static void wait_for_signal(void)
{
	time_t end = time(NULL) + DEADLINE_S;

	while (!signals && time(NULL) <= end)
		;
	check(signals == 1, "%d signals", signals);
}

static void check_signal(void)
{
	signal(SIGUSR1, on_signal);
	getpgid(0);
	wait_for_signal();
}

/* The signal is for the thread that makes the call, not for its process. */
static void *get_signal(unused void *arg)
{
	signals = 0;
	getsid(0);
	wait_for_signal();
	check(signalled_thread == gettid(), "thread %d has the signal, not %d",
	      signalled_thread, gettid());
	return NULL;
}

static void check_signal_of_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, get_signal, NULL))
		die("pthread_create: %m");
	pthread_join(thread, NULL);
}

int main(void)
{
	struct rex_object *obj = rex_object__open(OBJECT, NULL);
	struct perf_buffer *buffer;
	__u32 target = 0, samples = 1;
	__u64 value = getpid();
	int settings_fd;

	if (!obj || rex_object__load(obj))
		return 1;
	set_budget("1000");
	if (dup2(STDIN_FILENO, FD) < 0)
		die("dup2: %m");
	settings_fd =
		bpf_object__find_map_fd_by_name(rex_object__bpf_object(obj),
						"settings");
	stacks_fd = bpf_object__find_map_fd_by_name(rex_object__bpf_object(obj),
						    "STACKS");
	buffer =
		perf_buffer__new(bpf_object__find_map_fd_by_name(rex_object__bpf_object(
									 obj),
								 "EVENTS"),
				 8, on_event, on_lost, NULL, NULL);
	if (!buffer)
		die("perf buffer: %m");
	attach_probes(obj);
	bpf_map_update_elem(settings_fd, &target, &value, BPF_ANY);
	trigger();
	wait_for(buffer, SYSCALL_START, SAMPLE);
	attach_samples(obj);
	value = SAMPLES;
	bpf_map_update_elem(settings_fd, &samples, &value, BPF_ANY);
	wait_for(buffer, SAMPLE, HOOKS);
	check_probes();
	check_sample();
	check_exec();
	check_signal();
	check_signal_of_thread();
	set_budget("10");
	perf_buffer__free(buffer);
	rex_object__close(obj);
	return !!checks_failed;
}
