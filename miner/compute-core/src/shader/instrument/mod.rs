//! The pass that makes a program safe and its meaning complete.
//!
//! It takes a validated module of the integer profile and gives one for the device in which
//!
//! - every index into an array, a vector or a buffer is clamped to the last element, and every shift
//!   count is taken modulo 32 (in [`rewrite`]);
//! - fuel is counted: one for each round of a loop, in a private variable, against a limit that the host
//!   puts into a buffer of its own (*control*); loops that count their rounds themselves are not counted
//!   again ([`counter`]);
//! - an invocation whose count exceeds the limit leaves every loop at once, and says so in the control
//!   buffer when it ends.
//!
//! **Why calls are free.** Functions do not recurse, and a program has a bounded size even with every
//! call written out (INV-COMPUTE-19). Between two rounds an invocation can therefore do a bounded
//! amount of work only; to count calls as well would nearly double the time of small functions.
//!
//! **Where the question is asked.** A second way out of a loop costs more than the count itself. Where a
//! loop begins with its own question whether to go on, as `for` and `while` do, or ends with a
//! `break if`, the limit is one more term of that condition. Asked at the end, a round is one too many,
//! which changes nothing: the outcome is decided by the count.
//!
//! **Why the limit is a word in a buffer.** The module is the same for every job of a program, so that
//! the driver's cache of compiled pipelines serves all of them; a constant would make one pipeline for
//! every limit that a client comes up with. It is read once, into a private variable.
//!
//! **Barriers.** An invocation that stops early must not miss a barrier at which the others wait. In a
//! program with barriers there are therefore two counts: all rounds, and those of *uniform* loops in
//! *uniform* functions, which all invocations of a workgroup take together ([`super::uniform`]). A uniform
//! loop ends when the second count exceeds the limit, which happens in all invocations at the same
//! round; other loops end when the first does. Barriers stand in uniform control flow only
//! (INV-COMPUTE-16), and what decides over it is never written by what ends apart. After a limit is
//! exceeded the program still ends within as many uniform rounds as the limit allows; what it stores
//! meanwhile lies within its buffers, and nobody looks at it.
//!
//! **Devices that end loops on their own.** Mesa's software device ends all loops of a vector of 8
//! invocations after 65,535 rounds that *any* of them took, without a word. As long as all take the same
//! rounds, or none takes more than [`MAX_SURE_ROUNDS`], that cannot happen. Where invocations may take
//! different numbers, one that takes more says so in the control buffer ([`Watch::Rounds`]), and the job runs
//! again as a module in which every loop is followed by the question whether this invocation left it by
//! itself ([`Watch::Ends`]). That costs small loops more than the fuel does, but few programs take so many
//! rounds. One that was cut off has said what it took: as one of its vector took thousands, that one says so.

mod counter;
mod rewrite;

use super::uniform::Uniformity;
use alloc::{
	format,
	string::{String, ToString},
	vec,
	vec::Vec,
};
use counter::{Counter, functions_with_loops};
use naga::{
	AddressSpace, AtomicFunction, BinaryOperator, Block, Expression, Function, GlobalVariable,
	Handle, LocalVariable, MathFunction, MemoryDecorations, Module, ResourceBinding, Scalar,
	ScalarKind, Span, Statement, StorageAccess, StructMember, SwitchCase, Type, TypeInner,
	UnaryOperator,
	proc::ensure_block_returns,
	valid::{FunctionInfo, ModuleInfo},
};
use rewrite::Rewriter;

/// Most rounds of each with which 16 invocations, twice as many as run together in the widest vector known,
/// do not take 65,535 between them.
pub const MAX_SURE_ROUNDS: u32 = 4_000;
/// Members of the control buffer, in words.
pub(super) const LIMIT: u32 = 0;
pub(super) const DRY: u32 = 1;
pub(super) const CUT: u32 = 2;
pub(super) const LONG: u32 = 3;
/// How many there are.
pub(super) const WORDS: u32 = 4;

/// What a module finds out about loops that the device may have ended on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
	/// Nothing: it ends none if all invocations take the same rounds.
	Nothing,
	/// Whether some invocation took so many rounds that it may have.
	Rounds,
	/// Whether it has.
	Ends,
}

/// What the pass adds to a module.
struct Meter {
	/// Rounds so far.
	used: Handle<GlobalVariable>,
	/// Those that all invocations of the workgroup take together; only where there are barriers.
	shared: Option<Handle<GlobalVariable>>,
	limit: Handle<GlobalVariable>,
	/// Whether the device ended a loop; only where that is asked.
	cut: Option<Handle<GlobalVariable>>,
	watch: Watch,
	control: Handle<GlobalVariable>,
	boolean: Handle<Type>,
	/// Whether functions take rounds, by their index.
	with_loops: Vec<bool>,
}

/// Instruments a module. `uniformity` is about the same module; the control buffer gets the number
/// `binding` in group 0.
pub(super) fn instrument(
	(module, info): (&Module, &ModuleInfo),
	uniformity: &Uniformity,
	binding: u32,
	watch: Watch,
) -> Result<Module, String> {
	let mut result = module.clone();
	let meter = Meter::add(&mut result, uniformity, binding, watch);
	for (handle, function) in module.functions.iter() {
		let pass = Pass { module, function, uniformity, meter: &meter, is_entry: false };
		*result.functions.get_mut(handle) = pass.run(&info[handle])?;
	}
	for (index, entry) in module.entry_points.iter().enumerate() {
		let function = &entry.function;
		let pass = Pass { module, function, uniformity, meter: &meter, is_entry: true };
		let function = pass.run(info.get_entry_point(index))?;
		if let Some(slot) = result.entry_points.get_mut(index) {
			slot.function = function;
		}
	}
	Ok(result)
}

impl Meter {
	fn add(module: &mut Module, uniformity: &Uniformity, binding: u32, watch: Watch) -> Self {
		let with_loops = functions_with_loops(module);
		let mut ty = |inner| module.types.insert(Type { name: None, inner }, Span::UNDEFINED);
		// Signed numbers compare quicker; no count comes near 2³¹.
		let number = ty(TypeInner::Scalar(Scalar::I32));
		let boolean = ty(TypeInner::Scalar(Scalar::BOOL));
		let flag = ty(TypeInner::Atomic(Scalar::U32));
		let member = |name: &str, ty, number: u32| StructMember {
			name: Some(name.to_string()),
			ty,
			binding: None,
			offset: number * 4,
		};
		let members = vec![
			member("limit", number, LIMIT),
			member("dry", flag, DRY),
			member("cut", flag, CUT),
			member("long", flag, LONG),
		];
		let inner = TypeInner::Struct { members, span: WORDS * 4 };
		let name = Some("AitbcControl".to_string());
		let control = module.types.insert(Type { name, inner }, Span::UNDEFINED);
		let mut variable = |name: &str, space, binding, ty| {
			let variable = GlobalVariable {
				name: Some(format!("aitbc_{name}")),
				space,
				binding,
				ty,
				init: None,
				memory_decorations: MemoryDecorations::empty(),
			};
			module.global_variables.append(variable, Span::UNDEFINED)
		};
		let private = AddressSpace::Private;
		let storage = AddressSpace::Storage { access: StorageAccess::LOAD | StorageAccess::STORE };
		let place = Some(ResourceBinding { group: 0, binding });
		Self {
			used: variable("used", private, None, number),
			shared: uniformity.has_barrier().then(|| variable("shared", private, None, number)),
			limit: variable("limit", private, None, number),
			cut: (watch == Watch::Ends).then(|| variable("cut", private, None, boolean)),
			watch,
			control: variable("control", storage, place, control),
			boolean,
			with_loops,
		}
	}
}

/// The pass over one function.
struct Pass<'a> {
	module: &'a Module,
	function: &'a Function,
	uniformity: &'a Uniformity,
	meter: &'a Meter,
	/// Whether it is the entry point.
	is_entry: bool,
}

/// How a loop sees that the fuel is used up.
#[derive(Clone, Copy)]
enum Gauge {
	/// A count of the pass exceeds the limit.
	Count(Handle<GlobalVariable>),
	/// The loop's counter, which was `start` before the loop, has come to `end`. It cannot pass by: it is looked
	/// at in every round.
	Counter { counter: Counter, start: Handle<Expression>, end: Handle<Expression> },
}

/// What a `break` leaves.
#[derive(Clone, Copy)]
enum Target {
	/// A switch, or nothing.
	Other,
	/// A loop, with the variable that says that it was left on purpose.
	Loop(Option<Handle<LocalVariable>>),
}

impl Pass<'_> {
	fn run(&self, info: &FunctionInfo) -> Result<Function, String> {
		let old = self.function;
		let mut rewriter = Rewriter::new(self.module, info, old)?;
		let mut body = Block::new();
		if self.is_entry {
			self.prologue(&mut rewriter, &mut body);
		}
		let mut rest = self.block(&mut rewriter, &old.body, Target::Other)?;
		body.append(&mut rest);
		if self.is_entry {
			// The end of the body as well as its returns, which the block above took care of.
			if !matches!(body.last(), Some(Statement::Return { .. })) {
				self.epilogue(&mut rewriter, &mut body);
			}
			ensure_block_returns(&mut body);
		}
		rewriter.finish(body)
	}

	/// Takes the limit out of the control buffer.
	fn prologue(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		let control = rewriter.global(self.meter.control);
		let limit = rewriter.global(self.meter.limit);
		let pointer = Expression::AccessIndex { base: control, index: LIMIT };
		let pointer = rewriter.emit(block, pointer);
		let value = rewriter.emit(block, Expression::Load { pointer });
		push(block, Statement::Store { pointer: limit, value });
	}

	/// Says in the control buffer how this invocation ended. What an invocation counts after the device
	/// ended one of its loops means nothing.
	fn epilogue(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		if self.meter.watch == Watch::Rounds {
			self.report_long(rewriter, block);
		}
		let Some(cut) = self.meter.cut else { return self.report_dry(rewriter, block) };
		let pointer = rewriter.global(cut);
		let condition = rewriter.emit(block, Expression::Load { pointer });
		let accept = self.raise(rewriter, CUT);
		let mut reject = Block::new();
		self.report_dry(rewriter, &mut reject);
		push(block, Statement::If { condition, accept, reject });
	}

	fn report_dry(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		let condition = self.compare(rewriter, block, self.meter.used, BinaryOperator::Greater);
		let accept = self.raise(rewriter, DRY);
		push(block, Statement::If { condition, accept, reject: Block::new() });
	}

	/// Not where the limit makes sure: it may be exceeded.
	fn report_long(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		let [left, right] = [self.meter.used, self.meter.limit].map(|variable| {
			let pointer = rewriter.global(variable);
			rewriter.emit(block, Expression::Load { pointer })
		});
		let least = smaller(left, right);
		let left = rewriter.emit(block, least);
		let right = rewriter.number(MAX_SURE_ROUNDS.cast_signed());
		let op = BinaryOperator::Greater;
		let condition = rewriter.emit(block, Expression::Binary { op, left, right });
		let accept = self.raise(rewriter, LONG);
		push(block, Statement::If { condition, accept, reject: Block::new() });
	}

	/// Sets a flag of the control buffer.
	fn raise(&self, rewriter: &mut Rewriter<'_>, member: u32) -> Block {
		let mut block = Block::new();
		let base = rewriter.global(self.meter.control);
		let value = rewriter.word(1);
		let pointer = rewriter.emit(&mut block, Expression::AccessIndex { base, index: member });
		let fun = AtomicFunction::InclusiveOr;
		push(&mut block, Statement::Atomic { pointer, fun, value, result: None });
		block
	}

	/// A count compared with the limit.
	fn compare(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		count: Handle<GlobalVariable>,
		op: BinaryOperator,
	) -> Handle<Expression> {
		let pointer = rewriter.global(count);
		let left = rewriter.emit(block, Expression::Load { pointer });
		let pointer = rewriter.global(self.meter.limit);
		let right = rewriter.emit(block, Expression::Load { pointer });
		rewriter.emit(block, Expression::Binary { op, left, right })
	}

	/// The count that ends a loop.
	fn deciding_count(&self, is_uniform: bool) -> Handle<GlobalVariable> {
		self.meter.shared.filter(|_| is_uniform).unwrap_or(self.meter.used)
	}

	/// Counts one round.
	fn tick(&self, rewriter: &mut Rewriter<'_>, block: &mut Block, is_uniform: bool) {
		// Neither count reaches 2³¹: once the limit is exceeded, only uniform rounds go on, of which there
		// are as many as the limit, and in each the fewer than 2¹⁵ loops of the program count once.
		let shared = self.meter.shared.filter(|_| is_uniform);
		for count in [Some(self.meter.used), shared].into_iter().flatten() {
			let pointer = rewriter.global(count);
			let left = rewriter.emit(block, Expression::Load { pointer });
			let right = rewriter.number(1);
			let value = rewriter.emit(block, binary(BinaryOperator::Add, left, right));
			push(block, Statement::Store { pointer, value });
		}
	}

	/// How a loop with this counter, before which `block` ends, sees that the fuel is used up: after as many
	/// rounds as are left.
	fn gauge_of(&self, rewriter: &mut Rewriter<'_>, block: &mut Block, counter: Counter) -> Gauge {
		let start = self.value_of(rewriter, block, counter);
		let [used, limit] = [self.meter.used, self.meter.limit].map(|variable| {
			let pointer = rewriter.global(variable);
			rewriter.emit(block, Expression::Load { pointer })
		});
		// Once the limit is exceeded, none are left.
		let used = rewriter.emit(block, smaller(used, limit));
		let room = rewriter.emit(block, binary(BinaryOperator::Subtract, limit, used));
		let room = match counter.is_signed {
			true => room,
			false => rewriter.emit(block, as_kind(room, ScalarKind::Uint)),
		};
		let end = rewriter.emit(block, binary(BinaryOperator::Add, start, room));
		Gauge::Counter { counter, start, end }
	}

	fn value_of(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		counter: Counter,
	) -> Handle<Expression> {
		let pointer = rewriter.free(Expression::LocalVariable(counter.variable));
		rewriter.emit(block, Expression::Load { pointer })
	}

	/// Counts the rounds of a loop that `block` ends with: one more than its counter says, as the last one ended
	/// before the step.
	fn settle(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		counter: Counter,
		start: Handle<Expression>,
	) {
		let now = self.value_of(rewriter, block, counter);
		let steps = rewriter.emit(block, binary(BinaryOperator::Subtract, now, start));
		let steps = match counter.is_signed {
			true => steps,
			false => rewriter.emit(block, as_kind(steps, ScalarKind::Sint)),
		};
		let one = rewriter.number(1);
		let rounds = rewriter.emit(block, binary(BinaryOperator::Add, steps, one));
		let pointer = rewriter.global(self.meter.used);
		let used = rewriter.emit(block, Expression::Load { pointer });
		let value = rewriter.emit(block, binary(BinaryOperator::Add, used, rounds));
		push(block, Statement::Store { pointer, value });
	}

	fn block(
		&self,
		rewriter: &mut Rewriter<'_>,
		old: &Block,
		target: Target,
	) -> Result<Block, String> {
		let mut block = Block::with_capacity(old.len());
		self.statements(rewriter, &mut block, old.span_iter(), target)?;
		Ok(block)
	}

	fn statements<'b>(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		old: impl Iterator<Item = (&'b Statement, &'b Span)>,
		target: Target,
	) -> Result<(), String> {
		for (statement, span) in old {
			self.statement(rewriter, block, (statement, *span), target)?;
		}
		Ok(())
	}

	fn statement(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		(statement, span): (&Statement, Span),
		target: Target,
	) -> Result<(), String> {
		let new = match statement {
			Statement::Emit(range) => {
				rewriter.emit_again(block, range, span)?;
				return Ok(());
			}
			Statement::Block(inner) => Statement::Block(self.block(rewriter, inner, target)?),
			Statement::If { condition, accept, reject } => Statement::If {
				condition: rewriter.of(*condition)?,
				accept: self.block(rewriter, accept, target)?,
				reject: self.block(rewriter, reject, target)?,
			},
			Statement::Switch { selector, cases } => {
				let mut new = Vec::with_capacity(cases.len());
				for case in cases {
					let body = self.block(rewriter, &case.body, Target::Other)?;
					let (value, fall_through) = (case.value, case.fall_through);
					new.push(SwitchCase { value, body, fall_through });
				}
				Statement::Switch { selector: rewriter.of(*selector)?, cases: new }
			}
			Statement::Loop { .. } => return self.add_loop(rewriter, block, statement, span),
			Statement::Break => {
				if let Target::Loop(left) = target {
					self.leave(rewriter, block, left);
				}
				Statement::Break
			}
			Statement::Return { value } => {
				if self.is_entry {
					self.epilogue(rewriter, block);
				}
				Statement::Return { value: rewriter.of_option(*value)? }
			}
			Statement::Continue => Statement::Continue,
			Statement::ControlBarrier(barrier) => Statement::ControlBarrier(*barrier),
			Statement::MemoryBarrier(barrier) => Statement::MemoryBarrier(*barrier),
			Statement::Store { pointer, value } => {
				Statement::Store { pointer: rewriter.of(*pointer)?, value: rewriter.of(*value)? }
			}
			Statement::Atomic { pointer, fun, value, result } => Statement::Atomic {
				pointer: rewriter.of(*pointer)?,
				fun: plain(fun)?,
				value: rewriter.of(*value)?,
				result: rewriter.of_option(*result)?,
			},
			Statement::WorkGroupUniformLoad { pointer, result } => {
				Statement::WorkGroupUniformLoad {
					pointer: rewriter.of(*pointer)?,
					result: rewriter.of(*result)?,
				}
			}
			Statement::Call { function, arguments, result } => Statement::Call {
				function: *function,
				arguments: rewriter.of_list(arguments)?,
				result: rewriter.of_option(*result)?,
			},
			other => return Err(format!("a statement outside of the profile: {other:?}")),
		};
		block.push(new, span);
		Ok(())
	}

	/// Notes that a loop is left on purpose.
	fn leave(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		left: Option<Handle<LocalVariable>>,
	) {
		if let Some(left) = left {
			let pointer = rewriter.free(Expression::LocalVariable(left));
			let value = rewriter.boolean(true);
			push(block, Statement::Store { pointer, value });
		}
	}

	fn add_loop(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		statement: &Statement,
		span: Span,
	) -> Result<(), String> {
		let Statement::Loop { body: old, continuing, break_if } = statement else {
			return Err("no loop".to_string());
		};
		let left = self.meter.cut.map(|_| {
			let variable = LocalVariable { name: None, ty: self.meter.boolean, init: None };
			let left = rewriter.local(variable);
			// The loop may stand in another one, and this variable be true from its last time.
			let pointer = rewriter.free(Expression::LocalVariable(left));
			let value = rewriter.boolean(false);
			push(block, Statement::Store { pointer, value });
			left
		});
		let target = Target::Loop(left);
		let mut body = Block::new();
		let is_uniform = self.uniformity.is_uniform_loop(statement);
		let exit = Exit::of(old);
		let counter = exit
			.as_ref()
			.filter(|_| break_if.is_none() && (self.meter.shared.is_none() || !is_uniform))
			.and_then(|exit| {
				let (place, head) = ((self.module, self.function), (old, exit.position));
				Counter::of(place, &self.meter.with_loops, head, continuing)
			});
		let gauge = match counter {
			Some(counter) => self.gauge_of(rewriter, block, counter),
			None => {
				self.tick(rewriter, &mut body, is_uniform);
				Gauge::Count(self.deciding_count(is_uniform))
			}
		};
		if let Some(exit) = &exit {
			let statements = old.span_iter().take(exit.position);
			self.statements(rewriter, &mut body, statements, target)?;
			let condition = self.exit_condition(rewriter, &mut body, exit, gauge)?;
			let mut accept = Block::new();
			self.leave(rewriter, &mut accept, left);
			push(&mut accept, Statement::Break);
			push(&mut body, Statement::If { condition, accept, reject: Block::new() });
		} else if break_if.is_none() {
			let condition = self.is_used_up(rewriter, &mut body, gauge);
			let mut accept = Block::new();
			self.leave(rewriter, &mut accept, left);
			push(&mut accept, Statement::Break);
			push(&mut body, Statement::If { condition, accept, reject: Block::new() });
		}
		let done = exit.as_ref().map_or(0, |exit| exit.position.saturating_add(1));
		self.statements(rewriter, &mut body, old.span_iter().skip(done), target)?;
		let mut continuing = self.block(rewriter, continuing, Target::Other)?;
		let mut break_if = rewriter.of_option(*break_if)?;
		if let Some(own) = break_if.filter(|_| exit.is_none()) {
			let dry = self.is_used_up(rewriter, &mut continuing, gauge);
			let either = binary(BinaryOperator::LogicalOr, dry, own);
			break_if = Some(rewriter.emit(&mut continuing, either));
		}
		if let (Some(left), Some(value)) = (left, break_if) {
			let pointer = rewriter.free(Expression::LocalVariable(left));
			push(&mut continuing, Statement::Store { pointer, value });
		}
		block.push(Statement::Loop { body, continuing, break_if }, span);
		if let Gauge::Counter { counter, start, .. } = gauge {
			self.settle(rewriter, block, counter, start);
		}
		if let Some(left) = left {
			self.check_cut(rewriter, block, left);
		}
		Ok(())
	}

	/// A loop's own question whether to leave, with the limit as one more reason.
	fn exit_condition(
		&self,
		rewriter: &mut Rewriter<'_>,
		body: &mut Block,
		exit: &Exit,
		gauge: Gauge,
	) -> Result<Handle<Expression>, String> {
		let own = rewriter.of(exit.condition)?;
		let dry = self.is_used_up(rewriter, body, gauge);
		let leave = match exit.leaves {
			true => own,
			false => {
				let op = UnaryOperator::LogicalNot;
				rewriter.emit(body, Expression::Unary { op, expr: own })
			}
		};
		Ok(rewriter.emit(body, binary(BinaryOperator::LogicalOr, dry, leave)))
	}

	fn is_used_up(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		gauge: Gauge,
	) -> Handle<Expression> {
		match gauge {
			Gauge::Count(count) => self.compare(rewriter, block, count, BinaryOperator::Greater),
			Gauge::Counter { counter, end, .. } => {
				let now = self.value_of(rewriter, block, counter);
				rewriter.emit(block, binary(BinaryOperator::Equal, now, end))
			}
		}
	}

	/// After a loop: notes if this invocation did not leave it by itself, unless its fuel was used up
	/// before.
	fn check_cut(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		left: Handle<LocalVariable>,
	) {
		let Some(cut) = self.meter.cut else { return };
		let pointer = rewriter.free(Expression::LocalVariable(left));
		let expr = rewriter.emit(block, Expression::Load { pointer });
		let op = UnaryOperator::LogicalNot;
		let condition = rewriter.emit(block, Expression::Unary { op, expr });
		let mut accept = Block::new();
		let exceeded =
			self.compare(rewriter, &mut accept, self.meter.used, BinaryOperator::Greater);
		let pointer = rewriter.global(cut);
		let value = rewriter.boolean(true);
		let reject = Block::from_vec(vec![Statement::Store { pointer, value }]);
		push(&mut accept, Statement::If { condition: exceeded, accept: Block::new(), reject });
		push(block, Statement::If { condition, accept, reject: Block::new() });
	}
}

/// The question at the beginning of a loop whether to leave it.
struct Exit {
	/// Of its statement in the body; before it, values are made, by branches where it has a `&&`.
	position: usize,
	condition: Handle<Expression>,
	/// Whether the loop is left if the condition holds, rather than if it does not.
	leaves: bool,
}

impl Exit {
	fn of(body: &Block) -> Option<Self> {
		let position = body.iter().position(|statement| !only_makes_values(statement))?;
		let Statement::If { condition, accept, reject } = body.get(position)? else { return None };
		let is_break = |block: &Block| matches!(block.as_ref(), [Statement::Break]);
		let leaves = is_break(accept) && reject.is_empty();
		let stays = is_break(reject) && accept.is_empty();
		(leaves || stays).then_some(Self { position, condition: *condition, leaves })
	}
}

fn only_makes_values(statement: &Statement) -> bool {
	match statement {
		Statement::Emit(_) | Statement::Store { .. } => true,
		Statement::If { accept, reject, .. } => {
			accept.iter().chain(reject.iter()).all(only_makes_values)
		}
		_ => false,
	}
}

const fn binary(
	op: BinaryOperator,
	left: Handle<Expression>,
	right: Handle<Expression>,
) -> Expression {
	Expression::Binary { op, left, right }
}

const fn smaller(arg: Handle<Expression>, other: Handle<Expression>) -> Expression {
	let fun = MathFunction::Min;
	Expression::Math { fun, arg, arg1: Some(other), arg2: None, arg3: None }
}

/// The same 32 bits as another kind of number.
const fn as_kind(expr: Handle<Expression>, kind: ScalarKind) -> Expression {
	Expression::As { expr, kind, convert: None }
}

fn push(block: &mut Block, statement: Statement) {
	block.push(statement, Span::UNDEFINED);
}

/// An atomic function without operands of its own.
fn plain(fun: &AtomicFunction) -> Result<AtomicFunction, String> {
	match fun {
		AtomicFunction::Exchange { .. } => Err("an atomic exchange".to_string()),
		other => Ok(*other),
	}
}
