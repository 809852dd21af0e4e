// SPDX-License-Identifier: GPL-2.0
/*
 * The types of programs that extensions can be.
 */
#include <linux/bits.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/kernel.h>
#include <uapi/linux/pkt_cls.h>

#include "object.h"
#include "prog.h"

static const struct rex_prog_type rex_prog_types[] = {
	[BPF_PROG_TYPE_KPROBE] = {
		.ops		= &kprobe_prog_ops,
		.verifier_ops	= &kprobe_verifier_ops,
		.cap		= CAP_PERFMON,
		.default_verdict = 0,
		.attach_types	= BIT_ULL(0) | BIT_ULL(BPF_TRACE_KPROBE_MULTI) |
				  BIT_ULL(BPF_TRACE_UPROBE_MULTI),
	},
	[BPF_PROG_TYPE_TRACEPOINT] = {
		.ops		= &tracepoint_prog_ops,
		.verifier_ops	= &tracepoint_verifier_ops,
		.cap		= CAP_PERFMON,
		.default_verdict = 0,
		.attach_types	= BIT_ULL(0),
	},
	[BPF_PROG_TYPE_PERF_EVENT] = {
		.ops		= &perf_event_prog_ops,
		.verifier_ops	= &perf_event_verifier_ops,
		.cap		= CAP_PERFMON,
		.default_verdict = 0,
		.attach_types	= BIT_ULL(0) | BIT_ULL(BPF_PERF_EVENT),
	},
	[BPF_PROG_TYPE_XDP] = {
		.ops		= &xdp_prog_ops,
		.verifier_ops	= &xdp_verifier_ops,
		.cap		= CAP_NET_ADMIN,
		.default_verdict = XDP_PASS,
		.attach_types	= BIT_ULL(0) | BIT_ULL(BPF_XDP),
	},
	[BPF_PROG_TYPE_SCHED_CLS] = {
		.ops		= &tc_cls_act_prog_ops,
		.verifier_ops	= &tc_cls_act_verifier_ops,
		.cap		= CAP_NET_ADMIN,
		.default_verdict = TC_ACT_UNSPEC,
		.attach_types	= BIT_ULL(0) | BIT_ULL(BPF_TCX_INGRESS) |
				  BIT_ULL(BPF_TCX_EGRESS),
	},
};

/**
 * rex_prog_type_find() - look up a type of program
 * @type: enum bpf_prog_type, or any other number
 *
 * Context: any.
 * Return: the type, or NULL if extensions can't be of it.
 */
const struct rex_prog_type *rex_prog_type_find(u32 type)
{
	if (type >= ARRAY_SIZE(rex_prog_types) || !rex_prog_types[type].ops)
		return NULL;
	return &rex_prog_types[type];
}

/**
 * rex_prog_default_verdict() - what a program returns that did not finish
 * @prog: the program
 *
 * Context: any.
 * Return: the verdict.
 */
u32 rex_prog_default_verdict(const struct bpf_prog *prog)
{
	return prog->aux->rex->type->default_verdict;
}
