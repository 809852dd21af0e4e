// SPDX-License-Identifier: GPL-2.0
//! The fast path of a replicated log (Multi-Paxos, or viewstamped replication) in the kernel.
//!
//! The leader numbers operations and sends each to the followers, PREPARE; a follower puts it
//! into its log and answers, PREPARE_OK; when a majority has it, it is decided. What of this is
//! the same for each operation runs here, so that the replicas' programs
//! sleep meanwhile:
//!
//! - `broadcast` (tc, leader): the program sends one PREPARE, to the first follower. It
//!   is cloned for each of the others.
//! - `acknowledge` (XDP, follower): the operation that comes next goes into a ring buffer,
//!   which the program reads when it can, and PREPARE_OK goes back at once.
//! - `quorum` (XDP, leader): PREPARE_OKs are counted, and the program gets one: that which
//!   makes the operation decided.
//!
//! All else is passed to the programs: other views, operations out of order, messages that
//! are damaged. What is lost, they send again.
//!
//! The idea is that of Electrode (Zhou et al., NSDI 2023). It is for IPv4.
#![no_std]
#![no_main]

mod acknowledge;
mod broadcast;
mod config;
mod message;
mod quorum;
