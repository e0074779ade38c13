//! The daemon a miner runs beside its GPU: it answers the leases the chain gives the miner.
//!
//! ```text
//!            best blocks                 decisions
//!  node ──▶ follower ──▶ ChainView ─┐  ┌▶ executor: inputs ─▶ engine ─▶ output ─▶ receipt ─▶ journal
//!   ▲                               ├─▶ reconcile ─▶ output to the store, once reveals are open
//!   │                        Book ──┘  └▶ commit / submit / reveal
//!   └──────────────────────────────────────────────┘
//! ```
//!
//! What to do is decided by a pure function of the chain's state and of what the worker knows
//! ([`mod@reconcile`]); events are not needed, so that missed blocks, re-organisations and restarts of
//! the node or the worker change nothing. The crash journal ([`journal`]) makes sure that no lease is
//! ever given two different answers. The data store is shared, so what a replicated job came to is not
//! put there before every replica is bound to its own answer ([`outputs`]).
//!
//! # Limits
//! A worker runs for one miner on one machine. Job data lies in a folder shared with the clients.
//! A lease whose journal record is found corrupt is left to expire. A private output that is lost or
//! damaged after its commitment is not computed again: its reveal waits for another replica to store the
//! same output.

pub mod book;
pub mod chain;
pub mod cli;
pub mod daemon;
pub mod executor;
pub mod follower;
pub mod journal;
pub mod keys;
pub mod lease;
pub mod node;
pub mod outputs;
pub mod reconcile;
pub mod state_dir;
mod worker;

pub use worker::{WorkerConfig, WorkerError, run};
