//! The walk over the compiler's intermediate form.

use super::{ENTRY_POINT, Location, MAX_PRIVATE_BYTES, MAX_WORKGROUP_DEPTH};
use super::{MAX_UNFOLDED_SIZE, MAX_WORKGROUP_INVOCATIONS, ProfileError, Rule};
use alloc::{format, string::String, vec::Vec};
use naga::{
	AddressSpace, AtomicFunction, Barrier, Block, BuiltIn, Expression, Function, Handle, Module,
	Scalar, ScalarKind, ShaderStage, Span, Statement, Type, TypeInner,
	proc::{Layouter, TypeResolution},
	valid::{FunctionInfo, ModuleInfo},
};

/// What is wrong with a type.
type Finding = Option<(Rule, &'static str)>;

/// A validated module under examination.
pub(super) struct Walk<'a> {
	pub(super) source: &'a str,
	pub(super) module: &'a Module,
	info: &'a ModuleInfo,
	layouter: Layouter,
	/// One for each type, in the arena's order.
	findings: Vec<Finding>,
}

/// One function of the module.
struct Scope<'a> {
	function: &'a Function,
	info: &'a FunctionInfo,
	span: Span,
}

impl<'a> Walk<'a> {
	pub(super) fn new(
		source: &'a str,
		module: &'a Module,
		info: &'a ModuleInfo,
	) -> Result<Self, ProfileError> {
		let mut layouter = Layouter::default();
		layouter
			.update(module.to_ctx())
			.map_err(|error| ProfileError::Compiler { message: format!("{error}") })?;
		let mut walk = Self { source, module, info, layouter, findings: Vec::new() };
		// A type's parts stand before it, so that one pass suffices, however types nest.
		for (_, ty) in module.types.iter() {
			let finding = walk.finding_of(&ty.inner);
			walk.findings.push(finding);
		}
		Ok(walk)
	}

	pub(super) fn refuse<T>(
		&self,
		span: Span,
		rule: Rule,
		what: impl Into<String>,
	) -> Result<T, ProfileError> {
		let location = Location::of(self.source, span).unwrap_or_default();
		Err(ProfileError::Refused { location, rule, what: what.into() })
	}

	/// Size of a type, bytes; the largest number if the compiler does not know it.
	pub(super) fn size_of(&self, ty: Handle<Type>) -> u32 {
		if self.module.types.check_contains_handle(ty).is_ok() {
			self.layouter[ty].size
		} else {
			u32::MAX
		}
	}

	pub(super) fn inner(&self, ty: Handle<Type>) -> Option<&'a TypeInner> {
		self.module.types.get_handle(ty).ok().map(|ty| &ty.inner)
	}

	/// What is wrong with a type or its parts.
	pub(super) fn finding(&self, ty: Handle<Type>) -> Finding {
		self.findings.get(ty.index()).copied().flatten()
	}

	fn finding_of(&self, inner: &TypeInner) -> Finding {
		match inner {
			TypeInner::Scalar(scalar)
			| TypeInner::Vector { scalar, .. }
			| TypeInner::Atomic(scalar)
			| TypeInner::ValuePointer { scalar, .. } => scalar_finding(*scalar),
			TypeInner::Matrix { .. } => Some((Rule::Float, "a matrix of floating-point numbers")),
			TypeInner::CooperativeMatrix { .. } => Some((Rule::Extension, "a cooperative matrix")),
			TypeInner::Pointer { base, .. } | TypeInner::Array { base, .. } => self.finding(*base),
			TypeInner::Struct { members, .. } => members.iter().find_map(|member| {
				self.finding(member.ty).or_else(|| binding_finding(member.binding.as_ref()))
			}),
			TypeInner::Image { .. } => Some((Rule::Texture, "a texture")),
			TypeInner::Sampler { .. } => Some((Rule::Texture, "a sampler")),
			TypeInner::AccelerationStructure { .. } | TypeInner::RayQuery { .. } => {
				Some((Rule::Extension, "ray tracing"))
			}
			TypeInner::BindingArray { .. } => Some((Rule::Binding, "an array of bindings")),
		}
	}

	fn check_finding(&self, finding: Finding, span: Span) -> Result<(), ProfileError> {
		match finding {
			Some((rule, what)) => self.refuse(span, rule, what),
			None => Ok(()),
		}
	}

	/// Types that nothing uses must keep the rules too.
	pub(super) fn check_types(&self) -> Result<(), ProfileError> {
		for (handle, _) in self.module.types.iter() {
			self.check_finding(self.finding(handle), self.module.types.get_span(handle))?;
		}
		for (handle, constant) in self.module.constants.iter() {
			self.check_finding(self.finding(constant.ty), self.module.constants.get_span(handle))?;
		}
		for (handle, _) in self.module.global_expressions.iter() {
			let span = self.module.global_expressions.get_span(handle);
			self.check_finding(self.resolved_finding(&self.info[handle]), span)?;
		}
		Ok(())
	}

	/// The one entry point; returns its workgroup size.
	pub(super) fn check_entry_point(&self) -> Result<[u32; 3], ProfileError> {
		if let Some((handle, _)) = self.module.overrides.iter().next() {
			let span = self.module.overrides.get_span(handle);
			return self.refuse(span, Rule::Override, "an override");
		}
		let [entry] = self.module.entry_points.as_slice() else {
			let count = self.module.entry_points.len();
			let span = self
				.module
				.entry_points
				.get(1)
				.map_or(Span::UNDEFINED, |second| self.span_of_function(&second.name));
			return self.refuse(
				span,
				Rule::EntryPoint,
				format!("a source with {count} entry points"),
			);
		};
		let span = self.span_of_function(&entry.name);
		if entry.stage != ShaderStage::Compute {
			let what = format!("an entry point of the {:?} stage", entry.stage);
			return self.refuse(span, Rule::EntryPoint, what);
		}
		if entry.name != ENTRY_POINT {
			return self.refuse(span, Rule::EntryPoint, format!("the entry point {}", entry.name));
		}
		if entry.workgroup_size_overrides.is_some() {
			return self.refuse(span, Rule::Override, "a workgroup size with an override");
		}
		let [x, y, z] = entry.workgroup_size;
		let invocations = u64::from(x).saturating_mul(u64::from(y)).saturating_mul(u64::from(z));
		let fits = (1..=u64::from(MAX_WORKGROUP_INVOCATIONS)).contains(&invocations);
		if !fits || z > MAX_WORKGROUP_DEPTH {
			let what = format!("a workgroup of {x} × {y} × {z} invocations");
			return self.refuse(span, Rule::WorkgroupSize, what);
		}
		Ok([x, y, z])
	}

	/// Entry points have no span of their own: the place of `fn name`.
	fn span_of_function(&self, name: &str) -> Span {
		let found = self.source.match_indices("fn").find(|(offset, _)| {
			let rest = self.source.get(offset.saturating_add(2)..).unwrap_or("");
			rest.starts_with(char::is_whitespace)
				&& rest.trim_start().strip_prefix(name).is_some_and(|rest| {
					!rest.starts_with(|next: char| next == '_' || next.is_alphanumeric())
				})
		});
		found.map_or(Span::UNDEFINED, |(offset, text)| {
			Span::from(offset..offset.saturating_add(text.len()))
		})
	}

	/// Everything that runs.
	pub(super) fn check_functions(&self) -> Result<(), ProfileError> {
		for (handle, function) in self.module.functions.iter() {
			let span = self.module.functions.get_span(handle);
			self.check_function(&Scope { function, info: &self.info[handle], span })?;
		}
		for (index, entry) in self.module.entry_points.iter().enumerate() {
			let span = self.span_of_function(&entry.name);
			let info = self.info.get_entry_point(index);
			self.check_function(&Scope { function: &entry.function, info, span })?;
		}
		Ok(())
	}

	/// The program with every call replaced by what it calls, which is what drivers compile: a chain of
	/// functions that each call the one before twice would be exponentially long. Gives the entry
	/// point's size.
	pub(super) fn check_size(&self) -> Result<u64, ProfileError> {
		let mut sizes: Vec<u64> = Vec::with_capacity(self.module.functions.len());
		let unfolded = |sizes: &[u64], function: &Function| {
			let own = function.expressions.len() as u64;
			own.saturating_add(unfolded_size(&function.body, sizes))
		};
		let too_large = |span, size| {
			let what = format!("a program of {size} steps with all calls written out");
			self.refuse(span, Rule::Size, what)
		};
		for (handle, function) in self.module.functions.iter() {
			let size = unfolded(&sizes, function);
			if size > MAX_UNFOLDED_SIZE {
				return too_large(self.module.functions.get_span(handle), size);
			}
			sizes.push(size);
		}
		let mut whole = 0;
		for entry in &self.module.entry_points {
			whole = unfolded(&sizes, &entry.function);
			if whole > MAX_UNFOLDED_SIZE {
				return too_large(self.span_of_function(&entry.name), whole);
			}
		}
		Ok(whole)
	}

	fn check_function(&self, scope: &Scope<'_>) -> Result<(), ProfileError> {
		let function = scope.function;
		for argument in &function.arguments {
			self.check_finding(self.finding(argument.ty), scope.span)?;
			self.check_finding(binding_finding(argument.binding.as_ref()), scope.span)?;
		}
		if let Some(result) = &function.result {
			self.check_finding(self.finding(result.ty), scope.span)?;
		}
		let mut bytes = 0_u32;
		for (handle, variable) in function.local_variables.iter() {
			let span = function.local_variables.get_span(handle);
			self.check_finding(self.finding(variable.ty), span)?;
			bytes = bytes.saturating_add(self.size_of(variable.ty));
			if bytes > MAX_PRIVATE_BYTES {
				let what = format!("more than {MAX_PRIVATE_BYTES} bytes of function variables");
				return self.refuse(span, Rule::Memory, what);
			}
		}
		for (handle, expression) in function.expressions.iter() {
			self.check_expression(scope, handle, expression)?;
		}
		self.check_block(scope, &function.body)
	}

	fn resolved_finding(&self, resolution: &TypeResolution) -> Finding {
		match resolution {
			TypeResolution::Handle(ty) => self.finding(*ty),
			TypeResolution::Value(inner) => self.finding_of(inner),
		}
	}

	fn check_expression(
		&self,
		scope: &Scope<'_>,
		handle: Handle<Expression>,
		expression: &Expression,
	) -> Result<(), ProfileError> {
		let own = scope.function.expressions.get_span(handle);
		let span = if own.is_defined() { own } else { scope.span };
		let refuse = |rule, what: &str| self.refuse(span, rule, what);
		match expression {
			Expression::Override(_) => refuse(Rule::Override, "an override"),
			Expression::ImageSample { .. }
			| Expression::ImageLoad { .. }
			| Expression::ImageQuery { .. } => refuse(Rule::Texture, "a texture operation"),
			Expression::Derivative { .. } => refuse(Rule::Float, "a derivative"),
			Expression::RayQueryVertexPositions { .. }
			| Expression::RayQueryProceedResult
			| Expression::RayQueryGetIntersection { .. } => refuse(Rule::Extension, "a ray query"),
			Expression::SubgroupBallotResult | Expression::SubgroupOperationResult { .. } => {
				refuse(Rule::Subgroup, "a subgroup operation")
			}
			Expression::CooperativeLoad { .. } | Expression::CooperativeMultiplyAdd { .. } => {
				refuse(Rule::Extension, "a cooperative matrix")
			}
			Expression::AtomicResult { comparison: true, .. } => {
				refuse(Rule::AtomicResult, "an atomic comparison and exchange")
			}
			Expression::AtomicResult { .. } if scope.info[handle].ref_count > 0 => {
				refuse(Rule::AtomicResult, "the result of an atomic operation")
			}
			Expression::Load { pointer } if self.is_storage_atomic(scope, *pointer) => {
				refuse(Rule::AtomicResult, "an atomic load from a buffer")
			}
			_ => self.check_finding(self.resolved_finding(&scope.info[handle].ty), span),
		}
	}

	fn is_storage_atomic(&self, scope: &Scope<'_>, pointer: Handle<Expression>) -> bool {
		match scope.info[pointer].ty.inner_with(&self.module.types) {
			TypeInner::Pointer { base, space: AddressSpace::Storage { .. } } => {
				matches!(self.inner(*base), Some(TypeInner::Atomic(_)))
			}
			_ => false,
		}
	}

	fn check_block(&self, scope: &Scope<'_>, block: &Block) -> Result<(), ProfileError> {
		for (statement, span) in block.span_iter() {
			let span = if span.is_defined() { *span } else { scope.span };
			self.check_statement(scope, statement, span)?;
		}
		Ok(())
	}

	fn check_statement(
		&self,
		scope: &Scope<'_>,
		statement: &Statement,
		span: Span,
	) -> Result<(), ProfileError> {
		match statement {
			Statement::Block(block) => self.check_block(scope, block),
			Statement::If { accept, reject, .. } => {
				self.check_block(scope, accept)?;
				self.check_block(scope, reject)
			}
			Statement::Switch { cases, .. } => {
				cases.iter().try_for_each(|case| self.check_block(scope, &case.body))
			}
			Statement::Loop { body, continuing, .. } => {
				self.check_block(scope, body)?;
				self.check_block(scope, continuing)
			}
			Statement::Atomic { fun: AtomicFunction::Exchange { .. }, .. } => {
				self.refuse(span, Rule::AtomicResult, "an atomic exchange")
			}
			Statement::ControlBarrier(barrier) | Statement::MemoryBarrier(barrier) => {
				if barrier.contains(Barrier::SUB_GROUP) {
					return self.refuse(span, Rule::Subgroup, "a subgroup barrier");
				}
				if barrier.contains(Barrier::TEXTURE) {
					return self.refuse(span, Rule::Texture, "a texture barrier");
				}
				Ok(())
			}
			Statement::Kill => self.refuse(span, Rule::EntryPoint, "discard"),
			Statement::ImageStore { .. } | Statement::ImageAtomic { .. } => {
				self.refuse(span, Rule::Texture, "a texture operation")
			}
			Statement::RayQuery { .. } | Statement::RayPipelineFunction(_) => {
				self.refuse(span, Rule::Extension, "ray tracing")
			}
			Statement::SubgroupBallot { .. }
			| Statement::SubgroupGather { .. }
			| Statement::SubgroupCollectiveOperation { .. } => {
				self.refuse(span, Rule::Subgroup, "a subgroup operation")
			}
			Statement::CooperativeStore { .. } => {
				self.refuse(span, Rule::Extension, "a cooperative matrix")
			}
			Statement::Emit(_)
			| Statement::Break
			| Statement::Continue
			| Statement::Return { .. }
			| Statement::Store { .. }
			| Statement::Atomic { .. }
			| Statement::WorkGroupUniformLoad { .. } => Ok(()),
			Statement::Call { arguments, .. } => self.check_pointers(scope, arguments, span),
		}
	}

	/// No two names for one variable: some languages that drivers are given pass what a pointer leads
	/// to by copying it in and out.
	fn check_pointers(
		&self,
		scope: &Scope<'_>,
		arguments: &[Handle<Expression>],
		span: Span,
	) -> Result<(), ProfileError> {
		let mut roots = Vec::new();
		for argument in arguments {
			let ty = scope.info[*argument].ty.inner_with(&self.module.types);
			if ty.pointer_space().is_none() {
				continue;
			}
			let mut root = *argument;
			while let Expression::Access { base, .. } | Expression::AccessIndex { base, .. } =
				&scope.function.expressions[root]
			{
				root = *base;
			}
			let root = match &scope.function.expressions[root] {
				Expression::LocalVariable(variable) => (false, variable.index()),
				Expression::FunctionArgument(number) => (true, *number as usize),
				_ => {
					let what = "a pointer to a module-scope variable as an argument";
					return self.refuse(span, Rule::Alias, what);
				}
			};
			if roots.contains(&root) {
				return self.refuse(span, Rule::Alias, "a call with two pointers to one variable");
			}
			roots.push(root);
		}
		Ok(())
	}
}

/// Statements of a block and of all it calls; `sizes` has those of the functions before.
fn unfolded_size(block: &Block, sizes: &[u64]) -> u64 {
	block.iter().fold(0, |sum: u64, statement| {
		let inner = match statement {
			Statement::Block(block) => unfolded_size(block, sizes),
			Statement::If { accept, reject, .. } => {
				unfolded_size(accept, sizes).saturating_add(unfolded_size(reject, sizes))
			}
			Statement::Switch { cases, .. } => cases
				.iter()
				.fold(0, |sum: u64, case| sum.saturating_add(unfolded_size(&case.body, sizes))),
			Statement::Loop { body, continuing, .. } => {
				unfolded_size(body, sizes).saturating_add(unfolded_size(continuing, sizes))
			}
			Statement::Call { function, .. } => {
				sizes.get(function.index()).copied().unwrap_or(u64::MAX)
			}
			_ => 0,
		};
		sum.saturating_add(inner).saturating_add(1)
	})
}

fn scalar_finding(scalar: Scalar) -> Finding {
	match scalar.kind {
		ScalarKind::Float | ScalarKind::AbstractFloat => {
			Some((Rule::Float, "a floating-point value"))
		}
		ScalarKind::Sint | ScalarKind::Uint if scalar.width != 4 => {
			Some((Rule::Width, "an integer that is not 32 bits wide"))
		}
		_ => None,
	}
}

/// What is wrong with how a value comes in: only the places of an invocation in the dispatch do.
fn binding_finding(binding: Option<&naga::Binding>) -> Finding {
	match binding {
		None => None,
		Some(naga::Binding::BuiltIn(
			BuiltIn::GlobalInvocationId
			| BuiltIn::LocalInvocationId
			| BuiltIn::LocalInvocationIndex
			| BuiltIn::WorkGroupId
			| BuiltIn::WorkGroupSize
			| BuiltIn::NumWorkGroups,
		)) => None,
		Some(naga::Binding::BuiltIn(
			BuiltIn::NumSubgroups
			| BuiltIn::SubgroupId
			| BuiltIn::SubgroupSize
			| BuiltIn::SubgroupInvocationId,
		)) => Some((Rule::Subgroup, "a built-in value of subgroups")),
		Some(_) => Some((Rule::EntryPoint, "a value of another pipeline stage")),
	}
}
