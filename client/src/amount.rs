//! Amounts of money as people write them.

use aitbc_primitives::{AIT, Balance, MICRO_AIT, MILLI_AIT};

/// Units an amount may be written in, with their size in planck.
const UNITS: [(&str, Balance); 4] =
	[("AIT", AIT), ("MILLI", MILLI_AIT), ("MICRO", MICRO_AIT), ("PLANCK", 1)];
/// Longest text that is looked at, characters: 39 digits, a point, a unit.
const MAX_CHARS: usize = 64;

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
	/// Not digits with a unit.
	#[error(
		"\"{text}\" is not an amount; write it like \"1.5 AIT\", \"20 MILLI\", \"7 MICRO\" or \"12 planck\""
	)]
	Malformed {
		/// The text, cut if it is long.
		text: String,
	},
	/// No unit, so that it could mean anything.
	#[error("\"{text}\" has no unit; add AIT, MILLI (1/1000 AIT), MICRO (1/1000000 AIT) or planck")]
	NoUnit {
		/// The text.
		text: String,
	},
	/// More decimals than the unit has planck for.
	#[error("\"{text}\" is finer than one planck; {unit} has at most {decimals} decimals")]
	TooFine {
		/// The text.
		text: String,
		/// Its unit.
		unit: &'static str,
		/// Decimals that unit has.
		decimals: u32,
	},
	/// More than 128 bits of planck.
	#[error("\"{text}\" is larger than any amount")]
	TooLarge {
		/// The text.
		text: String,
	},
}

/// Reads a decimal number with a unit (`AIT`, `MILLI`, `MICRO`, `planck`, in any case) exactly.
///
/// ```
/// use aitbc_client::amount::parse_amount;
/// assert_eq!(parse_amount("1.5 AIT")?, 1_500_000_000_000);
/// assert_eq!(parse_amount("100MILLI")?, 100_000_000_000);
/// # Ok::<(), aitbc_client::amount::AmountError>(())
/// ```
///
/// # Errors
/// [`AmountError`] if it is negative, has no unit, is finer than a planck, or does not fit.
pub fn parse_amount(text: &str) -> Result<Balance, AmountError> {
	let shown = || text.chars().take(MAX_CHARS).collect::<String>();
	let malformed = || AmountError::Malformed { text: shown() };
	let trimmed = text.trim();
	if trimmed.len() > MAX_CHARS {
		return Err(malformed());
	}
	let unit_at =
		trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(trimmed.len());
	let (number, unit) = trimmed.split_at(unit_at);
	if number.is_empty() {
		return Err(malformed());
	}
	let unit = unit.trim();
	if unit.is_empty() {
		return Err(AmountError::NoUnit { text: shown() });
	}
	let (unit, planck) = UNITS
		.into_iter()
		.find(|(name, _)| name.eq_ignore_ascii_case(unit))
		.ok_or_else(malformed)?;
	let decimals = planck.ilog10();
	let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
	let digits_only = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
	if !digits_only(whole) || !digits_only(fraction) {
		return Err(malformed());
	}
	let fraction = fraction.trim_end_matches('0');
	let too_large = || AmountError::TooLarge { text: shown() };
	let fraction_digits = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
	let Some(missing) = decimals.checked_sub(fraction_digits) else {
		return Err(AmountError::TooFine { text: shown(), unit, decimals });
	};
	let below: Balance = if fraction.is_empty() {
		0
	} else {
		// Fewer than twelve digits times a power that fills them up to twelve.
		fraction.parse::<Balance>().map_err(|_| too_large())?.saturating_mul(10u128.pow(missing))
	};
	whole
		.parse::<Balance>()
		.ok()
		.and_then(|whole| whole.checked_mul(planck))
		.and_then(|above| above.checked_add(below))
		.ok_or_else(too_large)
}

/// Writes an amount exactly, with its unit: AIT, or planck where it is less than a millionth AIT.
pub fn format_amount(planck: Balance) -> String {
	if planck > 0 && planck < MICRO_AIT {
		return format!("{planck} planck");
	}
	let (whole, below) = (planck / AIT, planck % AIT);
	if below == 0 {
		return format!("{whole} AIT");
	}
	let fraction = format!("{below:012}");
	format!("{whole}.{} AIT", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn parse_amount_should_be_exact() {
		for (text, planck) in [
			("1 AIT", AIT),
			("1.5 AIT", AIT + AIT / 2),
			("1.500 ait", AIT + AIT / 2),
			("0.000000000001 AIT", 1),
			("100 MILLI", AIT / 10),
			("0.5milli", MILLI_AIT / 2),
			("7 MICRO", 7 * MICRO_AIT),
			(" 12 planck ", 12),
			("0 AIT", 0),
			("12.0 planck", 12),
			("340282366920938463463374607431768211455 planck", u128::MAX),
		] {
			assert_eq!(parse_amount(text), Ok(planck), "{text}");
		}
	}

	#[test]
	fn parse_amount_should_fail_when_text_is_no_amount() {
		for text in [
			"",
			"AIT",
			"-1 AIT",
			"+1 AIT",
			"1,5 AIT",
			"1.5.2 AIT",
			"1 BTC",
			".5 AIT",
			"5. AIT",
			"1e3 AIT",
			"١ AIT",
			"1 A IT",
			"0x10 AIT",
			"NaN AIT",
		] {
			assert!(matches!(parse_amount(text), Err(AmountError::Malformed { .. })), "{text}");
		}
		assert!(matches!(parse_amount("5"), Err(AmountError::NoUnit { .. })));
		for text in ["0.0000000000001 AIT", "1.5 planck", "0.0000001 MICRO"] {
			assert!(matches!(parse_amount(text), Err(AmountError::TooFine { .. })), "{text}");
		}
		for text in
			["340282366920938463463374607431768211456 planck", "340282366920938463463374608 AIT"]
		{
			assert!(matches!(parse_amount(text), Err(AmountError::TooLarge { .. })), "{text}");
		}
	}

	proptest! {
		#[test]
		fn what_is_formatted_should_parse_to_itself(planck: u128) {
			prop_assert_eq!(parse_amount(&format_amount(planck)), Ok(planck));
		}

		#[test]
		fn small_amounts_should_round_trip(planck in 0..3 * MICRO_AIT) {
			prop_assert_eq!(parse_amount(&format_amount(planck)), Ok(planck));
		}

		#[test]
		fn parse_amount_should_not_panic(text in ".{0,80}") {
			let _ = parse_amount(&text);
		}
	}
}
