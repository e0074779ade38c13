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
//! invocations after 65,535 rounds that *any* of them took, without a word; it goes once through the loops of
//! branches that none takes as well. From then on it ends every loop after its first round. An invocation
//! therefore takes one more loop before it ends, the *canary*, of as many rounds as the host put into the
//! control buffer, so that no compiler knows them. If it is ended early, so may have been one before it, and the
//! control buffer says that the device failed.
//!
//! That device also runs invocations that do not exist, to fill a vector where the workgroup is no multiple of 8;
//! they write nothing, but the rounds that they take count. They get no fuel: the host puts the
//! workgroup's size into the control buffer, as compilers know of no id beyond it.

mod counter;
mod rewrite;

use super::{CONTROL_BYTES, uniform::Uniformity};
use alloc::{
	format,
	string::{String, ToString},
	vec,
	vec::Vec,
};
use counter::{Counter, functions_with_loops, takes_rounds};
use naga::{
	AddressSpace, AtomicFunction, BinaryOperator, Binding, Block, BuiltIn, Expression, Function,
	FunctionArgument, GlobalVariable, Handle, LocalVariable, MathFunction, MemoryDecorations,
	Module, RelationalFunction, ResourceBinding, Scalar, ScalarKind, Span, Statement,
	StorageAccess, StructMember, SwitchCase, Type, TypeInner, UnaryOperator, VectorSize,
	proc::ensure_block_returns,
	valid::{FunctionInfo, ModuleInfo},
};
use rewrite::Rewriter;

/// Members of the control buffer.
pub(super) const LIMIT: u32 = 0;
pub(super) const DRY: u32 = 1;
pub(super) const CUT: u32 = 2;
pub(super) const CANARY: u32 = 3;
/// Three words.
const SIZE: u32 = 4;
const COUNT: u32 = 5;

/// What the pass adds to a module.
struct Meter {
	/// Rounds so far.
	used: Handle<GlobalVariable>,
	/// Those that all invocations of the workgroup take together; only where there are barriers.
	shared: Option<Handle<GlobalVariable>>,
	limit: Handle<GlobalVariable>,
	control: Handle<GlobalVariable>,
	/// The type of counts.
	number: Handle<Type>,
	/// The type of ids.
	vector: Handle<Type>,
	word: Handle<Type>,
	/// Whether functions take rounds, by their index.
	with_loops: Vec<bool>,
}

/// Instruments a module. `uniformity` is about the same module; the control buffer gets the number
/// `binding` in group 0.
pub(super) fn instrument(
	(module, info): (&Module, &ModuleInfo),
	uniformity: &Uniformity,
	binding: u32,
) -> Result<Module, String> {
	let mut result = module.clone();
	let meter = Meter::add(&mut result, uniformity, binding);
	for (handle, function) in module.functions.iter() {
		let pass = Pass { module, function, uniformity, meter: &meter };
		*result.functions.get_mut(handle) = pass.run(&info[handle])?;
	}
	for (index, entry) in module.entry_points.iter().enumerate() {
		let (function, info) = (&entry.function, info.get_entry_point(index));
		let pass = Pass { module, function, uniformity, meter: &meter };
		let mut body = pass.run(info)?;
		for argument in &mut body.arguments {
			argument.binding = None;
		}
		let body = result.functions.append(body, Span::UNDEFINED);
		if let Some(slot) = result.entry_points.get_mut(index) {
			slot.function = pass.entry(body, info)?;
		}
	}
	Ok(result)
}

impl Meter {
	fn add(module: &mut Module, uniformity: &Uniformity, binding: u32) -> Self {
		let with_loops = functions_with_loops(module);
		let mut ty = |inner| module.types.insert(Type { name: None, inner }, Span::UNDEFINED);
		// Signed numbers compare quicker; no count comes near 2³¹.
		let number = ty(TypeInner::Scalar(Scalar::I32));
		let flag = ty(TypeInner::Atomic(Scalar::U32));
		let word = ty(TypeInner::Scalar(Scalar::U32));
		let vector = ty(TypeInner::Vector { size: VectorSize::Tri, scalar: Scalar::U32 });
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
			member("canary", number, CANARY),
			member("size", vector, SIZE),
			StructMember { offset: 28, ..member("count", word, COUNT) },
		];
		let inner = TypeInner::Struct { members, span: CONTROL_BYTES as u32 };
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
			control: variable("control", storage, place, control),
			number,
			vector,
			word,
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
}

/// Where an entry point finds a value that it is given.
#[derive(Clone, Copy)]
struct Place {
	argument: u32,
	/// Of that argument, if it is a structure.
	member: Option<u32>,
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

impl Pass<'_> {
	fn run(&self, info: &FunctionInfo) -> Result<Function, String> {
		let mut rewriter = Rewriter::new(self.module, info, self.function)?;
		let body = self.block(&mut rewriter, &self.function.body)?;
		rewriter.finish(body)
	}

	/// An entry point that calls its former body: that may end at many places, this at one.
	fn entry(&self, body: Handle<Function>, info: &FunctionInfo) -> Result<Function, String> {
		// Without loops there is nothing to count, and nothing to end.
		let has_loop = takes_rounds(self.function, &self.meter.with_loops);
		let mut arguments = self.function.arguments.clone();
		let places = has_loop.then(|| {
			let Meter { vector, word, .. } = *self.meter;
			[(BuiltIn::LocalInvocationId, vector), (BuiltIn::LocalInvocationIndex, word)]
				.map(|(built_in, ty)| self.place_of(&mut arguments, built_in, ty))
		});
		let old = Function { name: self.function.name.clone(), arguments, ..Function::default() };
		let mut rewriter = Rewriter::new(self.module, info, &old)?;
		let mut block = Block::new();
		if let Some(places) = places {
			self.prologue(&mut rewriter, &mut block, places);
		}
		let arguments = (0_u32..)
			.zip(&self.function.arguments)
			.map(|(number, _)| rewriter.free(Expression::FunctionArgument(number)))
			.collect();
		push(&mut block, Statement::Call { function: body, arguments, result: None });
		if has_loop {
			self.epilogue(&mut rewriter, &mut block);
		}
		ensure_block_returns(&mut block);
		rewriter.finish(block)
	}

	/// Where an entry point with these arguments finds a value; it gets one more argument if it has none.
	fn place_of(
		&self,
		arguments: &mut Vec<FunctionArgument>,
		built_in: BuiltIn,
		ty: Handle<Type>,
	) -> Place {
		let binding = Some(Binding::BuiltIn(built_in));
		for (argument, number) in arguments.iter().zip(0_u32..) {
			if argument.binding == binding {
				return Place { argument: number, member: None };
			}
			if let Ok(Type { inner: TypeInner::Struct { members, .. }, .. }) =
				self.module.types.get_handle(argument.ty)
				&& let Some((_, member)) =
					members.iter().zip(0_u32..).find(|(member, _)| member.binding == binding)
			{
				return Place { argument: number, member: Some(member) };
			}
		}
		let argument = arguments.len() as u32;
		arguments.push(FunctionArgument { name: None, ty, binding });
		Place { argument, member: None }
	}

	/// Takes the limit out of the control buffer; none for invocations that do not exist.
	fn prologue(&self, rewriter: &mut Rewriter<'_>, block: &mut Block, places: [Place; 2]) {
		let [id, number] = places.map(|place| {
			let base = rewriter.free(Expression::FunctionArgument(place.argument));
			place
				.member
				.map_or(base, |index| rewriter.emit(block, Expression::AccessIndex { base, index }))
		});
		let base = rewriter.global(self.meter.control);
		let [limit, size, count] = [LIMIT, SIZE, COUNT].map(|index| {
			let pointer = rewriter.emit(block, Expression::AccessIndex { base, index });
			rewriter.emit(block, Expression::Load { pointer })
		});
		// Both: compilers know the id where a side is one, and the number of one that does not exist may be
		// another's where rows are filled up.
		let argument = rewriter.emit(block, binary(BinaryOperator::Less, id, size));
		let fun = RelationalFunction::All;
		let left = rewriter.emit(block, Expression::Relational { fun, argument });
		let right = rewriter.emit(block, binary(BinaryOperator::Less, number, count));
		let condition = rewriter.emit(block, binary(BinaryOperator::LogicalAnd, left, right));
		let reject = rewriter.number(0);
		let value = rewriter.emit(block, Expression::Select { condition, accept: limit, reject });
		let pointer = rewriter.global(self.meter.limit);
		push(block, Statement::Store { pointer, value });
	}

	/// Says in the control buffer how this invocation ended. What it counted means nothing if the device may
	/// have ended one of its loops.
	fn epilogue(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		let ty = self.meter.number;
		let name = Some("aitbc_canary".to_string());
		let canary = rewriter.local(LocalVariable { name, ty, init: None });
		let canary = rewriter.free(Expression::LocalVariable(canary));
		let control = rewriter.global(self.meter.control);
		let rounds = Expression::AccessIndex { base: control, index: CANARY };
		let pointer = rewriter.emit(block, rounds);
		let rounds = rewriter.emit(block, Expression::Load { pointer });
		let mut body = Block::new();
		let now = rewriter.emit(&mut body, Expression::Load { pointer: canary });
		let condition = rewriter.emit(&mut body, binary(BinaryOperator::Equal, now, rounds));
		push(&mut body, break_where(condition));
		let one = rewriter.number(1);
		let value = rewriter.emit(&mut body, binary(BinaryOperator::Add, now, one));
		push(&mut body, Statement::Store { pointer: canary, value });
		push(block, Statement::Loop { body, continuing: Block::new(), break_if: None });
		let reached = rewriter.emit(block, Expression::Load { pointer: canary });
		let condition = rewriter.emit(block, binary(BinaryOperator::Equal, reached, rounds));
		let mut accept = Block::new();
		self.report_dry(rewriter, &mut accept);
		let reject = self.raise(rewriter, CUT);
		push(block, Statement::If { condition, accept, reject });
	}

	fn report_dry(&self, rewriter: &mut Rewriter<'_>, block: &mut Block) {
		let condition = self.exceeds_limit(rewriter, block, self.meter.used);
		let accept = self.raise(rewriter, DRY);
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

	/// Whether a count is larger than the limit.
	fn exceeds_limit(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		count: Handle<GlobalVariable>,
	) -> Handle<Expression> {
		let [count, limit] = load(rewriter, block, [count, self.meter.limit]);
		rewriter.emit(block, binary(BinaryOperator::Greater, count, limit))
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
			let one = rewriter.number(1);
			add(rewriter, block, count, one);
		}
	}

	/// How a loop with this counter, before which `block` ends, sees that the fuel is used up: after as many
	/// rounds as are left.
	fn gauge_of(&self, rewriter: &mut Rewriter<'_>, block: &mut Block, counter: Counter) -> Gauge {
		let start = self.value_of(rewriter, block, counter);
		let [used, limit] = load(rewriter, block, [self.meter.used, self.meter.limit]);
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
		add(rewriter, block, self.meter.used, rounds);
	}

	fn block(&self, rewriter: &mut Rewriter<'_>, old: &Block) -> Result<Block, String> {
		let mut block = Block::with_capacity(old.len());
		self.statements(rewriter, &mut block, old.span_iter())?;
		Ok(block)
	}

	fn statements<'b>(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		old: impl Iterator<Item = (&'b Statement, &'b Span)>,
	) -> Result<(), String> {
		for (statement, span) in old {
			self.statement(rewriter, block, (statement, *span))?;
		}
		Ok(())
	}

	fn statement(
		&self,
		rewriter: &mut Rewriter<'_>,
		block: &mut Block,
		(statement, span): (&Statement, Span),
	) -> Result<(), String> {
		let new = match statement {
			Statement::Emit(range) => {
				rewriter.emit_again(block, range, span)?;
				return Ok(());
			}
			Statement::Block(inner) => Statement::Block(self.block(rewriter, inner)?),
			Statement::If { condition, accept, reject } => Statement::If {
				condition: rewriter.of(*condition)?,
				accept: self.block(rewriter, accept)?,
				reject: self.block(rewriter, reject)?,
			},
			Statement::Switch { selector, cases } => {
				let mut new = Vec::with_capacity(cases.len());
				for case in cases {
					let body = self.block(rewriter, &case.body)?;
					let (value, fall_through) = (case.value, case.fall_through);
					new.push(SwitchCase { value, body, fall_through });
				}
				Statement::Switch { selector: rewriter.of(*selector)?, cases: new }
			}
			Statement::Loop { .. } => return self.add_loop(rewriter, block, statement, span),
			Statement::Break => Statement::Break,
			Statement::Return { value } => Statement::Return { value: rewriter.of_option(*value)? },
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
			self.statements(rewriter, &mut body, statements)?;
			let condition = self.exit_condition(rewriter, &mut body, exit, gauge)?;
			push(&mut body, break_where(condition));
		} else if break_if.is_none() {
			let condition = self.is_used_up(rewriter, &mut body, gauge);
			push(&mut body, break_where(condition));
		}
		let done = exit.as_ref().map_or(0, |exit| exit.position.saturating_add(1));
		self.statements(rewriter, &mut body, old.span_iter().skip(done))?;
		let mut continuing = self.block(rewriter, continuing)?;
		let mut break_if = rewriter.of_option(*break_if)?;
		if let Some(own) = break_if.filter(|_| exit.is_none()) {
			let dry = self.is_used_up(rewriter, &mut continuing, gauge);
			let either = binary(BinaryOperator::LogicalOr, dry, own);
			break_if = Some(rewriter.emit(&mut continuing, either));
		}
		block.push(Statement::Loop { body, continuing, break_if }, span);
		if let Gauge::Counter { counter, start, .. } = gauge {
			self.settle(rewriter, block, counter, start);
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
			Gauge::Count(count) => self.exceeds_limit(rewriter, block, count),
			Gauge::Counter { counter, end, .. } => {
				let now = self.value_of(rewriter, block, counter);
				rewriter.emit(block, binary(BinaryOperator::Equal, now, end))
			}
		}
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

/// The values of module-scope variables.
fn load<const N: usize>(
	rewriter: &mut Rewriter<'_>,
	block: &mut Block,
	variables: [Handle<GlobalVariable>; N],
) -> [Handle<Expression>; N] {
	variables.map(|variable| {
		let pointer = rewriter.global(variable);
		rewriter.emit(block, Expression::Load { pointer })
	})
}

/// Adds to a count.
fn add(
	rewriter: &mut Rewriter<'_>,
	block: &mut Block,
	count: Handle<GlobalVariable>,
	rounds: Handle<Expression>,
) {
	let [sum] = load(rewriter, block, [count]);
	let value = rewriter.emit(block, binary(BinaryOperator::Add, sum, rounds));
	let pointer = rewriter.global(count);
	push(block, Statement::Store { pointer, value });
}

fn break_where(condition: Handle<Expression>) -> Statement {
	let accept = Block::from_vec(vec![Statement::Break]);
	Statement::If { condition, accept, reject: Block::new() }
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
