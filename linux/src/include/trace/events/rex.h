/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM rex

#if !defined(_TRACE_REX_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_REX_H

#include <linux/tracepoint.h>

#define REX_EXIT_KINDS				\
	EM(REX_EXIT_PANIC, "panic")		\
	EM(REX_EXIT_FAULT, "fault")		\
	EMe(REX_EXIT_TIMEOUT, "timeout")

#undef EM
#undef EMe
#define EM(a, b)	TRACE_DEFINE_ENUM(a);
#define EMe(a, b)	TRACE_DEFINE_ENUM(a);
REX_EXIT_KINDS

#undef EM
#undef EMe
#define EM(a, b)	{ a, b },
#define EMe(a, b)	{ a, b }

/**
 * rex_exit - a program ended other than by returning
 * @id: id of the program
 * @object: name of the object it is in
 * @prog: its name
 * @kind: enum rex_exit_kind
 * @reason: the panic's message, or what was the matter
 */
TRACE_EVENT(rex_exit,
	TP_PROTO(u32 id, const char *object, const char *prog, u32 kind,
		 const char *reason),

	TP_ARGS(id, object, prog, kind, reason),

	TP_STRUCT__entry(
		__field(u32, id)
		__string(object, object)
		__string(prog, prog)
		__field(u32, kind)
		__string(reason, reason)
	),

	TP_fast_assign(
		__entry->id = id;
		__assign_str(object);
		__assign_str(prog);
		__entry->kind = kind;
		__assign_str(reason);
	),

	TP_printk("id=%u prog=%s/%s kind=%s reason=%s", __entry->id,
		  __get_str(object), __get_str(prog),
		  __print_symbolic(__entry->kind, REX_EXIT_KINDS),
		  __get_str(reason))
);

#endif /* _TRACE_REX_H */

#include <trace/define_trace.h>
