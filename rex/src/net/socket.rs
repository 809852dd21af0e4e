// SPDX-License-Identifier: GPL-2.0
//! Sockets.

use core::marker::PhantomData;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use core::ops::Deref;
use core::ptr::NonNull;

use crate::ffi::{self, sock};
use crate::held::{Held, Resource};
use crate::layout::{self, sock as fields, sock_common as common};
use crate::plain::PlainData;
use crate::utils::{OneInvocation, u16be};

/// The addresses and ports of a packet, by which its socket is looked up.
#[derive(Clone, Copy, Debug)]
#[repr(align(4))]
pub struct SockTuple {
    /// The kernel's `struct bpf_sock_tuple`.
    bytes: [u8; 36],
    len: u32,
}

impl SockTuple {
    /// Of an IPv4 packet.
    pub fn v4(source: SocketAddrV4, destination: SocketAddrV4) -> Self {
        let (s, d) = (source.ip().octets(), destination.ip().octets());
        Self::new(&s, &d, source.port(), destination.port())
    }

    /// Of an IPv6 packet.
    pub fn v6(source: SocketAddrV6, destination: SocketAddrV6) -> Self {
        let (s, d) = (source.ip().octets(), destination.ip().octets());
        Self::new(&s, &d, source.port(), destination.port())
    }

    fn new(source: &[u8], destination: &[u8], sport: u16, dport: u16) -> Self {
        let mut bytes = [0; 36];
        let parts = [
            source,
            destination,
            &sport.to_be_bytes(),
            &dport.to_be_bytes(),
        ];
        let all = parts.into_iter().flatten();
        let mut len = 0;
        for (to, from) in bytes.iter_mut().zip(all) {
            *to = *from;
            len += 1;
        }
        Self { bytes, len }
    }

    /// Where it is, and how many bytes of it count.
    pub(crate) fn parts(&self) -> (*const core::ffi::c_void, u32) {
        (self.bytes.as_ptr().cast(), self.len)
    }
}

/// A socket: what packets are received by and sent from.
///
/// # Invariants
///
/// The kernel's socket lives as long as this.
pub struct Socket<'a> {
    sock: NonNull<sock>,
    _lent: PhantomData<&'a ()>,
    _invocation: OneInvocation,
}

impl Socket<'_> {
    /// # Safety
    ///
    /// The socket lives as long as the value.
    pub(crate) unsafe fn new(sock: NonNull<sock>) -> Self {
        Self {
            sock,
            _lent: PhantomData,
            _invocation: PhantomData,
        }
    }

    /// `AF_INET`, `AF_INET6` or another family.
    pub fn family(&self) -> u16 {
        const AT: usize = common::skc_family.holding::<u16>();
        // SAFETY: the field is a u16.
        unsafe { self.read(AT) }
    }

    /// The state: `BPF_TCP_*`.
    pub fn state(&self) -> u8 {
        const AT: usize = common::skc_state.holding::<u8>();
        // SAFETY: the field is a u8.
        unsafe { self.read(AT) }
    }

    /// The interface that the socket is bound to, or 0.
    pub fn bound_dev_if(&self) -> u32 {
        const AT: usize = common::skc_bound_dev_if.holding::<u32>();
        // SAFETY: the field is an int.
        unsafe { self.read(AT) }
    }

    /// The local port.
    pub fn src_port(&self) -> u16 {
        const AT: usize = common::skc_num.holding::<u16>();
        // SAFETY: the field is a u16.
        unsafe { self.read(AT) }
    }

    /// The peer's port.
    pub fn dst_port(&self) -> u16 {
        const AT: usize = common::skc_dport.holding::<u16be>();
        // SAFETY: the field is a big-endian u16.
        unsafe { self.read::<u16be>(AT) }.get()
    }

    /// The local address of an IPv4 socket.
    pub fn src_ip4(&self) -> Ipv4Addr {
        const AT: usize = common::skc_rcv_saddr.holding::<[u8; 4]>();
        // SAFETY: the field is as many bytes.
        Ipv4Addr::from(unsafe { self.read::<[u8; 4]>(AT) })
    }

    /// The peer's address of an IPv4 socket.
    pub fn dst_ip4(&self) -> Ipv4Addr {
        const AT: usize = common::skc_daddr.holding::<[u8; 4]>();
        // SAFETY: the field is as many bytes.
        Ipv4Addr::from(unsafe { self.read::<[u8; 4]>(AT) })
    }

    /// The local address of an IPv6 socket.
    pub fn src_ip6(&self) -> Ipv6Addr {
        const AT: usize = common::skc_v6_rcv_saddr.holding::<[u8; 16]>();
        // SAFETY: the field is as many bytes.
        Ipv6Addr::from(unsafe { self.read::<[u8; 16]>(AT) })
    }

    /// The peer's address of an IPv6 socket.
    pub fn dst_ip6(&self) -> Ipv6Addr {
        const AT: usize = common::skc_v6_daddr.holding::<[u8; 16]>();
        // SAFETY: the field is as many bytes.
        Ipv6Addr::from(unsafe { self.read::<[u8; 16]>(AT) })
    }

    /// Whether it is a whole socket, and not one of a connection that begins or has ended.
    pub fn is_full(&self) -> bool {
        const TIME_WAIT: u8 = 6;
        const NEW_SYN_RECV: u8 = 12;
        !matches!(self.state(), TIME_WAIT | NEW_SYN_RECV)
    }

    /// `SOCK_STREAM` and so on, of a [whole](Self::is_full) socket.
    pub fn kind(&self) -> Option<u16> {
        const AT: usize = fields::sk_type.holding::<u16>();
        // SAFETY: the field is a u16.
        self.is_full().then(|| unsafe { self.read(AT) })
    }

    /// `IPPROTO_*`, of a [whole](Self::is_full) socket.
    pub fn protocol(&self) -> Option<u16> {
        const AT: usize = fields::sk_protocol.holding::<u16>();
        // SAFETY: the field is a u16.
        self.is_full().then(|| unsafe { self.read(AT) })
    }

    /// The mark of what it sends, of a [whole](Self::is_full) socket.
    pub fn mark(&self) -> Option<u32> {
        const AT: usize = fields::sk_mark.holding::<u32>();
        // SAFETY: the field is a u32.
        self.is_full().then(|| unsafe { self.read(AT) })
    }

    /// The priority of what it sends, of a [whole](Self::is_full) socket.
    pub fn priority(&self) -> Option<u32> {
        const AT: usize = fields::sk_priority.holding::<u32>();
        // SAFETY: the field is a u32.
        self.is_full().then(|| unsafe { self.read(AT) })
    }

    /// Reads a field.
    ///
    /// # Safety
    ///
    /// A `T` is at `offset` in the kernel's `struct sock_common`, or in its `struct sock` if
    /// the socket is whole.
    unsafe fn read<T: PlainData>(&self, offset: usize) -> T {
        // SAFETY: the socket is alive, and the caller says that the field is in it.
        unsafe { layout::read(self.sock, offset) }
    }
}

// SAFETY: the look-ups put the reference into the ledger.
unsafe impl Resource for sock {
    unsafe fn release(this: NonNull<Self>) {
        // SAFETY: the caller says that the program holds a reference.
        unsafe { ffi::rex_sk_put(this.as_ptr()) }
    }
}

/// A socket that was looked up, and is kept until this is dropped.
///
/// Its methods are those of [`Socket`].
pub struct OwnedSocket {
    socket: Socket<'static>,
    _reference: Held<sock>,
}

impl OwnedSocket {
    /// Takes over the reference.
    ///
    /// # Safety
    ///
    /// The running program has just acquired it.
    pub(crate) unsafe fn new(sock: *mut sock) -> Option<Self> {
        let sock = NonNull::new(sock)?;
        // SAFETY: just acquired.
        let reference = unsafe { Held::new(sock) };
        Some(Self {
            // SAFETY: the reference keeps the socket, and lives as long.
            socket: unsafe { Socket::new(sock) },
            _reference: reference,
        })
    }
}

impl Deref for OwnedSocket {
    type Target = Socket<'static>;

    fn deref(&self) -> &Socket<'static> {
        &self.socket
    }
}
