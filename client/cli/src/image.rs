//! Pictures as the integer shaders of the examples see them: one 32-bit word per pixel, red in the
//! lowest byte, then green, blue, alpha; row by row from the top.

use crate::error::CliError;
use aitbc_primitives::MAX_DATA_BYTES;
use std::io::Cursor;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
	/// Columns.
	pub width: u32,
	/// Rows.
	pub height: u32,
	/// Four bytes (red, green, blue, alpha) per pixel.
	pub rgba: Vec<u8>,
}

/// Reads a PNG of any colour type, 8 bits per channel after reduction.
pub fn decode_png(bytes: &[u8], name: &str) -> Result<Picture, CliError> {
	let fail =
		|reason: String| CliError::failed(format!("cannot use {name} as a picture: {reason}"));
	let mut decoder = png::Decoder::new(Cursor::new(bytes));
	let expand = png::Transformations::EXPAND | png::Transformations::STRIP_16;
	decoder.set_transformations(expand | png::Transformations::ALPHA);
	let mut reader = decoder.read_info().map_err(|error| fail(error.to_string()))?;
	let (width, height) = (reader.info().width, reader.info().height);
	let pixels = u64::from(width).saturating_mul(u64::from(height));
	let limit = u64::from(MAX_DATA_BYTES) / 4;
	if pixels > limit {
		return Err(fail(format!("it has {pixels} pixels; a job takes at most {limit}")));
	}
	let size = reader.output_buffer_size().ok_or_else(|| fail("it is too large".into()))?;
	let mut raw = vec![0; size];
	let frame = reader.next_frame(&mut raw).map_err(|error| fail(error.to_string()))?;
	raw.truncate(frame.buffer_size());
	let rgba = match frame.color_type {
		png::ColorType::Rgba => raw,
		png::ColorType::GrayscaleAlpha => {
			raw.chunks_exact(2).flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]]).collect()
		}
		other => return Err(fail(format!("its colour type {other:?} is not known here"))),
	};
	Ok(Picture { width, height, rgba })
}

/// Writes pixels as a PNG.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, CliError> {
	let fail =
		|error: png::EncodingError| CliError::failed(format!("cannot write the picture: {error}"));
	let expected =
		u64::from(picture.width).saturating_mul(u64::from(picture.height)).saturating_mul(4);
	let found = u64::try_from(picture.rgba.len()).unwrap_or(u64::MAX);
	if expected != found {
		let (width, height) = (picture.width, picture.height);
		return Err(CliError::failed(format!(
			"the result has {found} bytes, a picture of {width}x{height} needs {expected}; give --png the size the job was made for"
		)));
	}
	let mut bytes = Vec::new();
	let mut encoder = png::Encoder::new(&mut bytes, picture.width, picture.height);
	encoder.set_color(png::ColorType::Rgba);
	encoder.set_depth(png::BitDepth::Eight);
	let mut writer = encoder.write_header().map_err(fail)?;
	writer.write_image_data(&picture.rgba).map_err(fail)?;
	writer.finish().map_err(fail)?;
	Ok(bytes)
}

/// Reads `WIDTHxHEIGHT`.
pub fn parse_size(text: &str) -> Result<(u32, u32), String> {
	let fail = || format!("\"{text}\" is not a size; write it like 1280x960");
	let (width, height) = text.split_once('x').ok_or_else(fail)?;
	match (width.parse::<u32>(), height.parse::<u32>()) {
		(Ok(width), Ok(height)) if width > 0 && height > 0 => Ok((width, height)),
		_ => Err(fail()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_picture_should_survive_encoding() {
		let rgba: Vec<u8> = (0..5 * 3 * 4).map(|i| i as u8).collect();
		let picture = Picture { width: 5, height: 3, rgba };
		let bytes = encode_png(&picture).expect("encodes");
		assert_eq!(decode_png(&bytes, "test").expect("decodes"), picture);
	}

	#[test]
	fn grey_and_palette_pictures_should_become_rgba() {
		for (color, data, expected) in [
			(png::ColorType::Grayscale, vec![9, 200], vec![9, 9, 9, 255, 200, 200, 200, 255]),
			(png::ColorType::Rgb, vec![1, 2, 3, 4, 5, 6], vec![1, 2, 3, 255, 4, 5, 6, 255]),
			(png::ColorType::Indexed, vec![1, 0], vec![4, 5, 6, 255, 1, 2, 3, 255]),
		] {
			let mut bytes = Vec::new();
			let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
			encoder.set_color(color);
			if color == png::ColorType::Indexed {
				encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
			}
			let mut writer = encoder.write_header().expect("header");
			writer.write_image_data(&data).expect("data");
			writer.finish().expect("end");
			assert_eq!(decode_png(&bytes, "test").expect("decodes").rgba, expected, "{color:?}");
		}
	}

	#[test]
	fn decode_png_should_fail_when_bytes_are_no_picture() {
		let picture = Picture { width: 2, height: 2, rgba: vec![0; 16] };
		let good = encode_png(&picture).expect("encodes");
		for bytes in [&b""[..], b"GIF89a", &good[..good.len() / 2]] {
			assert!(decode_png(bytes, "test").is_err());
		}
		let wrong = Picture { width: 3, ..picture };
		assert!(encode_png(&wrong).is_err());
		for text in ["", "1", "0x4", "4x", "x", "-1x2", "1x2x3"] {
			assert!(parse_size(text).is_err(), "{text}");
		}
		assert_eq!(parse_size("640x480"), Ok((640, 480)));
	}
}
