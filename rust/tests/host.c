// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program of an object in user space, where a test can measure it:
 *
 *     host OBJECT PROGRAM CTX LIMIT [count]
 *
 * The program gets a painted stack and a frame whose limit is LIMIT bytes below
 * its top. Kernel functions run on a stack of their own, so that what is
 * measured is the program's. Prints what the program prints, then
 * "<how it ended> <value>" and "used <bytes>"; with count, "took <instructions>" too. A program that takes more than
 * BUDGET is asked to end, as the kernel's watchdog does it where it can't end a
 * program itself. The object is trusted: nothing is checked that the kernel's
 * loader has to check.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <x86intrin.h>

#define STACK_SIZE (128 * 1024)
#define PANIC_STEP (8192 + 8192) /* the slack and the panic's part */
#define PAINT 0xa5
#define BUDGET 50000 /* microseconds of CPU time */
#define PATIENCE 40 /* budgets until a program is found not to poll */
#define KILL 1
#define TRAP_FLAG 0x100

struct frame {
	uint64_t stack_limit;
	uint64_t state;
};

/* What %gs points to; rex_frame's symbol value is the offset of frame. */
static struct {
	uint64_t other_variables[8];
	struct frame *frame;
} percpu;

static struct frame frame;
static char *stack;
static int panics;
static void *landing[5];
static const char *ending = "returned";

/* Symbols' values are used as the kernel would: where the call goes. */
uint64_t program_sp, kernel_sp;

/* A kernel function: saves the program's stack pointer, runs on the kernel's stack. */
#define KERNEL_FUNCTION(name)         \
	extern void name(void);       \
	asm(".text\n" #name ":\n"     \
	    "	mov %rsp, program_sp\n" \
	    "	mov kernel_sp, %rsp\n"  \
	    "	call do_" #name "\n"  \
	    "	mov program_sp, %rsp\n" \
	    "	ret\n")

KERNEL_FUNCTION(rex_stack_overflow);
KERNEL_FUNCTION(rex_panic_begin);
KERNEL_FUNCTION(rex_panic);
KERNEL_FUNCTION(rex_kill_landing);
KERNEL_FUNCTION(rex_trace_printk);
KERNEL_FUNCTION(bpf_get_smp_processor_id);
KERNEL_FUNCTION(bpf_get_current_pid_tgid);
KERNEL_FUNCTION(bpf_ktime_get_ns);

extern void return_thunk(void), indirect_thunk(void);
asm(".text\n"
    "return_thunk: ret\n"
    "indirect_thunk: call 1f\n"
    "2:	pause\n"
    "	lfence\n"
    "	jmp 2b\n"
    "1:	mov %r11, (%rsp)\n"
    "	ret\n");

static void watchdog(int signal)
{
	static const char text[] =
		"host: the program was asked to end and did not\n";
	static int overruns;

	(void)signal;
	__atomic_or_fetch(&frame.state, KILL, __ATOMIC_RELAXED);
	if (++overruns > PATIENCE) {
		(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
		_exit(3);
	}
}

static volatile sig_atomic_t instructions;

static void single_step(int signal)
{
	(void)signal;
	instructions++;
}

/* Handlers must not be seen on the stack that is measured. */
static void handle(int signal, void (*handler)(int))
{
	static char handler_stack[64 * 1024];
	const stack_t other = { .ss_sp = handler_stack,
				.ss_size = sizeof(handler_stack) };
	const struct sigaction action = { .sa_handler = handler,
					  .sa_flags = SA_ONSTACK | SA_RESTART };

	sigaltstack(&other, NULL);
	sigaction(signal, &action, NULL);
}

static void start_watchdog(void)
{
	const struct timeval budget = { .tv_usec = BUDGET };
	const struct itimerval timer = { budget, budget };

	handle(SIGVTALRM, watchdog);
	setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static void __attribute__((noreturn)) land(const char *how)
{
	ending = how;
	__builtin_longjmp(landing, 1);
}

void do_rex_stack_overflow(void)
{
	land("overflowed");
}

void do_rex_kill_landing(void)
{
	land("killed");
}

void do_rex_panic_begin(void)
{
	if (panics++)
		land("panicked twice");
	frame.stack_limit -= PANIC_STEP;
}

void do_rex_panic(const char *message, uint32_t len, const char *file,
		  uint32_t file_len, uint32_t line)
{
	printf("%.*s at %.*s:%u\n", (int)len, message, (int)file_len, file,
	       line);
	land("panicked");
}

int do_rex_trace_printk(const char *text, uint32_t len)
{
	printf("%s", text);
	return (int)len - 1;
}

uint64_t do_bpf_get_smp_processor_id(void)
{
	return 1;
}

uint64_t do_bpf_get_current_pid_tgid(void)
{
	return 87;
}

uint64_t do_bpf_ktime_get_ns(void)
{
	return 1234567;
}

static const struct {
	const char *name;
	void *value;
} symbols[] = {
	{ "rex_frame", (void *)offsetof(__typeof__(percpu), frame) },
	{ "rex_stack_overflow", rex_stack_overflow },
	{ "rex_panic_begin", rex_panic_begin },
	{ "rex_panic", rex_panic },
	{ "rex_kill_landing", rex_kill_landing },
	{ "rex_trace_printk", rex_trace_printk },
	{ "bpf_get_smp_processor_id", bpf_get_smp_processor_id },
	{ "bpf_get_current_pid_tgid", bpf_get_current_pid_tgid },
	{ "bpf_ktime_get_ns", bpf_ktime_get_ns },
	{ "__x86_return_thunk", return_thunk },
	{ "__x86_indirect_thunk_r11", indirect_thunk },
};

static void *symbol_value(const char *name)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (!strcmp(symbols[i].name, name))
			return symbols[i].value;
	fprintf(stderr, "host: unknown symbol %s\n", name);
	exit(2);
}

static char *read_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st)) {
		perror(path);
		exit(2);
	}
	return mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
}

static void relocate(char *image, const char *file, const Elf64_Shdr *sections,
		     const Elf64_Shdr *table)
{
	const Elf64_Shdr *symtab = &sections[table->sh_link];
	const Elf64_Sym *syms = (void *)(file + symtab->sh_offset);
	const char *names = file + sections[symtab->sh_link].sh_offset;
	const Elf64_Rela *rela = (void *)(file + table->sh_offset);

	for (size_t i = 0; i < table->sh_size / sizeof(*rela); i++, rela++) {
		const Elf64_Sym *sym = &syms[ELF64_R_SYM(rela->r_info)];
		char *place = image + rela->r_offset;

		if (table->sh_flags & SHF_ALLOC) {
			if (ELF64_R_TYPE(rela->r_info) == R_X86_64_RELATIVE)
				*(char **)place = image + rela->r_addend;
			else if (ELF64_R_TYPE(rela->r_info) ==
				 R_X86_64_GLOB_DAT)
				*(void **)place =
					symbol_value(names + sym->st_name);
		} else if (sym->st_shndx == SHN_UNDEF && sym->st_name &&
			   ELF64_R_TYPE(rela->r_info) == R_X86_64_PLT32) {
			char *target = symbol_value(names + sym->st_name);

			*(int32_t *)place =
				(int32_t)(target + rela->r_addend - place);
		}
	}
}

/* Maps and relocates the object; returns the entry of a program. */
static void *load(const char *path, const char *program)
{
	const char *file = read_file(path);
	const Elf64_Ehdr *header = (void *)file;
	const Elf64_Phdr *segment = (void *)(file + header->e_phoff);
	const Elf64_Shdr *sections = (void *)(file + header->e_shoff);
	const char *names = file + sections[header->e_shstrndx].sh_offset;
	void *entry = NULL;

	/* Near this program's own code, as the kernel's modules are near the kernel. */
	char *image = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	for (int i = 0; i < header->e_phnum; i++, segment++)
		if (segment->p_type == PT_LOAD)
			memcpy(image + segment->p_vaddr,
			       file + segment->p_offset, segment->p_filesz);

	for (int i = 0; i < header->e_shnum; i++) {
		const Elf64_Shdr *table = &sections[i];

		if (table->sh_type == SHT_RELA &&
		    ((table->sh_flags & SHF_ALLOC) ||
		     (sections[table->sh_info].sh_flags & SHF_EXECINSTR)))
			relocate(image, file, sections, table);
	}
	for (int i = 0; i < header->e_shnum; i++) {
		if (strcmp(names + sections[i].sh_name, ".rex.progs"))
			continue;
		for (char *prog = image + sections[i].sh_addr;
		     prog < image + sections[i].sh_addr + sections[i].sh_size;
		     prog += 216)
			if (!strcmp(prog, program))
				entry = *(void **)(prog + 208);
	}
	if (!entry) {
		fprintf(stderr, "host: %s has no program %s\n", path, program);
		exit(2);
	}
	return entry;
}

static uint32_t call(void *entry, uint64_t ctx, char *top)
{
	uint32_t result;

	asm volatile("mov %%rsp, %%r12\n\tmov %3, %%rsp\n\tcall *%2\n\tmov %%r12, %%rsp"
		     : "=a"(result), "+D"(ctx)
		     : "r"(entry), "r"(top)
		     : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12",
		       "memory", "cc");
	return result;
}

int main(int argc, char **argv)
{
	volatile uint32_t result = 0;
	size_t unused = 0;

	if (argc < 5) {
		fprintf(stderr,
			"usage: host OBJECT PROGRAM CTX LIMIT [count]\n");
		return 2;
	}
	void *entry = load(argv[1], argv[2]);
	char *stacks = mmap(NULL, 2 * STACK_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *top = stacks + STACK_SIZE;

	stack = stacks;
	memset(stack, PAINT, STACK_SIZE);
	kernel_sp = (uint64_t)(stacks + 2 * STACK_SIZE);
	frame.stack_limit = (uint64_t)top - strtoull(argv[4], NULL, 0);
	percpu.frame = &frame;
	syscall(SYS_arch_prctl, ARCH_SET_GS, &percpu);
	start_watchdog();
	handle(SIGTRAP, single_step);
	uint64_t ctx = strtoull(argv[3], NULL, 0);

	if (!__builtin_setjmp(landing)) {
		if (argc > 5)
			__writeeflags(__readeflags() | TRAP_FLAG);
		result = call(entry, ctx, top);
	}
	__writeeflags(__readeflags() & ~TRAP_FLAG);
	while (unused < STACK_SIZE && (uint8_t)stack[unused] == PAINT)
		unused++;
	printf("%s %u\nused %zu\n", ending, result, STACK_SIZE - unused);
	if (argc > 5)
		printf("took %d\n", instructions);
	return 0;
}
