//! What a job may ask for, what it is worth, and what names its data.

use super::*;
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use proptest::prelude::*;
use sp_core::U256;
use std::collections::BTreeSet;

fn edited(spec: &JobSpec, change: impl FnOnce(&mut JobSpec)) -> JobSpec {
	let mut spec = spec.clone();
	change(&mut spec);
	spec
}

/// With the fewest tie-breakers there can be.
fn replication(replicas: u8, quorum: u8) -> Replication {
	Replication { replicas, quorum, tie_breakers: u8::from(replicas > 1) }
}

#[test]
fn validate_should_accept_when_the_specification_is_sound() {
	for spec in [gemm_spec(), echo_spec(), wgsl_spec()] {
		assert_eq!(spec.validate(), Ok(()));
	}
}

#[test]
fn validate_should_demand_a_majority_when_it_sees_any_replication() {
	for replicas in 0..=u8::MAX {
		for quorum in 0..=u8::MAX {
			let spec =
				edited(&gemm_spec(), |spec| spec.replication = replication(replicas, quorum));
			let sound = (1..=MAX_REPLICAS).contains(&replicas)
				&& quorum <= replicas
				&& u32::from(quorum) * 2 > u32::from(replicas);
			let expected = if sound { Ok(()) } else { Err(SpecError::Replication) };
			assert_eq!(spec.validate(), expected, "{quorum} of {replicas}");
		}
	}
}

#[test]
fn validate_should_demand_tie_breakers_when_there_are_replicas() {
	for (replicas, tie_breakers, sound) in
		[(1, 0, true), (1, 1, false), (2, 0, false), (2, 1, true), (2, 2, true), (2, 3, false)]
	{
		let spec = edited(&gemm_spec(), |spec| {
			spec.replication = Replication { replicas, quorum: replicas, tie_breakers }
		});
		assert_eq!(spec.validate().is_ok(), sound, "{replicas} and {tie_breakers}");
	}
}

#[test]
fn validate_should_refuse_when_the_requirements_contradict_themselves() {
	let name = AccountId::new([1; 32]);
	let one = |account: &AccountId| BoundedVec::truncate_from(vec![account.clone()]);
	let cases: [fn(&mut Requirements); 2] = [
		|wanted| wanted.min_reputation = Reputation(10_001),
		|wanted| wanted.region = Some(Region(*b"d1")),
	];
	for change in cases {
		let spec = edited(&gemm_spec(), |spec| change(&mut spec.requirements));
		assert_eq!(spec.validate(), Err(SpecError::Requirements));
	}
	let both = edited(&gemm_spec(), |spec| {
		spec.requirements.allow = one(&name);
		spec.requirements.deny = one(&name);
	});
	assert_eq!(both.validate(), Err(SpecError::Requirements));
	let good = edited(&gemm_spec(), |spec| {
		spec.requirements.allow = one(&name);
		spec.requirements.min_reputation = Reputation::MAX;
		spec.requirements.region = Some(Region(*b"DE"));
	});
	assert_eq!(good.validate(), Ok(()));
}

#[test]
fn bid_should_spread_the_tip_over_the_units() {
	let spec = edited(&wgsl_spec(), |spec| (spec.max_price_per_unit, spec.tip) = (1_000, 5_499));
	assert_eq!(spec.bid_per_unit(), 1_010);
}

#[test]
fn validate_should_refuse_when_the_price_is_zero() {
	let spec = edited(&gemm_spec(), |spec| spec.max_price_per_unit = 0);
	assert_eq!(spec.validate(), Err(SpecError::PriceZero));
	assert_eq!(edited(&spec, |spec| spec.max_price_per_unit = 1).validate(), Ok(()));
}

#[test]
fn validate_should_refuse_when_a_window_is_zero() {
	let spec = gemm_spec();
	let no_start = edited(&spec, |spec| spec.start_within_blocks = 0);
	let no_delivery = edited(&spec, |spec| spec.deliver_within_blocks = 0);
	for bad in [no_start, no_delivery] {
		assert_eq!(bad.validate(), Err(SpecError::WindowZero));
	}
	for blocks in [1, u32::MAX] {
		let good = edited(&spec, |spec| {
			spec.start_within_blocks = blocks;
			spec.deliver_within_blocks = blocks;
		});
		assert_eq!(good.validate(), Ok(()));
	}
}

#[test]
fn validate_should_want_one_source_when_the_job_is_an_echo() {
	for (count, bytes, expected) in [
		(0, 0, Err(SpecError::Inputs)),
		(0, 1, Ok(())),
		(0, MAX_PARAMS_BYTES as usize, Ok(())),
		(1, 0, Ok(())),
		(1, 1, Err(SpecError::Inputs)),
		(2, 0, Err(SpecError::Inputs)),
		(MAX_INPUTS as u8, 0, Err(SpecError::Inputs)),
	] {
		let spec = edited(&echo_spec(), |spec| {
			spec.inputs = inputs(count);
			spec.params = BoundedVec::truncate_from(vec![9; bytes]);
		});
		assert_eq!(spec.validate(), expected, "{count} inputs, {bytes} bytes");
	}
}

#[test]
fn validate_should_want_the_inputs_of_its_form_when_the_job_is_a_product() {
	let with = |count, params: &[u8]| {
		edited(&gemm_spec(), |spec| {
			spec.inputs = inputs(count);
			spec.params = BoundedVec::truncate_from(params.to_vec());
		})
		.validate()
	};
	for count in 0..=MAX_INPUTS as u8 {
		let wanting = |number| if count == number { Ok(()) } else { Err(SpecError::Inputs) };
		assert_eq!(with(count, &[]), wanting(2));
		for flags in 0..=u8::MAX {
			// A or B transposed; and C requantised by row or by column; nothing else.
			let expected = match flags {
				0b01..=0b11 => wanting(2),
				0b0100..=0b1011 => wanting(3),
				_ => Err(SpecError::Params),
			};
			assert_eq!(with(count, &[flags]), expected, "{count} inputs, flags {flags:#b}");
		}
		assert_eq!(with(count, &[1, 0]), Err(SpecError::Params));
		assert_eq!(with(count, &[0; MAX_PARAMS_BYTES as usize]), Err(SpecError::Params));
	}
}

#[test]
fn validate_should_bound_the_shape_when_the_job_is_a_product() {
	let with = |m, k, n| {
		edited(&gemm_spec(), |spec| {
			spec.workload = Workload::Gemm(GemmShape { m, k, n });
			spec.units_limit = u64::MAX;
		})
		.validate()
	};
	const MOST: u32 = MAX_GEMM_DIM;
	for (m, k, n) in [(0, 1, 1), (1, 0, 1), (1, 1, 0), (MOST + 1, 1, 1), (1, MOST + 1, 1)] {
		assert_eq!(with(m, k, n), Err(SpecError::Shape));
	}
	assert_eq!(with(1, 1, MOST + 1), Err(SpecError::Shape));
	assert_eq!(with(u32::MAX, u32::MAX, u32::MAX), Err(SpecError::Shape));
	for (m, k, n) in [(1, 1, 1), (MOST, 1, 1), (1, MOST, 1), (1, 1, MOST)] {
		assert_eq!(with(m, k, n), Ok(()));
	}
	// Every matrix fits into 64 MiB: A of 16,384 × 4,096 just does, one column more does not.
	assert_eq!(with(MOST, 4_096, 1), Ok(()));
	assert_eq!(with(MOST, 4_097, 1), Err(SpecError::Shape));
	assert_eq!(with(1, 4_096, MOST), Ok(()));
	assert_eq!(with(1, 4_097, MOST), Err(SpecError::Shape));
	// C has four bytes an element.
	assert_eq!(with(4_096, 1, 4_096), Ok(()));
	assert_eq!(with(4_097, 1, 4_096), Err(SpecError::Shape));
}

#[test]
fn validate_should_bound_the_dispatch_when_the_job_is_a_shader() {
	let with = |workgroups, output_bytes| {
		edited(&wgsl_spec(), |spec| {
			let Workload::Wgsl(call) = &mut spec.workload else { unreachable!("it is a shader") };
			call.workgroups = workgroups;
			call.output_bytes = output_bytes;
		})
		.validate()
	};
	for axis in 0..3 {
		for (groups, expected) in [
			(0, Err(SpecError::Shape)),
			(1, Ok(())),
			(MAX_WORKGROUPS, Ok(())),
			(MAX_WORKGROUPS + 1, Err(SpecError::Shape)),
			(u32::MAX, Err(SpecError::Shape)),
		] {
			let mut workgroups = [1; 3];
			workgroups[axis] = groups;
			assert_eq!(with(workgroups, 16), expected);
		}
	}
	for bytes in [0, 1, 2, 3, 5, MAX_DATA_BYTES - 1, MAX_DATA_BYTES + 4, u32::MAX, u32::MAX - 3] {
		assert_eq!(with([1; 3], bytes), Err(SpecError::Shape), "{bytes} bytes");
	}
	for bytes in [4, 8, MAX_DATA_BYTES] {
		assert_eq!(with([1; 3], bytes), Ok(()));
	}
}

#[test]
fn validate_should_want_words_when_a_shader_has_parameters() {
	for bytes in 0..=9 {
		let spec = edited(&wgsl_spec(), |spec| {
			spec.params = BoundedVec::truncate_from(vec![0; bytes]);
		});
		let expected = if bytes % 4 == 0 { Ok(()) } else { Err(SpecError::Params) };
		assert_eq!(spec.validate(), expected);
	}
}

#[test]
fn validate_should_refuse_when_the_units_limit_is_below_the_work() {
	let with = |spec: &JobSpec, limit| edited(spec, |spec| spec.units_limit = limit).validate();
	for spec in [gemm_spec(), echo_spec(), wgsl_spec()] {
		assert_eq!(with(&spec, 0), Err(SpecError::UnitsLimit));
		assert_eq!(with(&spec, 1), Ok(()));
	}
	let large = edited(&gemm_spec(), |spec| {
		spec.workload = Workload::Gemm(GemmShape { m: 1_024, k: 1_024, n: 1_024 });
	});
	assert_eq!(with(&large, 1_023), Err(SpecError::UnitsLimit));
	assert_eq!(with(&large, 1_024), Ok(()));
	assert_eq!(with(&large, u64::MAX), Ok(()));
}

#[test]
fn units_should_follow_the_shape_when_the_job_is_a_product() {
	let units = |m, k, n| {
		edited(&gemm_spec(), |spec| spec.workload = Workload::Gemm(GemmShape { m, k, n })).units()
	};
	assert_eq!(units(1, 1, 1), Some(1));
	assert_eq!(units(1_024, 1_024, 1), Some(1));
	assert_eq!(units(1_024, 1_024, 2), Some(2));
	assert_eq!(units(1_025, 1_024, 1), Some(2));
	assert_eq!(units(16_384, 4_096, 4_096), Some(16_384 * 16));
	// Shapes that `validate` refuses still do not wrap.
	assert_eq!(units(0, 1, 1), None);
	assert_eq!(units(u32::MAX, u32::MAX, u32::MAX), None);
}

#[test]
fn units_should_not_depend_on_the_limit_when_the_job_is_no_shader() {
	for limit in [1, u64::MAX] {
		assert_eq!(edited(&echo_spec(), |spec| spec.units_limit = limit).units(), Some(1));
		assert_eq!(edited(&gemm_spec(), |spec| spec.units_limit = limit).units(), Some(1));
		assert_eq!(edited(&wgsl_spec(), |spec| spec.units_limit = limit).units(), Some(limit));
	}
	assert_eq!(edited(&wgsl_spec(), |spec| spec.units_limit = 0).units(), None);
}

#[test]
fn escrow_should_be_an_error_when_it_does_not_fit() {
	let with = |price, replicas| {
		edited(&echo_spec(), |spec| {
			spec.max_price_per_unit = price;
			spec.tip = 0;
			spec.replication = replication(replicas, replicas);
		})
	};
	assert_eq!(with(u128::MAX, 1).escrow(), Some(u128::MAX));
	assert_eq!(with(u128::MAX, 1).validate(), Ok(()));
	let tipped = edited(&with(u128::MAX, 1), |spec| spec.tip = 1);
	assert_eq!(tipped.validate(), Err(SpecError::EscrowOverflow));
	// Overflows only in the tie-breaker.
	assert_eq!(with(u128::MAX / 3 + 1, 2).escrow(), None);
	assert_eq!(with(u128::MAX / 3 + 1, 2).validate(), Err(SpecError::EscrowOverflow));
	assert_eq!(with(u128::MAX / 3, 2).escrow(), Some(u128::MAX));
	assert_eq!(with(u128::MAX, MAX_REPLICAS).validate(), Err(SpecError::EscrowOverflow));
	let fuel = edited(&wgsl_spec(), |spec| {
		spec.units_limit = u64::MAX;
		spec.max_price_per_unit = 1 << 64;
	});
	assert_eq!(fuel.validate(), Err(SpecError::EscrowOverflow));
}

#[test]
fn input_root_should_change_when_anything_that_determines_the_result_changes() {
	let base = wgsl_spec();
	let call = |change: &dyn Fn(&mut WgslCall)| {
		edited(&base, |spec| {
			let Workload::Wgsl(call) = &mut spec.workload else { unreachable!("it is a shader") };
			change(call);
		})
	};
	let specs = [
		call(&|call| call.program = Cid::of_raw(b"another")),
		call(&|call| call.program.codec = CidCodec::DagPb),
		call(&|call| call.workgroups = [3, 2, 4]),
		call(&|call| call.output_bytes = 20),
		edited(&base, |spec| spec.workload = Workload::Echo),
		edited(&base, |spec| spec.workload = Workload::Gemm(GemmShape { m: 2, k: 3, n: 4 })),
		edited(&base, |spec| spec.workload = Workload::Gemm(GemmShape { m: 4, k: 3, n: 2 })),
		edited(&base, |spec| spec.inputs = inputs(0)),
		edited(&base, |spec| spec.inputs = inputs(1)),
		edited(&base, |spec| spec.inputs = inputs(2)),
		edited(&base, |spec| spec.inputs.as_mut().swap(0, 1)),
		edited(&base, |spec| spec.inputs[0].codec = CidCodec::DagPb),
		edited(&base, |spec| spec.params = BoundedVec::truncate_from(vec![0; 4])),
		edited(&base, |spec| spec.params = BoundedVec::truncate_from(vec![0; 8])),
		base.clone(),
	];
	let roots: BTreeSet<_> = specs.iter().map(JobSpec::input_root).collect();
	assert_eq!(roots.len(), specs.len());
}

#[test]
fn input_root_should_stay_when_only_the_terms_of_the_job_change() {
	let base = wgsl_spec();
	let dearer = edited(&base, |spec| {
		spec.max_price_per_unit += 1;
		spec.units_limit += 1;
		spec.replication = Replication::SINGLE;
		spec.start_within_blocks += 1;
		spec.deliver_within_blocks += 1;
	});
	assert_eq!(dearer.input_root(), base.input_root());
}

#[test]
fn program_should_name_each_workload_apart_when_asked() {
	let names: BTreeSet<_> =
		[gemm_spec(), echo_spec(), wgsl_spec()].map(|spec| spec.workload.program()).into();
	assert_eq!(names.len(), 3);
	let classes = [echo_spec(), gemm_spec(), wgsl_spec()].map(|spec| spec.workload.class());
	assert_eq!(classes, Class::ALL);
}

#[test]
fn cid_should_hash_the_bytes_when_they_are_plain() {
	// sha2-256 of nothing, from FIPS 180-4's examples.
	let cid = Cid::of_raw(b"");
	assert_eq!(cid.digest[..4], [0xe3, 0xb0, 0xc4, 0x42]);
	assert_eq!(cid.codec, CidCodec::Raw);
	assert_ne!(Cid::of_raw(b"a"), Cid::of_raw(b"b"));
}

#[test]
fn cid_should_refuse_to_decode_when_its_codec_is_unknown_or_bytes_are_missing() {
	let good = Cid::of_raw(b"x").encode();
	assert_eq!(good.len(), 33);
	assert_eq!(good.len(), Cid::max_encoded_len());
	for codec in 2..=u8::MAX {
		let mut bad = good.clone();
		bad[0] = codec;
		assert!(Cid::decode_all(&mut bad.as_slice()).is_err());
	}
	for len in 0..good.len() {
		assert!(Cid::decode(&mut &good[..len]).is_err());
	}
}

#[test]
fn class_should_keep_its_numbers_when_it_is_encoded() {
	assert_eq!(Class::ALL.map(|class| class.encode()), [vec![0], vec![1], vec![3]]);
	assert!(Class::decode(&mut &[2u8][..]).is_err());
}

fn any_cid() -> impl Strategy<Value = Cid> {
	let codec = prop::sample::select(vec![CidCodec::Raw, CidCodec::DagPb]);
	(codec, any::<[u8; 32]>()).prop_map(|(codec, digest)| Cid { codec, digest })
}

fn any_workload() -> impl Strategy<Value = Workload> {
	prop_oneof![
		Just(Workload::Echo),
		any::<[u32; 3]>().prop_map(|[m, k, n]| Workload::Gemm(GemmShape { m, k, n })),
		[0..40_000u32, 0..40_000u32, 0..40_000u32]
			.prop_map(|[m, k, n]| Workload::Gemm(GemmShape { m, k, n })),
		(any_cid(), any::<[u32; 3]>(), any::<u32>()).prop_map(
			|(program, workgroups, output_bytes)| Workload::Wgsl(WgslCall {
				program,
				workgroups,
				output_bytes
			})
		),
	]
}

prop_compose! {
	fn any_spec()(
		workload in any_workload(),
		cids in prop::collection::vec(any_cid(), 0..=MAX_INPUTS as usize),
		params in prop::collection::vec(any::<u8>(), 0..=MAX_PARAMS_BYTES as usize),
		units_limit: u64,
		max_price_per_unit: u128,
		tip: u128,
		shift in 0u32..128,
		replicas in 0u8..10,
		quorum in 0u8..10,
		tie_breakers in 0u8..4,
		min_reputation in 0u16..12_000,
		start_within_blocks: u32,
		deliver_within_blocks: u32,
	) -> JobSpec {
		JobSpec {
			workload,
			inputs: BoundedVec::truncate_from(cids),
			params: BoundedVec::truncate_from(params),
			units_limit,
			max_price_per_unit: max_price_per_unit >> shift,
			tip: tip >> shift,
			replication: Replication { replicas, quorum, tie_breakers },
			requirements: Requirements { min_reputation: Reputation(min_reputation), ..Default::default() },
			start_within_blocks,
			deliver_within_blocks,
		}
	}
}

proptest! {
	#[test]
	fn cid_should_survive_a_round_trip_when_it_is_any(cid in any_cid()) {
		prop_assert_eq!(Cid::decode_all(&mut cid.encode().as_slice()), Ok(cid));
	}

	#[test]
	fn spec_should_survive_a_round_trip_within_its_bound_when_it_is_any(spec in any_spec()) {
		let bytes = spec.encode();
		prop_assert!(bytes.len() <= JobSpec::max_encoded_len());
		prop_assert_eq!(JobSpec::decode_all(&mut bytes.as_slice()), Ok(spec));
	}

	#[test]
	fn escrow_should_equal_big_integers_when_the_specification_is_any(spec in any_spec()) {
		let big = spec.units().map(|units| {
			let each = U256::from(units) * U256::from(spec.max_price_per_unit) + U256::from(spec.tip);
			each * U256::from(spec.replication.most_replicas())
		});
		let fits = big.filter(|sum| *sum <= U256::from(u128::MAX)).map(|sum| sum.as_u128());
		// Without replicas there is no job: `validate` refuses it before it asks for the escrow.
		if spec.replication.replicas > 0 {
			prop_assert_eq!(spec.escrow(), fits);
		}
	}

	#[test]
	fn validate_should_leave_nothing_undefined_when_it_accepts(spec in any_spec()) {
		if spec.validate().is_ok() {
			prop_assert!(spec.units().is_some_and(|units| units <= spec.units_limit));
			prop_assert!(spec.escrow().is_some_and(|sum| sum > 0));
		}
	}
}
