//! A function's expressions, copied with clamped indexes and masked shift counts.

use alloc::{
	collections::BTreeMap,
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::ops::Range;
use naga::{
	Arena, ArraySize, BinaryOperator, Block, Expression, Function, GlobalVariable, Handle, Literal,
	LocalVariable, MathFunction, Module, ScalarKind, Span, Statement, TypeInner, UnaryOperator,
	VectorSize, valid::FunctionInfo,
};

/// How many elements something has.
#[derive(Clone, Copy)]
enum Length {
	Fixed(u32),
	/// As many as the buffer holds, at least one.
	Dynamic,
	/// It has members rather than elements.
	Members,
}

/// Copies one function, expressions first.
pub(super) struct Rewriter<'a> {
	module: &'a Module,
	info: &'a FunctionInfo,
	old: &'a Function,
	function: Function,
	/// New handles by the old ones' indexes.
	map: Vec<Handle<Expression>>,
	/// Where the new expressions of an old one begin, its helpers first; the last is the expression.
	begins: Vec<usize>,
	/// All new handles, by index.
	handles: Vec<Handle<Expression>>,
	globals: BTreeMap<usize, Handle<Expression>>,
	words: BTreeMap<u32, Handle<Expression>>,
	numbers: BTreeMap<i32, Handle<Expression>>,
}

impl<'a> Rewriter<'a> {
	/// Copies everything but the body and the names of expressions.
	pub fn new(
		module: &'a Module,
		info: &'a FunctionInfo,
		old: &'a Function,
	) -> Result<Self, String> {
		let function = Function {
			name: old.name.clone(),
			arguments: old.arguments.clone(),
			result: old.result.clone(),
			local_variables: old.local_variables.clone(),
			expressions: Arena::new(),
			named_expressions: Default::default(),
			body: Block::new(),
			diagnostic_filter_leaf: old.diagnostic_filter_leaf,
		};
		let count = old.expressions.len();
		let mut rewriter = Self {
			module,
			info,
			old,
			function,
			map: Vec::with_capacity(count),
			begins: Vec::with_capacity(count),
			handles: Vec::with_capacity(count),
			globals: BTreeMap::new(),
			words: BTreeMap::new(),
			numbers: BTreeMap::new(),
		};
		for (handle, expression) in old.expressions.iter() {
			rewriter.begins.push(rewriter.handles.len());
			let span = old.expressions.get_span(handle);
			let new = rewriter.expression(handle, expression, span)?;
			let new = rewriter.append(new, span);
			rewriter.map.push(new);
		}
		for (_, variable) in rewriter.function.local_variables.iter_mut() {
			if let Some(init) = variable.init {
				variable.init = rewriter.map.get(init.index()).copied();
			}
		}
		Ok(rewriter)
	}

	/// The copy, with its body.
	pub fn finish(mut self, body: Block) -> Result<Function, String> {
		self.function.body = body;
		for (handle, name) in &self.old.named_expressions {
			let new = self.of(*handle)?;
			self.function.named_expressions.insert(new, name.clone());
		}
		Ok(self.function)
	}

	fn append(&mut self, expression: Expression, span: Span) -> Handle<Expression> {
		let handle = self.function.expressions.append(expression, span);
		self.handles.push(handle);
		handle
	}

	/// Adds an expression that has no need to be emitted.
	pub fn free(&mut self, expression: Expression) -> Handle<Expression> {
		self.append(expression, Span::UNDEFINED)
	}

	/// Adds a variable.
	pub fn local(&mut self, variable: LocalVariable) -> Handle<LocalVariable> {
		self.function.local_variables.append(variable, Span::UNDEFINED)
	}

	/// Adds an expression and emits it at the end of `block`.
	pub fn emit(&mut self, block: &mut Block, expression: Expression) -> Handle<Expression> {
		let handle = self.append(expression, Span::UNDEFINED);
		let range = naga::Range::new_from_bounds(handle, handle);
		block.push(Statement::Emit(range), Span::UNDEFINED);
		handle
	}

	/// The pointer to a module-scope variable.
	pub fn global(&mut self, variable: Handle<GlobalVariable>) -> Handle<Expression> {
		if let Some(handle) = self.globals.get(&variable.index()) {
			return *handle;
		}
		let handle = self.free(Expression::GlobalVariable(variable));
		self.globals.insert(variable.index(), handle);
		handle
	}

	/// An unsigned constant.
	pub fn word(&mut self, word: u32) -> Handle<Expression> {
		if let Some(handle) = self.words.get(&word) {
			return *handle;
		}
		let handle = self.free(Expression::Literal(Literal::U32(word)));
		self.words.insert(word, handle);
		handle
	}

	/// A signed constant.
	pub fn number(&mut self, number: i32) -> Handle<Expression> {
		if let Some(handle) = self.numbers.get(&number) {
			return *handle;
		}
		let handle = self.free(Expression::Literal(Literal::I32(number)));
		self.numbers.insert(number, handle);
		handle
	}

	/// What an old expression has become.
	pub fn of(&self, old: Handle<Expression>) -> Result<Handle<Expression>, String> {
		let new = self.map.get(old.index()).copied();
		new.ok_or_else(|| format!("expression {} before its turn", old.index()))
	}

	pub fn of_option(
		&self,
		old: Option<Handle<Expression>>,
	) -> Result<Option<Handle<Expression>>, String> {
		old.map(|old| self.of(old)).transpose()
	}

	pub fn of_list(&self, old: &[Handle<Expression>]) -> Result<Vec<Handle<Expression>>, String> {
		old.iter().map(|old| self.of(*old)).collect()
	}

	/// Emits what the expressions of an old range have become, with their helpers.
	pub fn emit_again(
		&self,
		block: &mut Block,
		range: &naga::Range<Expression>,
		span: Span,
	) -> Result<(), String> {
		let Some((first, last)) = range.first_and_last() else { return Ok(()) };
		let unknown = || "a range of unknown expressions".to_string();
		let begin = *self.begins.get(first.index()).ok_or_else(unknown)?;
		let end = self.of(last)?.index();
		let mut run: Option<Range<usize>> = None;
		for index in begin..=end {
			let handle = self.handles.get(index).ok_or_else(unknown)?;
			let is_emitted =
				self.function.expressions.try_get(*handle).is_ok_and(|it| !is_free(it));
			if is_emitted {
				run = Some(run.map_or(index..index, |run| run.start..index));
			} else if let Some(run) = run.take() {
				self.push_run(block, &run, span)?;
			}
		}
		run.map_or(Ok(()), |run| self.push_run(block, &run, span))
	}

	/// Emits the expressions of a run, its end included.
	fn push_run(&self, block: &mut Block, run: &Range<usize>, span: Span) -> Result<(), String> {
		let (Some(first), Some(last)) = (self.handles.get(run.start), self.handles.get(run.end))
		else {
			return Err("a run of unknown expressions".to_string());
		};
		block.push(Statement::Emit(naga::Range::new_from_bounds(*first, *last)), span);
		Ok(())
	}

	fn type_of(&self, old: Handle<Expression>) -> &'a TypeInner {
		self.info[old].ty.inner_with(&self.module.types)
	}

	/// The copy of an expression; helpers are added before it.
	fn expression(
		&mut self,
		handle: Handle<Expression>,
		expression: &Expression,
		span: Span,
	) -> Result<Expression, String> {
		Ok(match expression {
			Expression::Literal(_)
			| Expression::Constant(_)
			| Expression::ZeroValue(_)
			| Expression::FunctionArgument(_)
			| Expression::GlobalVariable(_)
			| Expression::LocalVariable(_)
			| Expression::CallResult(_)
			| Expression::AtomicResult { .. }
			| Expression::WorkGroupUniformLoadResult { .. } => expression.clone(),
			Expression::Compose { ty, components } => {
				Expression::Compose { ty: *ty, components: self.of_list(components)? }
			}
			Expression::Access { base, index } => {
				let old = self.old.expressions.try_get(*index).ok();
				let known = old.and_then(|index| match index {
					Expression::Literal(Literal::U32(word)) => Some(*word),
					_ => None,
				});
				let index = self.index_word(*index, span)?;
				self.access(*base, index, known, span)?
			}
			Expression::AccessIndex { base, index } => {
				let new = self.of(*base)?;
				match self.length_of(*base) {
					// The compiler knows all other lengths.
					Length::Dynamic if *index > 0 => {
						let word = self.word(*index);
						self.access(*base, word, None, span)?
					}
					_ => Expression::AccessIndex { base: new, index: *index },
				}
			}
			Expression::Splat { size, value } => {
				Expression::Splat { size: *size, value: self.of(*value)? }
			}
			Expression::Swizzle { size, vector, pattern } => {
				Expression::Swizzle { size: *size, vector: self.of(*vector)?, pattern: *pattern }
			}
			Expression::Load { pointer } => Expression::Load { pointer: self.of(*pointer)? },
			Expression::Unary { op, expr } => Expression::Unary { op: *op, expr: self.of(*expr)? },
			Expression::Binary { op, left, right } => {
				let right = match op {
					BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => {
						self.masked(*right, span)?
					}
					_ => self.of(*right)?,
				};
				Expression::Binary { op: *op, left: self.of(*left)?, right }
			}
			Expression::Select { condition, accept, reject } => Expression::Select {
				condition: self.of(*condition)?,
				accept: self.of(*accept)?,
				reject: self.of(*reject)?,
			},
			Expression::Relational { fun, argument } => {
				Expression::Relational { fun: *fun, argument: self.of(*argument)? }
			}
			Expression::Math { fun, arg, arg1, arg2, arg3 } => {
				self.math(*fun, *arg, [*arg1, *arg2, *arg3], span)?
			}
			Expression::As { expr, kind, convert } => {
				Expression::As { expr: self.of(*expr)?, kind: *kind, convert: *convert }
			}
			Expression::ArrayLength(array) => Expression::ArrayLength(self.of(*array)?),
			other => {
				let index = handle.index();
				return Err(format!("expression {index} is outside of the profile: {other:?}"));
			}
		})
	}

	fn math(
		&mut self,
		fun: MathFunction,
		arg: Handle<Expression>,
		[arg1, arg2, arg3]: [Option<Handle<Expression>>; 3],
		span: Span,
	) -> Result<Expression, String> {
		let new = self.of(arg)?;
		if fun == MathFunction::Abs && self.type_of(arg).scalar_kind() == Some(ScalarKind::Sint) {
			// Shading languages differ on |MIN|; negation wraps in all of them.
			let negated = Expression::Unary { op: UnaryOperator::Negate, expr: new };
			let negated = self.append(negated, span);
			let fun = MathFunction::Max;
			return Ok(Expression::Math {
				fun,
				arg: new,
				arg1: Some(negated),
				arg2: None,
				arg3: None,
			});
		}
		Ok(Expression::Math {
			fun,
			arg: new,
			arg1: self.of_option(arg1)?,
			arg2: self.of_option(arg2)?,
			arg3: self.of_option(arg3)?,
		})
	}

	/// An index as a u32: negative ones become larger than every length.
	fn index_word(
		&mut self,
		old: Handle<Expression>,
		span: Span,
	) -> Result<Handle<Expression>, String> {
		let new = self.of(old)?;
		Ok(match self.type_of(old).scalar_kind() {
			Some(ScalarKind::Uint) => new,
			_ => {
				let cast = Expression::As { expr: new, kind: ScalarKind::Uint, convert: None };
				self.append(cast, span)
			}
		})
	}

	/// An element of `base`, the last one if `index` is past it.
	fn access(
		&mut self,
		base: Handle<Expression>,
		index: Handle<Expression>,
		known: Option<u32>,
		span: Span,
	) -> Result<Expression, String> {
		let length = self.length_of(base);
		let base = self.of(base)?;
		let last = match length {
			Length::Fixed(count) if known.is_some_and(|known| known < count) => {
				return Ok(Expression::Access { base, index });
			}
			Length::Fixed(count) => self.word(count.saturating_sub(1)),
			Length::Dynamic => {
				let left = self.append(Expression::ArrayLength(base), span);
				let right = self.word(1);
				let op = BinaryOperator::Subtract;
				self.append(Expression::Binary { op, left, right }, span)
			}
			Length::Members => return Err("an index into a structure".to_string()),
		};
		let fun = MathFunction::Min;
		let clamped =
			Expression::Math { fun, arg: index, arg1: Some(last), arg2: None, arg3: None };
		let index = self.append(clamped, span);
		Ok(Expression::Access { base, index })
	}

	fn length_of(&self, old: Handle<Expression>) -> Length {
		let inner = self.type_of(old);
		let inner = match inner {
			TypeInner::Pointer { base, .. } => {
				self.module.types.get_handle(*base).map_or(inner, |ty| &ty.inner)
			}
			inner => inner,
		};
		match inner {
			TypeInner::Vector { size, .. } | TypeInner::ValuePointer { size: Some(size), .. } => {
				Length::Fixed(u32::from(*size))
			}
			TypeInner::Array { size: ArraySize::Constant(count), .. } => Length::Fixed(count.get()),
			TypeInner::Array { size: ArraySize::Dynamic, .. } => Length::Dynamic,
			_ => Length::Members,
		}
	}

	/// A shift count modulo 32.
	fn masked(
		&mut self,
		old: Handle<Expression>,
		span: Span,
	) -> Result<Handle<Expression>, String> {
		let left = self.of(old)?;
		if let Ok(Expression::Literal(Literal::U32(0..=31))) = self.old.expressions.try_get(old) {
			return Ok(left);
		}
		let mask = self.word(31);
		let right = match self.type_of(old) {
			TypeInner::Vector { size, .. } => self.splat(*size, mask, span),
			_ => mask,
		};
		let op = BinaryOperator::And;
		Ok(self.append(Expression::Binary { op, left, right }, span))
	}

	fn splat(
		&mut self,
		size: VectorSize,
		value: Handle<Expression>,
		span: Span,
	) -> Handle<Expression> {
		self.append(Expression::Splat { size, value }, span)
	}
}

/// Whether an expression is in scope everywhere, without being emitted.
const fn is_free(expression: &Expression) -> bool {
	matches!(
		expression,
		Expression::Literal(_)
			| Expression::Constant(_)
			| Expression::ZeroValue(_)
			| Expression::FunctionArgument(_)
			| Expression::GlobalVariable(_)
			| Expression::LocalVariable(_)
	)
}
