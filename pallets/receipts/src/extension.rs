//! What the pool is told about receipts.

use crate::*;
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{
	dispatch::{DispatchInfo, PostDispatchInfo},
	traits::IsSubType,
};
use scale_info::{StaticTypeInfo, Type};
use sp_runtime::{
	traits::{
		DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
		TransactionExtension, TransactionExtensionMetadata, ValidateResult,
	},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
};

/// Gives calls that pay no fee because they answer the signer's own leases a [`Lane`] in the pool.
///
/// It stands in the place of the extension that checks the nonce, and wraps it:
/// `PrioritiseReceipts<Runtime, CheckNonce<Runtime>>`. Only that one knows whether a transaction is the
/// next of its account. The next goes before every transaction that pays; one that waits for others
/// does not, or a single lease would buy any number of places in the pool. Where nothing is wrapped that
/// tells, none does. Either way it provides a tag for each step of each lease, so that of several
/// transactions that take one step the pool keeps one.
///
/// Anything else is untouched, also such a call within another one (`utility`, `proxy`, `multisig`, `sudo`):
/// that is not free either. Within a block there is nothing to order, and nothing is looked up.
///
/// Its weight is that of what it wraps and that of finding out whether a receipt is free, which is done
/// for the fee, and which nobody else accounts for. In encoding and metadata it is what it wraps: signers need
/// not know it.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq)]
pub struct PrioritiseReceipts<T, S>(pub S, PhantomData<T>);

impl<T, S: StaticTypeInfo> TypeInfo for PrioritiseReceipts<T, S> {
	type Identity = S;

	fn type_info() -> Type {
		S::type_info()
	}
}

impl<T, S> From<S> for PrioritiseReceipts<T, S> {
	fn from(wrapped: S) -> Self {
		Self(wrapped, PhantomData)
	}
}

impl<T, S: core::fmt::Debug> core::fmt::Debug for PrioritiseReceipts<T, S> {
	fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
		f.debug_tuple("PrioritiseReceipts").field(&self.0).finish()
	}
}

impl<T, S> TransactionExtension<T::RuntimeCall> for PrioritiseReceipts<T, S>
where
	T: Config + Send + Sync,
	S: TransactionExtension<T::RuntimeCall>,
	T::RuntimeCall:
		Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo> + IsSubType<Call<T>>,
{
	const IDENTIFIER: &'static str = S::IDENTIFIER;
	type Implicit = S::Implicit;
	type Val = S::Val;
	type Pre = S::Pre;

	fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
		self.0.implicit()
	}

	fn metadata() -> Vec<TransactionExtensionMetadata> {
		S::metadata()
	}

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		let own = call.is_sub_type().map_or(Weight::zero(), Pallet::<T>::exemption_weight);
		self.0.weight(call).saturating_add(own)
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		info: &DispatchInfoOf<T::RuntimeCall>,
		len: usize,
		self_implicit: Self::Implicit,
		inherited_implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		// First: it turns away accounts that do not exist, at the price of one look-up.
		let (validity, val, origin) = self.0.validate(
			origin,
			call,
			info,
			len,
			self_implicit,
			inherited_implication,
			source,
		)?;
		let in_pool = source != TransactionSource::InBlock;
		// What provides nothing does not tell in which order it goes.
		let next = validity.requires.is_empty() && !validity.provides.is_empty();
		let lane = call
			.is_sub_type()
			.filter(|_| in_pool)
			.and_then(|call| Self::lane_of(&origin, call))
			.map_or_else(ValidTransaction::default, |lane| lane.validity(next));
		Ok((validity.combine_with(lane), val, origin))
	}

	fn prepare(
		self,
		val: Self::Val,
		origin: &DispatchOriginOf<T::RuntimeCall>,
		call: &T::RuntimeCall,
		info: &DispatchInfoOf<T::RuntimeCall>,
		len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		self.0.prepare(val, origin, call, info, len)
	}

	fn post_dispatch_details(
		pre: Self::Pre,
		info: &DispatchInfoOf<T::RuntimeCall>,
		post_info: &PostDispatchInfoOf<T::RuntimeCall>,
		len: usize,
		result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		S::post_dispatch_details(pre, info, post_info, len, result)
	}
}

impl<T: Config, S> PrioritiseReceipts<T, S> {
	fn lane_of(origin: &OriginFor<T>, call: &Call<T>) -> Option<Lane> {
		let who = ensure_signed(origin.clone()).ok()?;
		Pallet::<T>::lane(&who, call)
	}
}

impl<T: Config> Pallet<T> {
	/// What it costs to find out whether a call pays no fee.
	pub(crate) fn exemption_weight(call: &Call<T>) -> Weight {
		match call {
			Call::submit_batch { answers } => {
				// Longer ones are not looked at.
				let looked_at = u32::try_from(answers.len())
					.ok()
					.filter(|count| *count <= MAX_FREE_ANSWERS)
					.unwrap_or(1);
				T::WeightInfo::prioritise(looked_at)
			}
			_ => T::WeightInfo::prioritise(1),
		}
	}
}
