//! Expressions, and reading and writing memory.

use super::{
	InterpretError, arith,
	machine::{Code, Frame, Invocation, Machine, put, top, unsupported},
	memory::World,
	race::Access,
	value::{Pointer, Root, Value},
};
use alloc::{borrow::Cow, vec::Vec};
use naga::{
	AddressSpace, Arena, ArraySize, AtomicFunction, BinaryOperator, Expression, GlobalVariable,
	Handle, Literal, MathFunction, RelationalFunction, ScalarKind, TypeInner,
};

/// The elements of something that is indexed, in words.
struct Elements {
	count: u32,
	/// From one to the next.
	step: u32,
	/// Of one of them, without what lies between.
	words: u32,
}

impl<'m> Machine<'m> {
	fn code(&self, frame: &Frame<'m>) -> Result<&Code<'m>, InterpretError> {
		self.codes.get(frame.code).ok_or_else(|| unsupported("an unknown function"))
	}

	pub fn type_of(&self, frame: &Frame<'m>, handle: Handle<Expression>) -> Option<&'m TypeInner> {
		let code = self.codes.get(frame.code)?;
		let info: &'m naga::valid::FunctionInfo = code.info;
		(handle.index() < info.expression_count())
			.then(|| info[handle].ty.inner_with(&self.module.types))
	}

	fn inner(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<&'m TypeInner, InterpretError> {
		self.type_of(frame, handle).ok_or_else(|| unsupported("an expression without a type"))
	}

	fn kind(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<ScalarKind, InterpretError> {
		let kind = self.inner(frame, handle)?.scalar_kind();
		kind.ok_or_else(|| unsupported("arithmetic on something that is no number"))
	}

	/// A constant expression of a module's or a function's arena.
	pub fn constant(
		&self,
		arena: &Arena<Expression>,
		handle: Handle<Expression>,
	) -> Result<Value, InterpretError> {
		let expression = arena.try_get(handle).map_err(unsupported)?;
		Ok(match expression {
			Expression::Literal(Literal::U32(word)) => Value::scalar(*word),
			Expression::Literal(Literal::I32(word)) => Value::scalar(*word as u32),
			Expression::Literal(Literal::Bool(value)) => Value::scalar(u32::from(*value)),
			Expression::Constant(constant) => {
				let constant = self.module.constants.try_get(*constant).map_err(unsupported)?;
				self.constant(&self.module.global_expressions, constant.init)?
			}
			Expression::ZeroValue(ty) => Value::zero(self.layout.of(*ty)),
			Expression::Compose { components, .. } => {
				let mut words = Vec::new();
				for component in components {
					words.extend_from_slice(self.constant(arena, *component)?.words());
				}
				Value::of(&words)
			}
			Expression::Splat { size, value } => {
				let word = self.constant(arena, *value)?.first().unwrap_or(0);
				Value::of(&[word; 4][..*size as usize])
			}
			other => return Err(unsupported(format_args!("the constant {other:?}"))),
		})
	}

	/// The value of an expression that was emitted, or has no need to be.
	fn operand<'v>(
		&'v self,
		frame: &'v Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<Cow<'v, Value>, InterpretError> {
		match frame.values.get(handle.index()) {
			Some(Value::None) | None => {}
			Some(value) => return Ok(Cow::Borrowed(value)),
		}
		let code = self.code(frame)?;
		let expression = code.function.expressions.try_get(handle).map_err(unsupported)?;
		Ok(match expression {
			Expression::FunctionArgument(number) => {
				let argument = frame.arguments.get(*number as usize);
				Cow::Borrowed(argument.ok_or_else(|| unsupported("a missing argument"))?)
			}
			Expression::LocalVariable(variable) => {
				let offset = code.locals.get(variable.index()).copied();
				let offset = offset.ok_or_else(|| unsupported("an unknown variable"))?;
				Cow::Owned(Value::Pointer(Pointer { root: Root::Local(frame.depth), offset }))
			}
			Expression::GlobalVariable(variable) => {
				Cow::Owned(Value::Pointer(self.global(*variable)?))
			}
			_ => Cow::Owned(self.constant(&code.function.expressions, handle)?),
		})
	}

	fn global(&self, variable: Handle<GlobalVariable>) -> Result<Pointer, InterpretError> {
		let space = self.module.global_variables.try_get(variable).map_err(unsupported)?.space;
		let place = self.layout.globals.get(variable.index()).copied().unwrap_or(u32::MAX);
		Ok(match space {
			AddressSpace::WorkGroup => Pointer { root: Root::Workgroup, offset: place },
			AddressSpace::Private => Pointer { root: Root::Private, offset: place },
			AddressSpace::Storage { .. } => Pointer { root: Root::Buffer(place), offset: 0 },
			other => return Err(unsupported(format_args!("the memory {other:?}"))),
		})
	}

	pub fn copied(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<Value, InterpretError> {
		Ok(self.operand(frame, handle)?.into_owned())
	}

	pub fn word(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<u32, InterpretError> {
		self.operand(frame, handle)?.first().ok_or_else(|| unsupported("no number"))
	}

	pub fn pointer(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
	) -> Result<Pointer, InterpretError> {
		match self.operand(frame, handle)?.as_ref() {
			Value::Pointer(pointer) => Ok(*pointer),
			_ => Err(unsupported("no pointer")),
		}
	}

	/// What an emitted expression gives.
	pub fn evaluate(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		handle: Handle<Expression>,
	) -> Result<Value, InterpretError> {
		let frame = top(invocation)?;
		let expressions = &self.code(frame)?.function.expressions;
		let expression = expressions.try_get(handle).map_err(unsupported)?;
		match expression {
			Expression::Load { pointer } => {
				let words = self.layout.words(self.inner(frame, handle)?);
				let pointer = self.pointer(frame, *pointer)?;
				self.load(invocation, world, pointer, words)
			}
			Expression::ArrayLength(array) => {
				let inner = self.inner(frame, *array)?;
				let pointer = self.pointer(frame, *array)?;
				let elements = self.elements(inner, pointer.root, world)?;
				Ok(Value::scalar(elements.count))
			}
			Expression::Access { base, index } => {
				let index = self.word(frame, *index)?;
				self.access(frame, *base, index, world)
			}
			Expression::AccessIndex { base, index } => self.access(frame, *base, *index, world),
			_ => self.compute(frame, handle, expression),
		}
	}

	/// What is made of values alone.
	fn compute(
		&self,
		frame: &Frame<'m>,
		handle: Handle<Expression>,
		expression: &Expression,
	) -> Result<Value, InterpretError> {
		let get = |handle: Handle<Expression>| self.operand(frame, handle);
		Ok(match expression {
			Expression::Compose { components, .. } => {
				let mut words = Vec::new();
				for component in components {
					words.extend_from_slice(get(*component)?.words());
				}
				Value::of(&words)
			}
			Expression::Splat { size, value } => {
				Value::of(&[self.word(frame, *value)?; 4][..*size as usize])
			}
			Expression::Swizzle { size, vector, pattern } => {
				let vector = get(*vector)?;
				let pick = |component: &naga::SwizzleComponent| {
					vector.words().get(*component as usize).copied().unwrap_or(0)
				};
				let words: Vec<u32> = pattern.iter().take(*size as usize).map(pick).collect();
				Value::of(&words)
			}
			Expression::Unary { op, expr } => {
				let value = get(*expr)?;
				let words = value.words().iter().map(|word| arith::unary(*op, *word));
				collect(words)?
			}
			Expression::Binary { op, left, right } => {
				let kind = self.kind(frame, *left)?;
				let (left, right) = (get(*left)?, get(*right)?);
				let shifts = matches!(op, BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight);
				if shifts && self.fuel.is_none() && right.words().iter().any(|word| *word > 31) {
					return Err(unsupported("a shift count that the pass did not mask"));
				}
				binary(*op, kind, left.as_ref(), right.as_ref())?
			}
			Expression::Select { condition, accept, reject } => {
				let (condition, accept, reject) = (get(*condition)?, get(*accept)?, get(*reject)?);
				select(condition.as_ref(), accept.as_ref(), reject.as_ref())
			}
			Expression::Relational { fun, argument } => {
				let value = get(*argument)?;
				let mut words = value.words().iter();
				let holds = match fun {
					RelationalFunction::All => words.all(|word| *word != 0),
					RelationalFunction::Any => words.any(|word| *word != 0),
					other => return Err(unsupported(format_args!("the function {other:?}"))),
				};
				Value::scalar(u32::from(holds))
			}
			Expression::Math { fun, arg, arg1, arg2, arg3 } => {
				let kind = self.kind(frame, *arg)?;
				let arg = get(*arg)?;
				let rest: Vec<Cow<'_, Value>> = [arg1, arg2, arg3]
					.into_iter()
					.flatten()
					.map(|handle| get(*handle))
					.collect::<Result<_, _>>()?;
				math(*fun, kind, arg.words(), &rest)?
			}
			Expression::As { expr, kind, convert } => {
				let value = get(*expr)?;
				match (kind, convert) {
					(ScalarKind::Bool, Some(_)) => {
						collect(value.words().iter().map(|word| Some(u32::from(*word != 0))))?
					}
					(ScalarKind::Sint | ScalarKind::Uint, _) => value.into_owned(),
					_ => return Err(unsupported(format_args!("a conversion to {kind:?}"))),
				}
			}
			_ => self.copied(frame, handle)?,
		})
	}

	/// The elements of what has the type `inner`, or of what a pointer of that type leads to.
	fn elements(
		&self,
		inner: &'m TypeInner,
		root: Root,
		world: &World,
	) -> Result<Elements, InterpretError> {
		let inner = match inner {
			TypeInner::Pointer { base, .. } => {
				&self.module.types.get_handle(*base).map_err(unsupported)?.inner
			}
			inner => inner,
		};
		Ok(match inner {
			TypeInner::Vector { size, .. } | TypeInner::ValuePointer { size: Some(size), .. } => {
				Elements { count: u32::from(*size), step: 1, words: 1 }
			}
			TypeInner::Array { base, size: ArraySize::Constant(count), .. } => {
				let words = self.layout.of(*base);
				Elements { count: count.get(), step: words, words }
			}
			TypeInner::Array { base, size: ArraySize::Dynamic, stride } => {
				let Root::Buffer(number) = root else {
					return Err(unsupported("a runtime-sized array outside of a buffer"));
				};
				let length = world.buffers.get(number as usize).map_or(0, Vec::len) as u32;
				let step = (stride / 4).max(1);
				Elements { count: length / step, step, words: self.layout.of(*base) }
			}
			other => return Err(unsupported(format_args!("an index into {other:?}"))),
		})
	}

	/// An element or a member, the last element if `index` is past it.
	fn access(
		&self,
		frame: &Frame<'m>,
		base: Handle<Expression>,
		index: u32,
		world: &World,
	) -> Result<Value, InterpretError> {
		let inner = self.inner(frame, base)?;
		let value = self.operand(frame, base)?;
		let root = match value.as_ref() {
			Value::Pointer(pointer) => pointer.root,
			_ => Root::Private,
		};
		let (begin, words) = match self.member(inner, index) {
			Some(place) => place,
			None => {
				let elements = self.elements(inner, root, world)?;
				let last = elements.count.checked_sub(1);
				let last = last.ok_or_else(|| unsupported("an array without elements"))?;
				if self.fuel.is_none() && index > last {
					return Err(unsupported("an index that the pass did not clamp"));
				}
				(index.min(last).saturating_mul(elements.step), elements.words)
			}
		};
		match value.as_ref() {
			Value::Pointer(pointer) => {
				let offset = pointer.offset.saturating_add(begin);
				Ok(Value::Pointer(Pointer { root, offset }))
			}
			value => {
				let range = begin as usize..begin.saturating_add(words) as usize;
				let words = value.words().get(range);
				Ok(Value::of(words.ok_or_else(|| unsupported("an element past the end"))?))
			}
		}
	}

	/// Where a member of a structure begins, and its size.
	fn member(&self, inner: &'m TypeInner, index: u32) -> Option<(u32, u32)> {
		let inner = match inner {
			TypeInner::Pointer { base, .. } => &self.module.types.get_handle(*base).ok()?.inner,
			inner => inner,
		};
		let TypeInner::Struct { members, .. } = inner else { return None };
		let begin = self.layout.member_offset(inner, index)?;
		members.get(index as usize).map(|member| (begin, self.layout.of(member.ty)))
	}

	fn memory<'a>(
		invocation: &'a mut Invocation<'m>,
		world: &'a mut World,
		root: Root,
	) -> Result<&'a mut [u32], InterpretError> {
		let memory = match root {
			Root::Buffer(number) => world.buffers.get_mut(number as usize),
			Root::Workgroup => Some(&mut world.workgroup),
			Root::Private => Some(&mut invocation.private),
			Root::Local(frame) => {
				invocation.frames.get_mut(frame as usize).map(|frame| &mut frame.locals)
			}
		};
		memory.map(Vec::as_mut_slice).ok_or_else(|| unsupported("a pointer that leads nowhere"))
	}

	fn touch(world: &mut World, who: u64, pointer: Pointer, words: u32, access: Access) {
		match pointer.root {
			Root::Buffer(number) => {
				world.touch_buffer(number, (pointer.offset, words), who, access);
			}
			Root::Workgroup => world.touch_workgroup((pointer.offset, words), who, access),
			Root::Private | Root::Local(_) => {}
		}
	}

	pub fn load(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		pointer: Pointer,
		words: u32,
	) -> Result<Value, InterpretError> {
		Self::touch(world, invocation.who, pointer, words, Access::Read);
		let memory = Self::memory(invocation, world, pointer.root)?;
		let begin = pointer.offset as usize;
		let words = memory.get(begin..begin.saturating_add(words as usize));
		Ok(Value::of(words.ok_or_else(|| unsupported("a load outside of its memory"))?))
	}

	pub fn store(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		pointer: Pointer,
		value: &Value,
	) -> Result<(), InterpretError> {
		let words = value.words();
		Self::touch(world, invocation.who, pointer, words.len() as u32, Access::Write);
		put(Self::memory(invocation, world, pointer.root)?, pointer.offset, words)
	}

	pub fn atomic(
		&self,
		invocation: &mut Invocation<'m>,
		world: &mut World,
		(pointer, fun, value): (Handle<Expression>, AtomicFunction, Handle<Expression>),
	) -> Result<(), InterpretError> {
		let frame = top(invocation)?;
		let pointer = self.pointer(frame, pointer)?;
		let is_signed = self.kind(frame, value)? == ScalarKind::Sint;
		let right = self.word(frame, value)?;
		let kind = match fun {
			AtomicFunction::Add | AtomicFunction::Subtract => 1,
			AtomicFunction::And => 2,
			AtomicFunction::InclusiveOr => 3,
			AtomicFunction::ExclusiveOr => 4,
			AtomicFunction::Min => 5,
			AtomicFunction::Max => 6,
			AtomicFunction::Exchange { .. } => return Err(unsupported("an atomic exchange")),
		};
		Self::touch(world, invocation.who, pointer, 1, Access::Update(kind));
		let memory = Self::memory(invocation, world, pointer.root)?;
		let slot = memory.get_mut(pointer.offset as usize);
		let slot = slot.ok_or_else(|| unsupported("an atomic outside of its memory"))?;
		let left = *slot;
		*slot = match fun {
			AtomicFunction::Add => left.wrapping_add(right),
			AtomicFunction::Subtract => left.wrapping_sub(right),
			AtomicFunction::And => left & right,
			AtomicFunction::InclusiveOr => left | right,
			AtomicFunction::ExclusiveOr => left ^ right,
			AtomicFunction::Min if is_signed => (left as i32).min(right as i32) as u32,
			AtomicFunction::Max if is_signed => (left as i32).max(right as i32) as u32,
			AtomicFunction::Min => left.min(right),
			AtomicFunction::Max => left.max(right),
			AtomicFunction::Exchange { .. } => right,
		};
		Ok(())
	}
}

fn collect(words: impl Iterator<Item = Option<u32>>) -> Result<Value, InterpretError> {
	let words: Option<Vec<u32>> = words.collect();
	words.map(|words| Value::of(&words)).ok_or_else(|| unsupported("an operation of the program"))
}

/// The word of a component; a scalar stands for all components.
fn component(value: &Value, index: usize) -> u32 {
	let words = value.words();
	let index = if words.len() == 1 { 0 } else { index };
	words.get(index).copied().unwrap_or(0)
}

fn binary(
	op: BinaryOperator,
	kind: ScalarKind,
	left: &Value,
	right: &Value,
) -> Result<Value, InterpretError> {
	let count = left.words().len().max(right.words().len());
	collect(
		(0..count)
			.map(|index| arith::binary(op, kind, component(left, index), component(right, index))),
	)
}

fn select(condition: &Value, accept: &Value, reject: &Value) -> Value {
	if condition.words().len() == 1 {
		return if condition.first() == Some(0) { reject.clone() } else { accept.clone() };
	}
	let pick = |index| {
		let from = if component(condition, index) == 0 { reject } else { accept };
		component(from, index)
	};
	let words: Vec<u32> = (0..accept.words().len()).map(pick).collect();
	Value::of(&words)
}

fn math(
	fun: MathFunction,
	kind: ScalarKind,
	arg: &[u32],
	rest: &[Cow<'_, Value>],
) -> Result<Value, InterpretError> {
	let second = rest.first().map_or(&[][..], |value| value.words());
	if let Some(words) = arith::whole(fun, arg, second) {
		return Ok(Value::of(&words));
	}
	let other = |number: usize, index| rest.get(number).map_or(0, |value| component(value, index));
	collect(arg.iter().enumerate().map(|(index, word)| {
		let (second, third, fourth) = (other(0, index), other(1, index), other(2, index));
		arith::component(fun, kind, *word, second, third, fourth)
	}))
}
