//! Typed client of the AITBC chain over JSON-RPC.
//!
//! A [`chain::Chain`] is a connection that comes back when it breaks; a [`chain::View`] is the state
//! at one block. What the chain stores is read as the types of `aitbc-primitives`, and calls take
//! them. [`calls`] builds a call, [`chain::Chain::submit`] sends it; where there is more to do, such as a
//! consent to sign or an answer to read, the module of the thing has a method for it. Extrinsics are
//! mortal, their nonce counts what waits in the pool, and sending waits until the call is in a block and
//! has succeeded there.
//!
//! [`wallet`] keeps keys encrypted; [`receipts`] and [`results`] check what miners say without a chain; [`amount`] and
//! [`account`] read and write what people do.
//!
//! ```no_run
//! use aitbc_client::{account::parse_address, chain::{Chain, ChainOptions}};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let chain = Chain::connect("ws://127.0.0.1:9944", ChainOptions::default()).await?;
//! let account = parse_address("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")?;
//! let balance = chain.at_best().await?.balance(&account).await?;
//! println!("{} planck", balance.free);
//! # Ok(())
//! # }
//! ```
//!
//! Limits: a node is trusted for what it says about the chain (no light client); only what is used
//! of the runtime is covered, see [`schema`].

pub mod account;
pub mod amount;
pub mod balances;
pub mod calls;
pub mod chain;
pub mod earnings;
pub mod errors;
pub mod jobs;
pub mod market;
pub mod miners;
pub mod receipts;
pub mod results;
pub mod schema;
pub mod stakes;
pub mod wallet;
