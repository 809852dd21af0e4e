// SPDX-License-Identifier: GPL-2.0
// What belongs to an invocation and can't leave it, or can't be made by a program.

//# program object for ever: `program` escapes the closure body
#[rex_kprobe] fn p(obj: &'static kprobe, ctx: &PtRegs) -> Result { Ok(0) }

//# registers for ever: `context` escapes the closure body
#[rex_kprobe] fn p(obj: &kprobe, ctx: &'static mut PtRegs) -> Result { Ok(0) }

//# value for longer than the program: explicit lifetime required in the type of `obj`
#[rex_map] static M: RexHashMap<u32, u64> = RexHashMap::new(1, 0);
fn f<'a>(obj: &kprobe, key: &'a u32) -> Option<&'a mut u64> { obj.bpf_map_lookup_elem(&M, key) }

//# value for ever, by a key that is: lifetime may not live long enough
#[rex_map] static M: RexHashMap<u32, u64> = RexHashMap::new(1, 0);
fn f(obj: &kprobe) -> Option<&'static mut u64> { obj.bpf_map_lookup_elem(&M, &7) }

//# tracepoint record in a static: cannot be shared between threads safely
struct Keeper<T>(core::marker::PhantomData<fn(T)>);
impl<T: Sync + 'static> Keeper<T> { fn keep(_: &'static T) {} }
#[rex_tracepoint] fn p(obj: &tracepoint<SyscallsEnterDupCtx>, ctx: &'static SyscallsEnterDupCtx) -> Result {
    Keeper::keep(ctx);
    Ok(0)
}

//# task in a static: cannot be sent between threads safely
fn keep<T: Send>(_: T) {}
fn f(obj: &kprobe) { keep(obj.bpf_get_current_task()) }

//# program object in a static: cannot be shared between threads safely
fn keep<T: Send>(_: T) {}
fn f(obj: &kprobe) { keep(obj) }

//# registers in a static: cannot be shared between threads safely
fn keep<T: Sync>(_: &T) {}
fn f(ctx: &PtRegs) { keep(ctx) }

//# registers that outlive their task: cannot return value referencing function parameter `task`
fn f(task: TaskStruct) -> &'static PtRegs { task.get_pt_regs() }

//# made program object: kprobe` with struct literal syntax due to private fields
fn f() { let obj = kprobe {}; }

//# made registers: cannot construct `PtRegs` with struct literal syntax due to private fields
fn f() { let regs = PtRegs {}; }

//# copied task: no method named `clone` found for struct `TaskStruct`
fn f(task: TaskStruct) { task.clone(); }

//# registers to override that are not the context's: expected mutable reference
fn f(obj: &kprobe, task: &TaskStruct) { obj.bpf_override_return(task.get_pt_regs(), 0); }

//# written register: cannot assign
fn f(ctx: &mut PtRegs) { ctx.rdi() = 1; }

//# lock guard in a static: cannot be shared between threads safely
static KEPT: core::cell::RefCell<Option<rex_spinlock_guard<'static>>> = core::cell::RefCell::new(None);

//# sent lock guard: cannot be sent between threads safely
fn keep<T: Send>(_: T) {}
fn f(lock: &mut bpf_spin_lock) { keep(rex_spinlock_guard::new(lock)) }

//# lock guard that outlives its lock: lifetime may not live long enough
fn f<'a>(lock: &'a mut bpf_spin_lock) -> rex_spinlock_guard<'static> { rex_spinlock_guard::new(lock) }

//# lock that is used while it is held: cannot borrow `value.lock` as mutable more than once at a time
fn f(value: &mut Locked) {
    let guard = rex_spinlock_guard::new(&mut value.lock);
    rex_spinlock_guard::new(&mut value.lock);
    drop(guard);
}

//# value that is replaced while its lock is held: cannot assign to `*value` because it is borrowed
fn f(value: &mut Locked) {
    let guard = rex_spinlock_guard::new(&mut value.lock);
    *value = Locked { lock: bpf_spin_lock::default(), count: 0 };
    drop(guard);
}

//# copied lock guard: spinlock::rex_spinlock_guard<'a>` in the current scope
fn f(lock: &mut bpf_spin_lock) { rex_spinlock_guard::new(lock).clone(); }

//# owned task in a static: cannot be shared between threads safely
static KEPT: core::cell::OnceCell<OwnedTaskStruct> = core::cell::OnceCell::new();

//# sent owned task: cannot be sent between threads safely
fn keep<T: Send>(_: T) {}
fn f() { keep(OwnedTaskStruct::from_pid(1)) }

//# task that outlives its reference: cannot move out of dereference of `OwnedTaskStruct`
fn f(task: OwnedTaskStruct) -> TaskStruct { *task }

//# registers that outlive the task's reference: cannot return value referencing function parameter `task`
fn f(task: OwnedTaskStruct) -> &'static PtRegs { task.get_pt_regs() }

//# record after submit: borrow of moved value: `entry`
fn f(mut entry: RexRingBufEntry) { entry.submit(0); entry[0] = 1; }

//# record after discard: borrow of moved value: `entry`
fn f(mut entry: RexRingBufEntry) { entry.discard(0); entry.fill(1); }

//# record submitted twice: use of moved value: `entry`
fn f(entry: RexRingBufEntry) { entry.submit(0); entry.submit(0); }

//# record submitted while its bytes are used: cannot move out of `entry` because it is borrowed
fn f(entry: RexRingBufEntry) -> u8 { let bytes = &entry[..]; entry.submit(0); bytes[0] }

//# record across invocations: cannot be shared between threads safely
static KEPT: core::cell::RefCell<Option<RexRingBufEntry>> = core::cell::RefCell::new(None);

//# sent record: cannot be sent between threads safely
fn keep<T: Send>(_: T) {}
fn f(entry: RexRingBufEntry) { keep(entry) }

//# sample that outlives the program: `context` escapes the closure body
#[rex_perf_event] fn p(obj: &perf_event, ctx: &'static bpf_perf_event_data) -> Result { Ok(0) }

//# registers that outlive the sample: lifetime may not live long enough
fn f<'a>(ctx: &'a bpf_perf_event_data) -> &'static PtRegs { ctx.regs() }

//# made sample: cannot construct `rex::perf_event::bpf_perf_event_data` with struct literal syntax due to private fields
fn f() { let data = bpf_perf_event_data {}; }
