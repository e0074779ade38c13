//! What the calls cost, and the two steps that jobs take through [`Matchmaker`]. The steps are measured for
//! information: the steps of jobs and the calls of receipts contain them and are measured whole.

use crate::*;
use aitbc_primitives::{
	AIT, Backend, Capabilities, Cid, Features, Region, Requirements, benchmarking::BenchmarkWorld,
};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;

type World<T> = <T as Config>::BenchmarkWorld;

const CLASS: Class = Class::Gemm;
/// What the cheapest offer asks, planck per unit.
const PRICE: Balance = 100;

/// The largest terms there are.
fn terms<T: Config>(price_per_unit: Balance, slots: u16) -> OfferTerms {
	let warm = (0u8..4).map(|number| Cid::of_raw(&[number])).collect();
	OfferTerms {
		price_per_unit,
		slots,
		max_units: u64::MAX,
		expires_at: Pallet::<T>::now().saturating_add(T::MaxOfferBlocks::get()),
		device: Capabilities {
			vram_mib: u32::MAX,
			units_per_second: u32::MAX,
			features: Features(u32::MAX),
			region: Some(Region(*b"ZZ")),
		},
		warm: BoundedVec::truncate_from(warm),
	}
}

/// The largest profile there is.
fn profile() -> DeviceProfile {
	let text = || BoundedVec::truncate_from([b'x'; 64].to_vec());
	DeviceProfile {
		backend: Backend::Gl,
		vendor_id: u32::MAX,
		device_id: u32::MAX,
		name: text(),
		driver: text(),
		max_buffer_bytes: u64::MAX,
		peer_id: text(),
	}
}

/// Miner number `number` with one slot in a bucket of its own: the larger the number, the dearer.
fn offer_of<T: Config>(number: u32) -> AccountId {
	let miner = World::<T>::miner(number);
	let terms = terms::<T>(price_of(number), 1);
	World::<T>::offer(&miner, CLASS, terms);
	miner
}

fn price_of(number: u32) -> Balance {
	PRICE.saturating_mul(2u128.saturating_pow(number))
}

/// A unit for whatever the dearest of `count` offers asks, which has the program ready.
fn request<'a>(
	count: u32,
	requirements: &'a Requirements,
	excluded: &'a [AccountId],
) -> MatchRequest<'a, AccountId> {
	MatchRequest {
		class: CLASS,
		program: Cid::of_raw(&[3]),
		units: 1,
		max_price_per_unit: price_of(count),
		tip: 0,
		deliver_within_blocks: 1,
		requirements,
		excluded,
		seed: Hash::repeat_byte(7),
	}
}

/// An offer with two others behind it in its bucket.
fn crowded_bucket<T: Config>() -> AccountId {
	for number in 0..3 {
		World::<T>::offer(&World::<T>::miner(number), CLASS, terms::<T>(PRICE, 1));
	}
	World::<T>::miner(0)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The offer leaves the front of a bucket, so that another moves, and enters one that was empty.
	#[benchmark]
	fn set_offer() {
		let miner = crowded_bucket::<T>();
		let terms = terms::<T>(price_of(9), T::MaxSlots::get());
		#[extrinsic_call]
		_(RawOrigin::Signed(miner.clone()), CLASS, terms.clone());
		assert_eq!(Offers::<T>::get(CLASS, &miner).map(|offer| offer.terms), Some(terms));
	}

	/// The offer leaves the front of a bucket, so that another moves.
	#[benchmark]
	fn withdraw_offer() {
		let miner = crowded_bucket::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(miner.clone()), CLASS);
		assert!(!Offers::<T>::contains_key(CLASS, &miner));
	}

	/// The first profile, which holds the deposit.
	#[benchmark]
	fn set_profile() {
		let miner = World::<T>::miner(0);
		World::<T>::endow(&miner, T::ProfileDeposit::get().saturating_add(AIT));
		#[extrinsic_call]
		_(RawOrigin::Signed(miner.clone()), profile());
		assert!(Profiles::<T>::contains_key(&miner));
	}

	#[benchmark]
	fn clear_profile() -> Result<(), BenchmarkError> {
		let miner = World::<T>::miner(0);
		World::<T>::endow(&miner, T::ProfileDeposit::get().saturating_add(AIT));
		Pallet::<T>::set_profile(RawOrigin::Signed(miner.clone()).into(), profile())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(miner.clone()));
		assert!(!Profiles::<T>::contains_key(&miner));
		Ok(())
	}

	/// `p` offers are looked at. All but the last are refused by a filter that has to know the miner; each
	/// has a bucket of its own, so that its length is read too.
	#[benchmark]
	fn assign(p: Linear<1, 16>) {
		let mut miners: Vec<_> = (0..p).map(|number| offer_of::<T>(number)).collect();
		let last = miners.pop();
		let requirements = Requirements::default();
		let request = request(p, &requirements, &miners);
		let found;
		#[block]
		{
			found = <Pallet<T> as Matchmaker<AccountId>>::assign(&request);
		}
		assert_eq!(found.effort, SearchEffort { probes: p, buried: 0 });
		assert_eq!(found.found.map(|found| found.miner), last);
	}

	/// A full offer is listed again, alone in its bucket; everything locked is forfeited.
	#[benchmark]
	fn conclude() -> Result<(), BenchmarkError> {
		offer_of::<T>(0);
		let requirements = Requirements::default();
		let found = <Pallet<T> as Matchmaker<AccountId>>::assign(&request(0, &requirements, &[]))
			.found
			.ok_or("the only offer fits")?;
		let Assignment { miner, worker, bond, .. } = found;
		let fate = LeaseFate::Wrong;
		#[block]
		{
			<Pallet<T> as Matchmaker<AccountId>>::conclude(&miner, CLASS, &worker, &bond, fate, 0);
		}
		let offer = Offers::<T>::get(CLASS, &miner).ok_or("it is listed again")?;
		assert_eq!((offer.used, offer.place.is_some()), (0, true));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::externalities(), crate::mock::Test);
}
