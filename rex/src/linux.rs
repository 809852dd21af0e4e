// SPDX-License-Identifier: GPL-2.0
//! Constants and structs of the kernel's interface to user space.
//!
//! Made by bindgen from the headers of the kernel that this is built for, once for
//! all extensions (`make -C rex`).

macro_rules! headers {
    ($($name:ident $header:literal $file:literal)*) => {$(
        #[doc = concat!("`<", $header, ">`")]
        #[allow(
            missing_docs, non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code,
            unsafe_op_in_unsafe_fn, unnecessary_transmutes,
            reason = "generated, with the kernel's names"
        )]
        #[allow(clippy::all, clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block)]
        pub mod $name {
            include!(concat!(env!("OUT_DIR"), "/", $file));
        }
    )*};
}

headers! {
    bpf "linux/bpf.h" "bpf.rs"
    errno "linux/errno.h" "errno.rs"
    if_ether "linux/if_ether.h" "if_ether.rs"
    r#in "linux/in.h" "in.rs"
    ip "linux/ip.h" "ip.rs"
    ipv6 "linux/ipv6.h" "ipv6.rs"
    perf_event "linux/perf_event.h" "perf_event.rs"
    pkt_cls "linux/pkt_cls.h" "pkt_cls.rs"
    ptrace "linux/ptrace.h" "ptrace.rs"
    seccomp "linux/seccomp.h" "seccomp.rs"
    tcp "linux/tcp.h" "tcp.rs"
    udp "linux/udp.h" "udp.rs"
    unistd "linux/unistd.h" "unistd.rs"
}
