// SPDX-License-Identifier: GPL-2.0
//! Prints where each CPU is, some times a second, at the ticks of a software clock.
#![no_std]
#![no_main]

use rex::perf_event::{bpf_perf_event_data, perf_event};
use rex::{Result, rex_perf_event, rex_printk};

#[rex_perf_event]
fn on_sample(obj: &perf_event, ctx: &bpf_perf_event_data) -> Result {
    let cpu = obj.bpf_get_smp_processor_id();
    rex_printk!("@NAME@: CPU {cpu} is at {:#x}", ctx.regs().rip())
}
