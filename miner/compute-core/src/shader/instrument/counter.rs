//! Loops that count their own rounds.
//!
//! To count the rounds of `for (var i = 0u; i < n; i++)` once more, in a variable of the pass, takes a loop
//! of a few instructions a quarter of its time where invocations diverge: devices write variables under a
//! mask there. But `i` tells how many rounds there were, and nothing need be written in the loop.

use alloc::{collections::BTreeMap, vec::Vec};
use naga::{
	BinaryOperator, Block, Expression, Function, Handle, Literal, LocalVariable, Module, Scalar,
	Statement, TypeInner,
};

/// A variable to which every round of a loop adds one, behind every place where the loop may be left.
#[derive(Clone, Copy)]
pub(super) struct Counter {
	pub variable: Handle<LocalVariable>,
	/// Whether it is an i32 rather than a u32.
	pub is_signed: bool,
}

/// Whether each function of a module takes rounds, by itself or by what it calls.
pub(super) fn functions_with_loops(module: &Module) -> Vec<bool> {
	let mut with_loops = Vec::with_capacity(module.functions.len());
	// A function stands behind those that it calls.
	for (_, function) in module.functions.iter() {
		let has_loop = takes_rounds(function, &with_loops);
		with_loops.push(has_loop);
	}
	with_loops
}

/// Whether a function takes rounds, by itself or by those that it calls.
pub(super) fn takes_rounds(function: &Function, with_loops: &[bool]) -> bool {
	let mut census = Census::new(function, with_loops);
	census.add(function.body.iter(), false);
	census.has_loop
}

impl Counter {
	/// The counter of a loop, if it has one: no other rounds are taken within the loop, no `return` leaves it,
	/// and it is left by `break`s of its body alone, of which that at `exit` is the first.
	pub fn of(
		(module, function): (&Module, &Function),
		with_loops: &[bool],
		(body, exit): (&Block, usize),
		continuing: &Block,
	) -> Option<Self> {
		let mut census = Census::new(function, with_loops);
		census.add(body.iter(), false);
		let may_skip_body = census.has_continue;
		census.add(continuing.iter(), false);
		if census.has_loop || census.has_return {
			return None;
		}
		let counter = |variable: Handle<LocalVariable>| {
			let ty = function.local_variables.try_get(variable).ok()?.ty;
			let is_signed = match module.types.get_handle(ty).ok()?.inner {
				TypeInner::Scalar(Scalar::I32) => true,
				TypeInner::Scalar(Scalar::U32) => false,
				_ => return None,
			};
			// The step is all that changes it.
			(census.changes(variable) == 1).then_some(Self { variable, is_signed })
		};
		let by_continuing = steps(function, &flat(continuing))
			.into_iter()
			.find_map(|(_, variable)| counter(variable));
		if by_continuing.is_some() || may_skip_body {
			return by_continuing;
		}
		let body = flat(body);
		let mut rest = Census::new(function, with_loops);
		let mut seen = body.len();
		// The last ones first: behind the step of a counter the loop must not be left.
		for (position, variable) in steps(function, &body).into_iter().rev() {
			rest.add(body.iter().take(seen).skip(position).copied(), false);
			seen = position;
			if rest.has_break || position <= exit {
				return None;
			}
			if let Some(counter) = counter(variable) {
				return Some(counter);
			}
		}
		None
	}
}

/// The statements of a block, those of blocks within it in their place.
fn flat(block: &Block) -> Vec<&Statement> {
	let mut statements = Vec::with_capacity(block.len());
	for statement in block {
		match statement {
			Statement::Block(inner) => statements.extend(flat(inner)),
			other => statements.push(other),
		}
	}
	statements
}

/// Those of some statements, not of what lies within them, that add one to a variable which is read for it
/// among them, by their position.
fn steps(function: &Function, statements: &[&Statement]) -> Vec<(usize, Handle<LocalVariable>)> {
	let expression = |handle: Handle<Expression>| function.expressions.try_get(handle).ok();
	let variable = |pointer: Handle<Expression>| match expression(pointer) {
		Some(Expression::LocalVariable(variable)) => Some(*variable),
		_ => None,
	};
	let is_one = |handle| {
		matches!(expression(handle), Some(Expression::Literal(Literal::I32(1) | Literal::U32(1))))
	};
	let mut steps = Vec::new();
	// Where a variable was last read, by the index of the expression.
	let mut read: BTreeMap<usize, Handle<LocalVariable>> = BTreeMap::new();
	for (position, statement) in statements.iter().enumerate() {
		match statement {
			Statement::Emit(range) => {
				for handle in range.clone() {
					if let Some(Expression::Load { pointer }) = expression(handle)
						&& let Some(variable) = variable(*pointer)
					{
						read.insert(handle.index(), variable);
					}
				}
			}
			Statement::Store { pointer, value } => {
				let Some(variable) = variable(*pointer) else { continue };
				let Some(Expression::Binary { op: BinaryOperator::Add, left, right }) =
					expression(*value)
				else {
					continue;
				};
				let other = if is_one(*right) { *left } else { *right };
				let adds_one = is_one(*left) || is_one(*right);
				if adds_one && read.get(&other.index()) == Some(&variable) {
					steps.push((position, variable));
				}
			}
			_ => {}
		}
	}
	steps
}

/// What statements do, and those within them.
struct Census<'a> {
	function: &'a Function,
	with_loops: &'a [bool],
	/// How many statements may change a variable, by its index.
	changes: BTreeMap<usize, u32>,
	/// Rounds are taken.
	has_loop: bool,
	/// What is around them may be left, if it is a loop.
	has_break: bool,
	has_continue: bool,
	has_return: bool,
}

impl<'a> Census<'a> {
	const fn new(function: &'a Function, with_loops: &'a [bool]) -> Self {
		Self {
			function,
			with_loops,
			changes: BTreeMap::new(),
			has_loop: false,
			has_break: false,
			has_continue: false,
			has_return: false,
		}
	}

	fn changes(&self, variable: Handle<LocalVariable>) -> u32 {
		self.changes.get(&variable.index()).copied().unwrap_or(0)
	}

	fn add<'b>(&mut self, statements: impl Iterator<Item = &'b Statement>, in_switch: bool) {
		for statement in statements {
			match statement {
				Statement::Block(block) => self.add(block.iter(), in_switch),
				Statement::If { accept, reject, .. } => {
					self.add(accept.iter(), in_switch);
					self.add(reject.iter(), in_switch);
				}
				Statement::Switch { cases, .. } => {
					for case in cases {
						self.add(case.body.iter(), true);
					}
				}
				Statement::Loop { .. } => self.has_loop = true,
				Statement::Break => self.has_break |= !in_switch,
				Statement::Continue => self.has_continue = true,
				Statement::Return { .. } => self.has_return = true,
				Statement::Store { pointer, .. } => self.change(*pointer),
				Statement::Call { function, arguments, .. } => {
					self.has_loop |= self.with_loops.get(function.index()).is_none_or(|has| *has);
					// Whoever gets a pointer may write, and more than once.
					for argument in arguments {
						self.change(*argument);
						self.change(*argument);
					}
				}
				_ => {}
			}
		}
	}

	fn change(&mut self, pointer: Handle<Expression>) {
		if let Ok(Expression::LocalVariable(variable)) = self.function.expressions.try_get(pointer)
		{
			let changes = self.changes.entry(variable.index()).or_default();
			*changes = changes.saturating_add(1);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{super::Exit, *};
	use alloc::{format, string::String, vec};

	/// The name of the counter of a program's last loop.
	fn counter(body: &str) -> Option<String> {
		let source = format!(
			"@group(0) @binding(0) var<storage, read_write> output: array<i32>;
			fn rounds() {{ while output[1] > 0 {{ output[1]--; }} }}
			fn none(place: ptr<function, i32>) -> i32 {{ return *place; }}
			@compute @workgroup_size(1) fn main() {{ {body} }}"
		);
		let module = naga::front::wgsl::parse_str(&source).expect("it parses");
		let with_loops = functions_with_loops(&module);
		let function = &module.entry_points.first().expect("main").function;
		let mut blocks = vec![&function.body];
		let mut found = None;
		while let Some(block) = blocks.pop() {
			for statement in block {
				match statement {
					Statement::Block(inner) => blocks.push(inner),
					Statement::If { accept, reject, .. } => blocks.extend([accept, reject]),
					Statement::Loop { body, continuing, .. } => {
						blocks.push(body);
						found = Some((body, continuing));
					}
					_ => {}
				}
			}
		}
		let (body, continuing) = found.expect("a loop");
		let exit = Exit::of(body).expect("a question");
		let place = (&module, function);
		let counter = Counter::of(place, &with_loops, (body, exit.position), continuing)?;
		let variable = function.local_variables.try_get(counter.variable).expect("it is there");
		assert_eq!(
			counter.is_signed,
			module.types[variable.ty].inner == TypeInner::Scalar(Scalar::I32),
			"{body:?}"
		);
		variable.name.clone()
	}

	#[test]
	fn counter_should_be_found_where_each_round_ends_with_a_step_of_one() {
		for body in [
			"for (var i = 0u; i < 7u; i++) { output[0] += 1; }",
			"for (var i = output[1]; i != output[0]; i = 1 + i) { output[0] += i; }",
			"var i = 0u; while output[0] != 1 && i < 9u { output[0] >>= 1u; i++; }",
			"var i = 0; loop { if i >= 4 { break; } output[0] += i; continuing { i += 1; } }",
			"for (var i = 0; i < 9; i++) { if i == 5 { continue; } if i == 6 { break; } }",
			"var i = 0; while i < 6 { if output[0] == i { break; } i++; output[0] += i; }",
			"var i = 0; while i < 6 { i++; switch i { case 2: { break; } default: { } } }",
			"for (var i = 0; i < 3; i++) { var k = i; output[i] = none(&k); }",
			"var k = 0; for (var i = 0; i < 4; i++) { k++; if i == 2 { k = 9; } }",
			"for (var k = 0; k < 3; k += 2) { for (var i = k; i < 3; i++) { } }",
		] {
			assert_eq!(counter(body).as_deref(), Some("i"), "{body}");
		}
	}

	#[test]
	fn counter_should_not_be_found_elsewhere() {
		for body in [
			"var i = 0; for (var n = 9; n > 0; n--) { if n == 4 { continue; } i++; }",
			"var i = 0; while i < 8 { i++; i++; }",
			"var i = 0; while i < 8 { i++; if i == 5 { break; } }",
			"var i = 0; while i < 8 { if i == 5 { i++; continue; } i++; }",
			"var i = 0; while i < 8 { if i < 9 { i++; } }",
			"for (var i = 0; i < 8; i++) { if i == 5 { return; } }",
			"for (var i = 0; i < 9; i += 2) { output[0] += i; }",
			"for (var i = 9; i > 0; i--) { output[0] += i; }",
			"var k = 4; for (var i = 0; i < 9; i = k + 1) { k += 2; }",
			"let next = output[0] + 1; var i = 0; var n = 0; while n < 4 { n += 2; i = next; }",
			"var k = 0; let next = k + 1; var n = 0; while n < 4 { n += 2; k = next; }",
			"for (var i = 0; i < 8; i++) { output[i] = none(&i); }",
			"for (var i = 0; i < 8; i++) { rounds(); }",
			"var i = vec2<i32>(); while i.x < 8 { i += vec2<i32>(1); }",
		] {
			assert_eq!(counter(body), None, "{body}");
		}
	}
}
