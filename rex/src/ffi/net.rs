// SPDX-License-Identifier: GPL-2.0
//! Those of network programs.

use core::ffi::c_void;

use super::bpf_map;

/// The kernel's `struct xdp_buff`.
#[repr(C)]
pub struct xdp_buff {
    _opaque: [u8; 0],
}

/// The kernel's `struct xdp_rxq_info`.
#[repr(C)]
pub struct xdp_rxq_info {
    _opaque: [u8; 0],
}

/// The kernel's `struct sk_buff`.
#[repr(C)]
pub struct sk_buff {
    _opaque: [u8; 0],
}

/// The kernel's `struct net_device`.
#[repr(C)]
pub struct net_device {
    _opaque: [u8; 0],
}

/// The kernel's `struct sock`, or another that starts with a `struct sock_common`.
#[repr(C)]
pub struct sock {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    // What a program can hold
    pub fn rex_xdp_sk_lookup_tcp(
        xdp: *mut xdp_buff,
        tuple: *const c_void,
        len: u32,
        netns: u64,
    ) -> *mut sock;
    pub fn rex_xdp_sk_lookup_udp(
        xdp: *mut xdp_buff,
        tuple: *const c_void,
        len: u32,
        netns: u64,
    ) -> *mut sock;
    pub fn rex_tc_sk_lookup_tcp(
        skb: *mut sk_buff,
        tuple: *const c_void,
        len: u32,
        netns: u64,
    ) -> *mut sock;
    pub fn rex_tc_sk_lookup_udp(
        skb: *mut sk_buff,
        tuple: *const c_void,
        len: u32,
        netns: u64,
    ) -> *mut sock;
    pub fn rex_sk_put(sk: *mut sock);

    // Packets in XDP programs
    pub fn bpf_xdp_adjust_head(xdp: *mut xdp_buff, offset: i64) -> u64;
    pub fn bpf_xdp_adjust_tail(xdp: *mut xdp_buff, offset: i64) -> u64;
    pub fn bpf_xdp_adjust_meta(xdp: *mut xdp_buff, offset: i64) -> u64;
    pub fn bpf_xdp_get_buff_len(xdp: *mut xdp_buff) -> u64;
    pub fn bpf_xdp_load_bytes(xdp: *mut xdp_buff, offset: u64, buf: *mut c_void, len: u64) -> u64;
    pub fn bpf_xdp_store_bytes(
        xdp: *mut xdp_buff,
        offset: u64,
        buf: *const c_void,
        len: u64,
    ) -> u64;
    pub safe fn bpf_xdp_redirect(ifindex: u64, flags: u64) -> u64;
    pub fn bpf_xdp_redirect_map(map: *mut bpf_map, key: u64, flags: u64) -> u64;
    pub fn bpf_xdp_fib_lookup(xdp: *mut xdp_buff, params: *mut c_void, len: u64, flags: u64)
    -> u64;

    // Packets in tc programs
    pub fn bpf_skb_load_bytes(skb: *mut sk_buff, offset: u64, to: *mut c_void, len: u64) -> u64;
    pub fn bpf_skb_store_bytes(
        skb: *mut sk_buff,
        offset: u64,
        from: *const c_void,
        len: u64,
        flags: u64,
    ) -> u64;
    pub fn bpf_skb_pull_data(skb: *mut sk_buff, len: u64) -> u64;
    pub fn bpf_skb_change_head(skb: *mut sk_buff, len: u64, flags: u64) -> u64;
    pub fn bpf_skb_change_tail(skb: *mut sk_buff, len: u64, flags: u64) -> u64;
    pub fn bpf_l3_csum_replace(
        skb: *mut sk_buff,
        offset: u64,
        from: u64,
        to: u64,
        flags: u64,
    ) -> u64;
    pub fn bpf_l4_csum_replace(
        skb: *mut sk_buff,
        offset: u64,
        from: u64,
        to: u64,
        flags: u64,
    ) -> u64;
    pub fn bpf_csum_update(skb: *mut sk_buff, csum: u64) -> u64;
    pub fn bpf_clone_redirect(skb: *mut sk_buff, ifindex: u64, flags: u64) -> u64;
    pub safe fn bpf_redirect(ifindex: u64, flags: u64) -> u64;
    pub fn bpf_get_hash_recalc(skb: *mut sk_buff) -> u64;
    pub fn bpf_set_hash_invalid(skb: *mut sk_buff) -> u64;
    pub fn bpf_skb_fib_lookup(skb: *mut sk_buff, params: *mut c_void, len: u64, flags: u64) -> u64;
    pub fn rex_skb_napi_id(skb: *mut sk_buff) -> u32;

    // Packets in both
    pub fn bpf_csum_diff(
        from: *const c_void,
        from_size: u64,
        to: *const c_void,
        to_size: u64,
        seed: u64,
    ) -> u64;
}
