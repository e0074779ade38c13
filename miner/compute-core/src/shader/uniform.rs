//! Which values and which control flow are the same for all invocations of a workgroup.
//!
//! Two things rest on it. A barrier must stand where either all invocations of a workgroup come by or
//! none (INV-COMPUTE-16): naga 30 does not check that, its own analysis calls every local variable
//! non-uniform and does not look at barriers. And an invocation that runs out of fuel must not leave a
//! loop in which others wait for it at a barrier: uniform loops are ended by a count that is itself
//! uniform (see [`super::instrument`]).
//!
//! The method is WGSL's own in a coarser form: a fixpoint over the whole module that does not follow
//! the order of statements. A variable is *varying* if anything varying is ever stored to it, or
//! anything is stored to it where control flow diverges. Control flow diverges inside a branch on a
//! varying condition; after a `break`, `continue` or `return` inside such a branch, up to the end of
//! what it leaves; in the whole of a loop that is left or shortened so; and in a function that is
//! called from such a place. What a pointer argument points to is taken as varying. Everything only
//! ever changes from uniform to varying, so that the fixpoint exists and is reached.

use super::Loop;
use crate::profile::Location;
use alloc::{collections::BTreeSet, vec, vec::Vec};
use naga::{
	AddressSpace, Binding, Block, BuiltIn, Expression, Function, FunctionArgument, GlobalVariable,
	Handle, Module, Span, Statement, StorageAccess, TypeInner,
};

/// What is known of one function; the flags say what varies.
struct Facts {
	/// It is called where control flow diverges.
	divergent: bool,
	arguments: Vec<bool>,
	locals: Vec<bool>,
	result: bool,
	expressions: Vec<bool>,
}

/// How control flow may leave a block early, in some invocations of a workgroup only.
#[derive(Clone, Copy, Default)]
struct Escape {
	/// To the end of the innermost loop or switch, or of the loop's body.
	inner: bool,
	/// Out of the function.
	returns: bool,
	/// To the end of the loop's body, through switches.
	continues: bool,
}

impl Escape {
	const fn any(self) -> bool {
		self.inner || self.returns || self.continues
	}

	const fn or(self, other: Self) -> Self {
		Self {
			inner: self.inner || other.inner,
			returns: self.returns || other.returns,
			continues: self.continues || other.continues,
		}
	}
}

/// The analysis' findings about one module. Loops are named by the address of their statement, so that
/// it holds only as long as the module stays where it is.
pub(crate) struct Uniformity {
	divergent_loops: BTreeSet<usize>,
	has_barrier: bool,
	misplaced_barrier: Option<Span>,
}

impl Uniformity {
	/// Where a barrier stands that not all invocations of a workgroup may reach together.
	pub(crate) const fn misplaced_barrier(&self) -> Option<Span> {
		self.misplaced_barrier
	}

	/// Whether there is any barrier at all.
	pub(super) const fn has_barrier(&self) -> bool {
		self.has_barrier
	}

	/// Whether all invocations of a workgroup enter this loop together and take as many rounds.
	pub(super) fn is_uniform_loop(&self, statement: &Statement) -> bool {
		!self.divergent_loops.contains(&address(statement))
	}

	/// The loops of a module that this is the analysis of.
	pub(super) fn loops(&self, module: &Module, source: &str) -> Vec<Loop> {
		let functions = module.functions.iter().map(|(_, function)| function);
		let entries = module.entry_points.iter().map(|entry| &entry.function);
		let mut loops = Vec::new();
		for function in functions.chain(entries) {
			self.add_loops(&function.body, source, &mut loops);
		}
		loops
	}

	fn add_loops(&self, block: &Block, source: &str, loops: &mut Vec<Loop>) {
		for (statement, span) in block.span_iter() {
			match statement {
				Statement::Block(block) => self.add_loops(block, source, loops),
				Statement::If { accept, reject, .. } => {
					self.add_loops(accept, source, loops);
					self.add_loops(reject, source, loops);
				}
				Statement::Switch { cases, .. } => {
					for case in cases {
						self.add_loops(&case.body, source, loops);
					}
				}
				Statement::Loop { body, continuing, .. } => {
					let place = Location::of(source, *span);
					loops.push(Loop { place, is_uniform: self.is_uniform_loop(statement) });
					self.add_loops(body, source, loops);
					self.add_loops(continuing, source, loops);
				}
				_ => {}
			}
		}
	}
}

fn address(statement: &Statement) -> usize {
	core::ptr::from_ref(statement).addr()
}

/// The analysis under way.
struct Analysis<'a> {
	module: &'a Module,
	functions: Vec<&'a Function>,
	facts: Vec<Facts>,
	/// Module-scope variables.
	globals: Vec<bool>,
	loops: BTreeSet<usize>,
	has_barrier: bool,
	misplaced: Option<Span>,
	changed: bool,
}

/// Analyses a module that validates.
pub(crate) fn analyse(module: &Module) -> Uniformity {
	let functions: Vec<&Function> = module
		.functions
		.iter()
		.map(|(_, function)| function)
		.chain(module.entry_points.iter().map(|entry| &entry.function))
		.collect();
	let facts = functions
		.iter()
		.map(|function| Facts {
			divergent: false,
			arguments: vec![false; function.arguments.len()],
			locals: vec![false; function.local_variables.len()],
			result: false,
			expressions: vec![false; function.expressions.len()],
		})
		.collect();
	let mut analysis = Analysis {
		module,
		functions,
		facts,
		globals: vec![false; module.global_variables.len()],
		loops: BTreeSet::new(),
		has_barrier: false,
		misplaced: None,
		changed: true,
	};
	while analysis.changed {
		analysis.changed = false;
		analysis.misplaced = None;
		// Callers stand after what they call: backwards, most facts are found in one pass.
		for index in (0..analysis.functions.len()).rev() {
			analysis.pass(index);
		}
	}
	Uniformity {
		divergent_loops: analysis.loops,
		has_barrier: analysis.has_barrier,
		misplaced_barrier: analysis.misplaced,
	}
}

/// Where a pointer leads.
enum Root {
	Local(usize),
	Global(Handle<GlobalVariable>),
	/// To something of the caller's.
	Unknown,
}

impl Analysis<'_> {
	fn pass(&mut self, index: usize) {
		let (Some(function), Some(facts)) = (self.functions.get(index), self.facts.get(index))
		else {
			return;
		};
		let (function, uniform) = (*function, !facts.divergent);
		for (handle, expression) in function.expressions.iter() {
			let varies = self.expression_varies(index, function, expression);
			if let Some(slot) = self
				.facts
				.get_mut(index)
				.and_then(|facts| facts.expressions.get_mut(handle.index()))
			{
				*slot = varies;
			}
		}
		self.walk(index, &function.body, uniform);
	}

	fn varies(&self, function: usize, handle: Handle<Expression>) -> bool {
		let facts = self.facts.get(function);
		facts.and_then(|facts| facts.expressions.get(handle.index())).copied().unwrap_or(true)
	}

	/// For a pointer: whether it may lead to different places.
	fn expression_varies(
		&self,
		index: usize,
		function: &Function,
		expression: &Expression,
	) -> bool {
		let varies = |handle: &Handle<Expression>| self.varies(index, *handle);
		match expression {
			Expression::Literal(_)
			| Expression::Constant(_)
			| Expression::ZeroValue(_)
			| Expression::GlobalVariable(_)
			| Expression::LocalVariable(_)
			| Expression::ArrayLength(_) => false,
			Expression::Compose { components, .. } => components.iter().any(varies),
			Expression::AccessIndex { base, index: member } => {
				match self.member_binding(function, *base, *member) {
					Some(binding) => builtin_varies(binding),
					None => varies(base),
				}
			}
			Expression::Access { base, index } => varies(base) || varies(index),
			Expression::Splat { value, .. } => varies(value),
			Expression::Swizzle { vector, .. } => varies(vector),
			Expression::FunctionArgument(number) => self.argument_varies(index, *number),
			Expression::Load { pointer } => {
				varies(pointer) || self.memory_varies(index, function, *pointer)
			}
			Expression::Unary { expr, .. } | Expression::As { expr, .. } => varies(expr),
			Expression::Binary { left, right, .. } => varies(left) || varies(right),
			Expression::Select { condition, accept, reject } => {
				varies(condition) || varies(accept) || varies(reject)
			}
			Expression::Relational { argument, .. } => varies(argument),
			Expression::Math { arg, arg1, arg2, arg3, .. } => {
				varies(arg) || [arg1, arg2, arg3].into_iter().flatten().any(varies)
			}
			Expression::CallResult(callee) => {
				let facts = self.facts.get(callee.index());
				facts.is_none_or(|facts| facts.result || facts.divergent)
			}
			Expression::WorkGroupUniformLoadResult { .. } => {
				// Uniform if its pointer is; the walk looks at that.
				false
			}
			_ => true,
		}
	}

	/// How a member of an entry point's argument comes in.
	fn member_binding<'b>(
		&'b self,
		function: &'b Function,
		base: Handle<Expression>,
		member: u32,
	) -> Option<&'b Binding> {
		let Ok(Expression::FunctionArgument(number)) = function.expressions.try_get(base) else {
			return None;
		};
		let argument = function.arguments.get(*number as usize)?;
		let TypeInner::Struct { members, .. } =
			&self.module.types.get_handle(argument.ty).ok()?.inner
		else {
			return None;
		};
		members.get(member as usize)?.binding.as_ref()
	}

	fn argument_varies(&self, index: usize, number: u32) -> bool {
		let is_entry = index >= self.module.functions.len();
		if !is_entry {
			let arguments = self.facts.get(index).map(|facts| &facts.arguments);
			return arguments
				.and_then(|arguments| arguments.get(number as usize))
				.copied()
				.unwrap_or(true);
		}
		let argument: Option<&FunctionArgument> =
			self.functions.get(index).and_then(|function| function.arguments.get(number as usize));
		argument.and_then(|argument| argument.binding.as_ref()).is_none_or(builtin_varies)
	}

	fn root(&self, function: &Function, pointer: Handle<Expression>) -> Root {
		let mut current = pointer;
		loop {
			match function.expressions.try_get(current) {
				Ok(Expression::Access { base, .. } | Expression::AccessIndex { base, .. }) => {
					current = *base;
				}
				Ok(Expression::LocalVariable(variable)) => return Root::Local(variable.index()),
				Ok(Expression::GlobalVariable(variable)) => return Root::Global(*variable),
				_ => return Root::Unknown,
			}
		}
	}

	/// Whether what lies where a pointer leads varies.
	fn memory_varies(
		&self,
		index: usize,
		function: &Function,
		pointer: Handle<Expression>,
	) -> bool {
		match self.root(function, pointer) {
			Root::Local(variable) => {
				let locals = self.facts.get(index).map(|facts| &facts.locals);
				locals.and_then(|locals| locals.get(variable)).copied().unwrap_or(true)
			}
			Root::Global(variable) => {
				match self.module.global_variables.try_get(variable).map(|it| it.space) {
					Ok(AddressSpace::Private) => {
						self.globals.get(variable.index()).copied().unwrap_or(true)
					}
					Ok(AddressSpace::Storage { access }) => access.contains(StorageAccess::STORE),
					// Another invocation may write it between two reads.
					_ => true,
				}
			}
			Root::Unknown => true,
		}
	}

	fn mark(flag: Option<&mut bool>, changed: &mut bool) {
		if let Some(flag) = flag.filter(|flag| !**flag) {
			*flag = true;
			*changed = true;
		}
	}

	/// Something varying is put where a pointer leads.
	fn mark_memory(&mut self, index: usize, function: &Function, pointer: Handle<Expression>) {
		let flag = match self.root(function, pointer) {
			Root::Local(variable) => {
				self.facts.get_mut(index).and_then(|facts| facts.locals.get_mut(variable))
			}
			Root::Global(variable) => self.globals.get_mut(variable.index()),
			// What pointer arguments lead to is marked where they are passed.
			Root::Unknown => None,
		};
		Self::mark(flag, &mut self.changed);
	}

	fn walk(&mut self, index: usize, block: &Block, mut uniform: bool) -> Escape {
		let mut escape = Escape::default();
		for (statement, span) in block.span_iter() {
			let here = self.statement(index, statement, *span, uniform);
			uniform = uniform && !here.any();
			escape = escape.or(here);
		}
		escape
	}

	fn statement(
		&mut self,
		index: usize,
		statement: &Statement,
		span: Span,
		uniform: bool,
	) -> Escape {
		let Some(function) = self.functions.get(index).copied() else {
			return Escape::default();
		};
		match statement {
			Statement::Block(block) => return self.walk(index, block, uniform),
			Statement::If { condition, accept, reject } => {
				let inner = uniform && !self.varies(index, *condition);
				return self.walk(index, accept, inner).or(self.walk(index, reject, inner));
			}
			Statement::Switch { selector, cases } => {
				let inner = uniform && !self.varies(index, *selector);
				let (mut escape, mut here) = (Escape::default(), inner);
				for case in cases {
					let left = self.walk(index, &case.body, here);
					here = if case.fall_through { here && !left.any() } else { inner };
					escape = escape.or(left);
				}
				// A `break` ends at the switch; a `continue` passes through it.
				return Escape { inner: false, ..escape };
			}
			Statement::Loop { body, continuing, break_if } => {
				return self.walk_loop(index, statement, (body, continuing), *break_if, uniform);
			}
			Statement::Break => return Escape { inner: !uniform, ..Escape::default() },
			Statement::Continue => return Escape { continues: !uniform, ..Escape::default() },
			Statement::Return { value } => {
				if !uniform || value.is_some_and(|value| self.varies(index, value)) {
					let result = self.facts.get_mut(index).map(|facts| &mut facts.result);
					Self::mark(result, &mut self.changed);
				}
				return Escape { returns: !uniform, ..Escape::default() };
			}
			Statement::ControlBarrier(_) | Statement::MemoryBarrier(_) => {
				self.barrier(span, uniform);
			}
			Statement::WorkGroupUniformLoad { pointer, .. } => {
				// The load is uniform only if all load from one place, which WGSL demands.
				let one_place = !self.varies(index, *pointer);
				self.barrier(span, uniform && one_place);
			}
			Statement::Store { pointer, value } => {
				self.store(index, function, (*pointer, *value), uniform);
			}
			Statement::Call { function: callee, arguments, .. } => {
				self.call(index, *callee, arguments, uniform);
			}
			_ => {}
		}
		Escape::default()
	}

	fn store(
		&mut self,
		index: usize,
		function: &Function,
		(pointer, value): (Handle<Expression>, Handle<Expression>),
		uniform: bool,
	) {
		if !uniform || self.varies(index, value) || self.varies(index, pointer) {
			self.mark_memory(index, function, pointer);
		}
	}

	fn barrier(&mut self, span: Span, uniform: bool) {
		self.has_barrier = true;
		if !uniform {
			self.misplaced.get_or_insert(span);
		}
	}

	fn walk_loop(
		&mut self,
		index: usize,
		statement: &Statement,
		(body, continuing): (&Block, &Block),
		break_if: Option<Handle<Expression>>,
		uniform: bool,
	) -> Escape {
		let key = address(statement);
		let inner = uniform && !self.loops.contains(&key);
		let left = self.walk(index, body, inner);
		let left = left.or(self.walk(index, continuing, inner && !left.any()));
		let leaves_apart = break_if.is_some_and(|condition| self.varies(index, condition));
		if (!inner || left.any() || leaves_apart) && self.loops.insert(key) {
			self.changed = true;
		}
		// Whoever only leaves the loop comes by its end with all others.
		Escape { returns: left.returns, ..Escape::default() }
	}

	fn call(
		&mut self,
		index: usize,
		callee: Handle<Function>,
		arguments: &[Handle<Expression>],
		uniform: bool,
	) {
		let Some(function) = self.functions.get(index).copied() else { return };
		for (number, argument) in arguments.iter().enumerate() {
			let is_pointer = self
				.functions
				.get(callee.index())
				.and_then(|function| function.arguments.get(number))
				.and_then(|argument| self.module.types.get_handle(argument.ty).ok())
				.is_some_and(|ty| ty.inner.pointer_space().is_some());
			if is_pointer {
				self.mark_memory(index, function, *argument);
			}
			if is_pointer || self.varies(index, *argument) {
				let facts = self.facts.get_mut(callee.index());
				let flag = facts.and_then(|facts| facts.arguments.get_mut(number));
				Self::mark(flag, &mut self.changed);
			}
		}
		if !uniform {
			let flag = self.facts.get_mut(callee.index()).map(|facts| &mut facts.divergent);
			Self::mark(flag, &mut self.changed);
		}
	}
}

const fn builtin_varies(binding: &Binding) -> bool {
	!matches!(
		binding,
		Binding::BuiltIn(BuiltIn::WorkGroupId | BuiltIn::WorkGroupSize | BuiltIn::NumWorkGroups)
	)
}
