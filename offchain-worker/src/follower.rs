//! Follows the best block of a node that may go away and come back.

use crate::{
	chain::{Chain, ChainError},
	daemon::{DaemonError, Settings},
	lease::ChainView,
};
use aitbc_primitives::{AccountId, Hash};
use futures::{FutureExt, StreamExt};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
	sync::watch,
	time::{sleep, timeout},
};

/// The newest state of the chain.
#[derive(Clone, Debug)]
pub struct Followed {
	/// The state.
	pub view: Arc<ChainView>,
	/// Counts the connections: what was sent over an earlier one may be lost.
	pub connection: u64,
}

/// Whom to follow, and how patiently.
pub struct Follower<C> {
	/// The node.
	pub chain: Arc<C>,
	/// Whose leases are read.
	pub miner: AccountId,
	/// Hash of block zero.
	pub genesis: Hash,
	/// How patiently.
	pub settings: Settings,
}

/// Publishes the view of every new best block, the newest only if they come faster than they can be
/// read. Connects again whenever the node goes away; returns only if that is of no use.
pub async fn follow<C: Chain>(
	follower: Follower<C>,
	views: watch::Sender<Option<Followed>>,
) -> DaemonError {
	let settings = follower.settings;
	let mut pause = settings.reconnect;
	for connection in 1_u64.. {
		let mut seen = false;
		let error = match follower.follow_once(connection, &views, &mut seen).await {
			DaemonError::Chain(error) if error.is_retryable() => error,
			fatal => return fatal,
		};
		if seen {
			pause = settings.reconnect;
		}
		let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
		tracing::warn!(%error, pause_ms, "lost the node, connecting again");
		sleep(pause).await;
		pause = pause.saturating_mul(2).min(settings.reconnect_max);
	}
	// More connections than can be counted.
	ChainError::Stalled { seconds: u64::MAX }.into()
}

impl<C: Chain> Follower<C> {
	async fn follow_once(
		&self,
		connection: u64,
		views: &watch::Sender<Option<Followed>>,
		seen: &mut bool,
	) -> DaemonError {
		match self.try_follow(connection, views, seen).await {
			Ok(never) => match never {},
			Err(error) => error,
		}
	}

	async fn try_follow(
		&self,
		connection: u64,
		views: &watch::Sender<Option<Followed>>,
		seen: &mut bool,
	) -> Result<std::convert::Infallible, DaemonError> {
		let Settings { request, stall, .. } = self.settings;
		let found = within(request, self.chain.genesis()).await?;
		if found != self.genesis {
			return Err(DaemonError::OtherChain { expected: self.genesis, found });
		}
		let mut heads = within(request, self.chain.heads()).await?;
		tracing::info!(connection, "following the best block");
		loop {
			let mut head = next(stall, &mut heads).await?;
			// Blocks that came meanwhile make this one's state old.
			while let Some(newer) = heads.next().now_or_never() {
				head = newer.ok_or_else(closed)??;
			}
			let view = within(request, self.chain.view(head, &self.miner)).await?;
			*seen = true;
			views.send_replace(Some(Followed { view: Arc::new(view), connection }));
		}
	}
}

async fn next(
	stall: Duration,
	heads: &mut crate::chain::Heads,
) -> Result<crate::chain::Head, ChainError> {
	within(stall, async { heads.next().await.ok_or_else(closed)? }).await
}

async fn within<T>(
	limit: Duration,
	work: impl Future<Output = Result<T, ChainError>>,
) -> Result<T, ChainError> {
	let late = |_| ChainError::Stalled { seconds: limit.as_secs() };
	timeout(limit, work).await.map_err(late)?
}

fn closed() -> ChainError {
	ChainError::Query { what: "new blocks", reason: "the subscription ended".into() }
}
