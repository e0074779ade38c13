//! Who belongs to whom. Both must agree: otherwise anybody could bar another's miners from jobs by joining
//! its group. And nobody changes sides with a lease in hand: the lease would count for one owner and the
//! next for another.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_request_owner(miner: AccountId, owner: AccountId) -> DispatchResult {
		Self::update(&miner, |info| {
			ensure!(owner != miner, Error::<T>::OwnerIsMiner);
			info.requested_owner = Some(owner.clone());
			Ok(())
		})?;
		Self::deposit_event(Event::OwnerRequested { miner, owner });
		Ok(())
	}

	pub(crate) fn do_accept_miner(owner: AccountId, miner: AccountId) -> DispatchResult {
		Self::update(&miner, |info| {
			ensure!(info.requested_owner.as_ref() == Some(&owner), Error::<T>::NotRequested);
			ensure!(info.open_leases == 0, Error::<T>::LeasesOpen);
			info.owner = info.requested_owner.take();
			Ok(())
		})?;
		Self::deposit_event(Event::OwnerJoined { miner, owner });
		Ok(())
	}

	pub(crate) fn do_leave_owner(miner: AccountId) -> DispatchResult {
		Self::update(&miner, |info| {
			let asks = info.requested_owner.is_some();
			ensure!(info.owner.is_some() || asks, Error::<T>::NoOwner);
			ensure!(info.open_leases == 0, Error::<T>::LeasesOpen);
			info.owner = None;
			info.requested_owner = None;
			Ok(())
		})?;
		Self::deposit_event(Event::OwnerLeft { miner });
		Ok(())
	}
}
