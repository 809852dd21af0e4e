// SPDX-License-Identifier: GPL-2.0
// What looks as if it could do harm, and can't; docs/rust-subset.md says why.

#[derive(Clone, Copy)] struct Sample { weight: f32, count: u64 }
#[rex_map] static SAMPLES: RexArrayMap<Sample> = RexArrayMap::new(1, 0);
#[rex_map] static LOCKS: RexArrayMap<bpf_spin_lock> = RexArrayMap::new(2, 0);

#[rex_kprobe] fn floats_as_data(_: &kprobe, ctx: &PtRegs) -> Result {
    let weight = SAMPLES.get(&0).map_or(1.5, |sample| sample.weight);
    SAMPLES.insert(&0, &Sample { weight, count: ctx.rdi() })
}

#[rex_kprobe] fn forgotten_guards(_: &kprobe, _: &PtRegs) -> Result {
    core::mem::forget(rex_spinlock_guard::new(LOCKS.get_mut(&0).ok_or(0)?));
    let _ = core::mem::ManuallyDrop::new(rex_spinlock_guard::new(LOCKS.get_mut(&1).ok_or(0)?));
    Ok(0)
}

static COUNT: core::sync::atomic::AtomicU64 = core::sync::atomic::AtomicU64::new(0);

#[rex_kprobe] fn counting_static(_: &kprobe, _: &PtRegs) -> Result {
    Ok(COUNT.fetch_add(1, core::sync::atomic::Ordering::Relaxed) as i32)
}
