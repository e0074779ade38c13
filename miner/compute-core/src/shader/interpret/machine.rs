//! One invocation, statement by statement: it runs until it ends, stands at a barrier, or has no fuel.

use super::{
	InterpretError, Target,
	memory::World,
	value::{Layout, Value, grow},
};
use crate::profile::Location;
use alloc::{string::ToString, vec, vec::Vec};
use naga::{
	Barrier, Block, Expression, Function, Handle, Module, Statement, SwitchCase, SwitchValue,
	valid::FunctionInfo,
};

/// A function with the places of its variables.
pub(super) struct Code<'m> {
	pub function: &'m Function,
	pub info: &'m FunctionInfo,
	pub locals: Vec<u32>,
	local_words: u32,
}

/// A module made ready to run.
pub(super) struct Machine<'m> {
	pub module: &'m Module,
	/// What the module was made from.
	source: &'m str,
	pub layout: Layout,
	/// Functions by the handle's index; the entry point comes last.
	pub codes: Vec<Code<'m>>,
	/// What private memory begins with.
	private: Vec<u32>,
	/// Most rounds of an invocation. None for a module that was instrumented: it counts them
	/// itself, and an index past the end or a shift by more than 31 is then a fault of the pass.
	pub fuel: Option<u32>,
}

/// Where an invocation stands in a block.
struct Cursor<'m> {
	block: &'m Block,
	at: usize,
	kind: Kind<'m>,
}

#[derive(Clone, Copy)]
enum Kind<'m> {
	Plain,
	/// A case of a switch, with those after it.
	Case(&'m [SwitchCase]),
	/// The body of this loop.
	Body(&'m Statement),
	/// What this loop does between two rounds.
	Continuing(&'m Statement),
}

/// A function that runs.
pub(super) struct Frame<'m> {
	/// How many functions wait for this one.
	pub depth: u32,
	/// Index in [`Machine::codes`].
	pub code: usize,
	pub values: Vec<Value>,
	pub locals: Vec<u32>,
	pub arguments: Vec<Value>,
	cursors: Vec<Cursor<'m>>,
	/// What a call that is under way will set.
	pending: Option<Handle<Expression>>,
}

/// An invocation.
pub(super) struct Invocation<'m> {
	pub frames: Vec<Frame<'m>>,
	pub private: Vec<u32>,
	/// Its number in the dispatch.
	pub who: u64,
	/// Rounds so far.
	pub rounds: u32,
	/// It stands at the first barrier of a uniform load.
	waits_to_load: bool,
}

/// Why an invocation stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
	Ended,
	/// At a barrier.
	Barrier(Stop),
	OutOfFuel,
}

/// A barrier as one invocation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
	/// The statement's address.
	statement: usize,
	/// It is the second barrier of a uniform load.
	is_second: bool,
	/// It orders accesses to the workgroup's memory.
	pub orders_workgroup: bool,
}

pub(super) fn unsupported(what: impl ToString) -> InterpretError {
	InterpretError::Unsupported { what: what.to_string() }
}

impl<'m> Machine<'m> {
	pub fn new(target: &Target<'m>) -> Result<Self, InterpretError> {
		let Target { module, info, source, fuel, .. } = *target;
		let layout = Layout::new(module);
		let entries = module.entry_points.iter().enumerate();
		let codes = module
			.functions
			.iter()
			.map(|(handle, function)| (function, &info[handle]))
			.chain(entries.map(|(index, entry)| (&entry.function, info.get_entry_point(index))))
			.map(|(function, info)| {
				let mut local_words = 0;
				let locals = function
					.local_variables
					.iter()
					.map(|(_, variable)| grow(&mut local_words, layout.of(variable.ty)))
					.collect();
				Code { function, info, locals, local_words }
			})
			.collect();
		let mut machine = Self { module, source, layout, codes, private: Vec::new(), fuel };
		machine.private = machine.private_image()?;
		Ok(machine)
	}

	fn private_image(&self) -> Result<Vec<u32>, InterpretError> {
		let mut image = vec![0; self.layout.private_words as usize];
		for (handle, variable) in self.module.global_variables.iter() {
			let Some(init) = variable.init else { continue };
			let words = self.constant(&self.module.global_expressions, init)?;
			let begin = self.layout.globals.get(handle.index()).copied().unwrap_or(u32::MAX);
			put(&mut image, begin, words.words())?;
		}
		Ok(image)
	}

	/// Memory that one invocation may take, bytes: the frames of the longest chain of calls.
	pub fn invocation_bytes(&self) -> u64 {
		let mut longest: Vec<u64> = Vec::with_capacity(self.codes.len());
		for code in &self.codes {
			// Functions stand after those they call.
			let below = called(&code.function.body)
				.into_iter()
				.filter_map(|callee| longest.get(callee).copied())
				.max()
				.unwrap_or(0);
			let values = code.function.expressions.len() as u64 * size_of::<Value>() as u64;
			// Composite values lie outside of their slots; each at most as large as all variables.
			longest.push(below + values + u64::from(code.local_words) * 8 + 1024);
		}
		u64::from(self.layout.private_words) * 4 + longest.last().copied().unwrap_or(0)
	}

	/// An invocation that has not begun; `arguments` are the entry point's.
	pub fn invocation(
		&self,
		who: u64,
		arguments: Vec<Value>,
		world: &mut World,
	) -> Result<Invocation<'m>, InterpretError> {
		let entry = self.codes.len().checked_sub(1).ok_or_else(|| unsupported("no entry point"))?;
		let frame = self.frame((entry, 0), arguments, world)?;
		Ok(Invocation {
			frames: vec![frame],
			private: self.private.clone(),
			who,
			rounds: 0,
			waits_to_load: false,
		})
	}

	fn frame(
		&self,
		(index, depth): (usize, usize),
		arguments: Vec<Value>,
		world: &mut World,
	) -> Result<Frame<'m>, InterpretError> {
		let code = self.codes.get(index).ok_or_else(|| unsupported("an unknown function"))?;
		let function: &'m Function = code.function;
		let count = function.expressions.len();
		world.budget.spend((count as u64 + u64::from(code.local_words)) / 8)?;
		let mut locals = vec![0; code.local_words as usize];
		for ((_, variable), begin) in function.local_variables.iter().zip(&code.locals) {
			if let Some(init) = variable.init {
				let value = self.constant(&function.expressions, init)?;
				put(&mut locals, *begin, value.words())?;
			}
		}
		let body = Cursor { block: &function.body, at: 0, kind: Kind::Plain };
		let mut values = Vec::new();
		values.resize_with(count, Value::default);
		let (depth, cursors) = (depth as u32, vec![body]);
		Ok(Frame { depth, code: index, values, locals, arguments, cursors, pending: None })
	}

	/// Runs until the invocation ends, stands at a barrier, or has no fuel left.
	pub fn run(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
	) -> Result<Pause, InterpretError> {
		loop {
			let Some(frame) = invocation.frames.last_mut() else { return Ok(Pause::Ended) };
			let Some(cursor) = frame.cursors.last_mut() else {
				self.leave(invocation, None)?;
				continue;
			};
			world.budget.spend(1)?;
			let (block, at) = (cursor.block, cursor.at);
			let pause = match block.get(at) {
				Some(statement) => {
					cursor.at = at.saturating_add(1);
					let races = world.races.len();
					let pause = self.statement(invocation, world, statement)?;
					if world.races.len() > races {
						world.place_races(races, self.place(block, at));
					}
					pause
				}
				None => self.end_block(invocation)?,
			};
			if let Some(pause) = pause {
				return Ok(pause);
			}
		}
	}

	/// Where a statement stands in the source.
	fn place(&self, block: &Block, at: usize) -> Option<Location> {
		let (_, span) = block.span_iter().nth(at)?;
		Location::of(self.source, *span)
	}

	/// Counts a round.
	fn tick(&self, invocation: &mut Invocation<'m>) -> Option<Pause> {
		invocation.rounds = invocation.rounds.saturating_add(1);
		self.fuel.filter(|fuel| invocation.rounds > *fuel).map(|_| Pause::OutOfFuel)
	}

	/// The last statement of a block is done.
	fn end_block(&self, invocation: &mut Invocation<'m>) -> Result<Option<Pause>, InterpretError> {
		let frame = top(invocation)?;
		let kind = frame.cursors.pop().map(|cursor| cursor.kind);
		match kind {
			Some(Kind::Case([case, after @ ..])) if case.fall_through => {
				if let Some(next) = after.first() {
					enter(frame, &next.body, Kind::Case(after));
				}
			}
			Some(Kind::Body(statement)) => {
				if let Statement::Loop { continuing, .. } = statement {
					enter(frame, continuing, Kind::Continuing(statement));
				}
			}
			Some(Kind::Continuing(statement)) => {
				let Statement::Loop { body, break_if, .. } = statement else { return Ok(None) };
				let ends = match break_if {
					Some(condition) => self.word(frame, *condition)? != 0,
					None => false,
				};
				if !ends {
					enter(frame, body, Kind::Body(statement));
					return Ok(self.tick(invocation));
				}
			}
			_ => {}
		}
		Ok(None)
	}

	/// Ends the running function.
	fn leave(
		&self,
		invocation: &mut Invocation<'m>,
		value: Option<Value>,
	) -> Result<(), InterpretError> {
		invocation.frames.pop();
		let Some(caller) = invocation.frames.last_mut() else { return Ok(()) };
		if let Some(result) = caller.pending.take() {
			let value = value.ok_or_else(|| unsupported("a call without a result"))?;
			set(caller, result, value)?;
		}
		Ok(())
	}

	fn statement(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		statement: &'m Statement,
	) -> Result<Option<Pause>, InterpretError> {
		match statement {
			Statement::Emit(range) => {
				for handle in range.clone() {
					let value = self.evaluate(invocation, world, handle)?;
					world.budget.spend(1 + value.words().len() as u64 / 8)?;
					set(top(invocation)?, handle, value)?;
				}
			}
			Statement::Block(block) => enter(top(invocation)?, block, Kind::Plain),
			Statement::If { condition, accept, reject } => {
				let frame = top(invocation)?;
				let block = if self.word(frame, *condition)? != 0 { accept } else { reject };
				enter(frame, block, Kind::Plain);
			}
			Statement::Switch { selector, cases } => {
				let frame = top(invocation)?;
				let word = self.word(frame, *selector)?;
				self.switch(frame, word, cases);
			}
			Statement::Loop { body, .. } => {
				enter(top(invocation)?, body, Kind::Body(statement));
				return Ok(self.tick(invocation));
			}
			Statement::Break => jump(top(invocation)?, true),
			Statement::Continue => jump(top(invocation)?, false),
			Statement::Return { value } => {
				let frame = top(invocation)?;
				let value = value.map(|value| self.copied(frame, value)).transpose()?;
				self.leave(invocation, value)?;
			}
			Statement::ControlBarrier(barrier) | Statement::MemoryBarrier(barrier) => {
				let orders_workgroup = barrier.contains(Barrier::WORK_GROUP);
				let statement = address(statement);
				let stop = Stop { statement, is_second: false, orders_workgroup };
				return Ok(Some(Pause::Barrier(stop)));
			}
			Statement::WorkGroupUniformLoad { pointer, result } => {
				return self.uniform_load(invocation, world, statement, (*pointer, *result));
			}
			Statement::Store { pointer, value } => {
				let frame = top(invocation)?;
				let pointer = self.pointer(frame, *pointer)?;
				let value = self.copied(frame, *value)?;
				self.store(invocation, world, pointer, &value)?;
			}
			Statement::Atomic { pointer, fun, value, .. } => {
				self.atomic(invocation, world, (*pointer, *fun, *value))?;
			}
			Statement::Call { function, arguments, result } => {
				let frame = top(invocation)?;
				let arguments = arguments
					.iter()
					.map(|argument| self.copied(frame, *argument))
					.collect::<Result<Vec<_>, _>>()?;
				frame.pending = *result;
				let callee = (function.index(), invocation.frames.len());
				let callee = self.frame(callee, arguments, world)?;
				invocation.frames.push(callee);
			}
			other => return Err(unsupported(format_args!("the statement {other:?}"))),
		}
		Ok(None)
	}

	fn switch(&self, frame: &mut Frame<'m>, word: u32, cases: &'m [SwitchCase]) {
		let matches = |case: &SwitchCase| match case.value {
			SwitchValue::I32(value) => value as u32 == word,
			SwitchValue::U32(value) => value == word,
			SwitchValue::Default => false,
		};
		let is_default = |case: &SwitchCase| case.value == SwitchValue::Default;
		let index = cases.iter().position(matches).or_else(|| cases.iter().position(is_default));
		let from_here = index.and_then(|index| cases.get(index..)).unwrap_or_default();
		if let Some(case) = from_here.first() {
			enter(frame, &case.body, Kind::Case(from_here));
		}
	}

	/// A barrier, the load, and another barrier.
	fn uniform_load(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		statement: &'m Statement,
		(pointer, result): (Handle<Expression>, Handle<Expression>),
	) -> Result<Option<Pause>, InterpretError> {
		let is_second = invocation.waits_to_load;
		invocation.waits_to_load = !is_second;
		if is_second {
			let place = self.pointer(top(invocation)?, pointer)?;
			let words = match self.type_of(top(invocation)?, result) {
				Some(inner) => self.layout.words(inner),
				None => 0,
			};
			let value = self.load(invocation, world, place, words)?;
			set(top(invocation)?, result, value)?;
		} else if let Some(cursor) = top(invocation)?.cursors.last_mut() {
			// It comes by here again.
			cursor.at = cursor.at.saturating_sub(1);
		}
		let statement = address(statement);
		Ok(Some(Pause::Barrier(Stop { statement, is_second, orders_workgroup: true })))
	}
}

fn address(statement: &Statement) -> usize {
	core::ptr::from_ref(statement).addr()
}

pub(super) fn top<'a, 'm>(
	invocation: &'a mut Invocation<'m>,
) -> Result<&'a mut Frame<'m>, InterpretError> {
	invocation.frames.last_mut().ok_or_else(|| unsupported("no function that runs"))
}

fn enter<'m>(frame: &mut Frame<'m>, block: &'m Block, kind: Kind<'m>) {
	frame.cursors.push(Cursor { block, at: 0, kind });
}

fn set(
	frame: &mut Frame<'_>,
	handle: Handle<Expression>,
	value: Value,
) -> Result<(), InterpretError> {
	let slot = frame.values.get_mut(handle.index());
	*slot.ok_or_else(|| unsupported("an unknown expression"))? = value;
	Ok(())
}

/// Copies words into memory.
pub(super) fn put(memory: &mut [u32], begin: u32, words: &[u32]) -> Result<(), InterpretError> {
	let begin = begin as usize;
	let slot = memory.get_mut(begin..begin.saturating_add(words.len()));
	slot.ok_or_else(|| unsupported("a place outside of its memory"))?.copy_from_slice(words);
	Ok(())
}

/// Leaves blocks up to the innermost loop, or, for a `break`, the innermost loop or switch.
fn jump(frame: &mut Frame<'_>, is_break: bool) {
	while let Some(cursor) = frame.cursors.last_mut() {
		match cursor.kind {
			Kind::Body(_) if !is_break => {
				// The end of the body leads to what lies between two rounds.
				cursor.at = cursor.block.len();
				return;
			}
			Kind::Body(_) | Kind::Continuing(_) => {
				frame.cursors.pop();
				return;
			}
			Kind::Case(_) if is_break => {
				frame.cursors.pop();
				return;
			}
			Kind::Case(_) | Kind::Plain => {
				frame.cursors.pop();
			}
		}
	}
}

/// Indexes of the functions that a block calls.
fn called(block: &Block) -> Vec<usize> {
	let mut found = Vec::new();
	let mut blocks = vec![block];
	while let Some(block) = blocks.pop() {
		for statement in block.iter() {
			match statement {
				Statement::Call { function, .. } => found.push(function.index()),
				Statement::Block(block) => blocks.push(block),
				Statement::If { accept, reject, .. } => blocks.extend([accept, reject]),
				Statement::Switch { cases, .. } => {
					blocks.extend(cases.iter().map(|case| &case.body));
				}
				Statement::Loop { body, continuing, .. } => blocks.extend([body, continuing]),
				_ => {}
			}
		}
	}
	found
}
