//! Random statements and whole programs.

use super::{ELEMENTS, Generator, Mode, Place, SLOTS, Signature, Ty};
use alloc::{format, string::String, vec::Vec};

const WORD: Ty = Ty::Word { signed: false };
const SIGNED: Ty = Ty::Word { signed: true };

impl Generator<'_> {
	fn line(&mut self, line: &str) {
		for _ in 0..self.indent {
			self.text.push('\t');
		}
		self.text.push_str(line);
		self.text.push('\n');
	}

	fn open(&mut self, line: &str) {
		self.line(&format!("{line} {{"));
		self.indent += 1;
	}

	fn close(&mut self, line: &str) {
		self.indent = self.indent.saturating_sub(1);
		self.line(line);
	}

	fn name(&mut self, prefix: &str) -> String {
		self.names += 1;
		format!("{prefix}{}", self.names)
	}

	fn any_type(&mut self) -> Ty {
		let signed = self.choices.percent(50);
		match self.choices.below(6) {
			0 => Ty::Bool,
			1..=3 => Ty::Word { signed },
			_ => Ty::Vector { signed, size: 2 + self.choices.below(3) },
		}
	}

	fn declare(&mut self, name: &str, ty: Ty, count: Option<u32>, mutable: bool) {
		self.scope.push(Place { name: name.into(), ty, count, mutable });
	}

	/// The whole program.
	pub(super) fn program(&mut self, size: [u32; 3], count: u32, has_params: bool) {
		self.bindings(has_params);
		if self.shares {
			self.line(&format!("var<workgroup> tile: array<u32, {count}>;"));
			self.line("var<workgroup> token: u32;");
			self.line("var<workgroup> tally: atomic<u32>;");
		}
		self.line("struct Pair { left: i32, right: vec3<u32>, row: array<u32, 3> }");
		self.line("var<private> flat: u32;");
		self.line("var<private> place: u32;");
		self.line("var<private> memo: array<i32, 7>;");
		self.line("var<private> pair: Pair;");
		self.declare("flat", WORD, None, false);
		self.declare("memo", SIGNED, Some(7), true);
		self.declare("pair.left", SIGNED, None, true);
		self.declare("pair.right", Ty::Vector { signed: false, size: 3 }, None, true);
		self.declare("pair.row", WORD, Some(3), true);
		for _ in 0..self.choices.below(3) {
			self.function();
		}
		if self.shares {
			self.sharing_function();
		}
		let [x, y, z] = size;
		self.line(&format!("@compute @workgroup_size({x}, {y}, {z})"));
		self.open(
			"fn main(@builtin(global_invocation_id) id: vec3<u32>, \
			 @builtin(local_invocation_index) local: u32, \
			 @builtin(num_workgroups) groups: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>)",
		);
		let row = format!("(groups.x * {x}u)");
		let plane = format!("({row} * groups.y * {y}u)");
		self.line(&format!("flat = id.x + id.y * {row} + id.z * {plane};"));
		self.line("place = local;");
		self.line(&format!("var shelf: array<u32, {ELEMENTS}>;"));
		self.declare("shelf", WORD, Some(ELEMENTS), true);
		self.declare("id", Ty::Vector { signed: false, size: 3 }, None, false);
		self.declare("local", WORD, None, false);
		if self.mode == Mode::Alone {
			self.declare("output", WORD, Some(0), true);
		}
		self.may_return = !self.shares;
		while self.budget > 0 {
			if self.shares && self.choices.percent(40) {
				self.stage(count, 2);
			} else {
				self.statement(3);
			}
		}
		// Whatever was computed shows.
		for slot in 0..SLOTS {
			let value = self.unknown(WORD, 1);
			self.store_output(&format!("{slot}u"), &value);
		}
		self.close("}");
	}

	fn bindings(&mut self, has_params: bool) {
		let second =
			Ty::Vector { signed: self.choices.percent(50), size: 2 + self.choices.below(3) };
		self.line("@group(0) @binding(0) var<storage, read> first: array<u32>;");
		let read = "var<storage, read>";
		self.line(&format!("@group(0) @binding(1) {read} second: array<{}>;", second.name()));
		self.declare("first", WORD, Some(0), false);
		self.declare("second", second, Some(0), false);
		if has_params {
			self.line(&format!("@group(0) @binding(2) {read} params: array<i32>;"));
			self.declare("params", SIGNED, Some(0), false);
		}
		let number = 2 + u32::from(has_params);
		let element = match self.mode {
			Mode::Atomic(_) => "atomic<u32>",
			_ => "u32",
		};
		self.line(&format!(
			"@group(0) @binding({number}) var<storage, read_write> output: array<{element}>;"
		));
	}

	/// Changes the output in a way that keeps the race rule.
	fn store_output(&mut self, slot: &str, value: &str) {
		match self.mode {
			Mode::Atomic(name) => {
				let index = self.index();
				self.line(&format!("{name}(&output[{index}], {value});"));
			}
			_ => {
				let index = format!("flat * {SLOTS}u + ({slot}) % {SLOTS}u");
				self.line(&format!("output[{index}] = {value};"));
			}
		}
	}

	fn function(&mut self) {
		let (name, result) = (self.name("fun"), self.any_type());
		let arguments: Vec<Ty> = (0..self.choices.below(3)).map(|_| self.any_type()).collect();
		let takes_pointer = self.choices.percent(40);
		let outside = self.scope.len();
		let mut list = Vec::new();
		for ty in &arguments {
			let argument = self.name("a");
			list.push(format!("{argument}: {}", ty.name()));
			self.declare(&argument, *ty, None, false);
		}
		if takes_pointer {
			list.push(format!("shelf: ptr<function, array<u32, {ELEMENTS}>>"));
			self.declare("(*shelf)", WORD, Some(ELEMENTS), true);
		}
		self.open(&format!("fn {name}({}) -> {}", list.join(", "), result.name()));
		// Calls of functions before this one need a `shelf` of their own to point to.
		let before = core::mem::take(&mut self.functions);
		let rest = self.budget.saturating_sub(6);
		self.budget = self.budget.min(6);
		while self.budget > 0 {
			self.inner_statement(2);
		}
		self.budget = rest;
		if self.choices.percent(40) {
			let (condition, value) = (self.unknown(Ty::Bool, 1), self.unknown(result, 1));
			self.line(&format!("if {condition} {{ return {value}; }}"));
		}
		let value = self.unknown(result, 2);
		self.line(&format!("return {value};"));
		self.close("}");
		self.scope.truncate(outside);
		self.functions = before;
		self.functions.push(Signature { name, arguments, takes_pointer, result });
	}

	/// A function with barriers, for uniform control flow.
	fn sharing_function(&mut self) {
		self.open("fn exchange(given: u32) -> u32");
		self.line("tile[place] = given;");
		self.line("workgroupBarrier();");
		self.line("let taken = tile[given + 1u];");
		self.line("workgroupBarrier();");
		self.line("return taken;");
		self.close("}");
	}

	/// Something in uniform control flow that shares memory within the workgroup.
	fn stage(&mut self, count: u32, depth: u32) {
		self.budget = self.budget.saturating_sub(1);
		match self.choices.below(5) {
			0 => {
				let (name, given) = (self.name("e"), self.unknown(WORD, 1));
				self.line(&format!("let {name} = exchange({given});"));
				self.declare(&name, WORD, None, false);
			}
			1 => {
				let (name, value) = (self.name("w"), self.unknown(WORD, 2));
				self.line(&format!("if place == 0u {{ token = {value}; }}"));
				self.line(&format!("let {name} = workgroupUniformLoad(&token);"));
				self.declare(&name, WORD, None, false);
			}
			2 => {
				let (name, value) = (self.name("t"), self.unknown(WORD, 1));
				self.line(&format!("atomicAdd(&tally, {value});"));
				self.line("workgroupBarrier();");
				self.line(&format!("let {name} = atomicLoad(&tally);"));
				self.line("workgroupBarrier();");
				self.declare(&name, WORD, None, false);
			}
			3 if depth > 0 => {
				let (name, rounds) = (self.name("k"), self.choices.below(4));
				let bound = match self.choices.below(3) {
					0 => format!("{rounds}u"),
					1 => format!("(first[{rounds}] % 4u)"),
					_ => String::from("(group.x + 2u)"),
				};
				self.open(&format!("for (var {name} = 0u; {name} < {bound}; {name}++)"));
				let outside = self.scope.len();
				self.declare(&name, WORD, None, false);
				self.stage(count, depth - 1);
				self.inner_statement(2);
				self.scope.truncate(outside);
				self.close("}");
			}
			_ => {
				let value = self.unknown(WORD, 2);
				self.line(&format!("tile[place] = {value};"));
				self.line("workgroupBarrier();");
				let outside = self.scope.len();
				self.declare("tile", WORD, Some(count), false);
				self.open("");
				self.inner_statement(2);
				self.inner_statement(2);
				self.close("}");
				self.scope.truncate(outside);
				self.line("workgroupBarrier();");
			}
		}
	}

	/// A statement that must not end the function.
	fn inner_statement(&mut self, depth: u32) {
		let may_return = core::mem::replace(&mut self.may_return, false);
		self.statement(depth);
		self.may_return = may_return;
	}

	fn block(&mut self, depth: u32) {
		let outside = self.scope.len();
		for _ in 0..=self.choices.below(3) {
			self.statement(depth);
		}
		self.scope.truncate(outside);
	}

	fn statement(&mut self, depth: u32) {
		self.budget = self.budget.saturating_sub(1);
		match self.choices.below(if depth == 0 { 7 } else { 13 }) {
			0 | 1 => {
				let (name, ty) = (self.name("v"), self.any_type());
				let value = self.expression(ty, 3).code;
				self.line(&format!("var {name}: {} = {value};", ty.name()));
				self.declare(&name, ty, None, true);
			}
			2 if self.choices.percent(40) => {
				let (name, signed) = (self.name("r"), self.choices.percent(50));
				let ty = Ty::Word { signed };
				self.line(&format!("var {name}: array<{}, {ELEMENTS}>;", ty.name()));
				self.declare(&name, ty, Some(ELEMENTS), true);
			}
			3 if self.choices.percent(60) => {
				let (slot, value) = (self.unknown(WORD, 1), self.unknown(WORD, 2));
				self.store_output(&slot, &value);
			}
			7 | 8 => self.branch(depth - 1),
			9 => self.switch(depth - 1),
			10..=12 => self.any_loop(depth - 1),
			_ => self.assignment(),
		}
	}

	fn assignment(&mut self) {
		let Some(place) = self.target() else { return };
		let mut name = place.name.clone();
		if place.count.is_some() {
			name = format!("{name}[{}]", self.index());
		}
		let mut ty = place.ty;
		if let Ty::Vector { signed, .. } = ty
			&& self.choices.percent(40)
		{
			name = match self.choices.below(2) {
				0 => format!("{name}.y"),
				_ => format!("{name}[{}]", self.index()),
			};
			ty = Ty::Word { signed };
		}
		if ty != Ty::Bool && self.choices.percent(40) {
			let op =
				["+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="][self.choices.below(8) as usize];
			let value = self.unknown(ty, 2);
			self.line(&format!("{name} {op} {value};"));
			return;
		}
		let value = self.expression(ty, 3).code;
		self.line(&format!("{name} = {value};"));
	}

	fn branch(&mut self, depth: u32) {
		let condition = self.unknown(Ty::Bool, 2);
		self.open(&format!("if {condition}"));
		self.block(depth);
		match self.choices.below(10) {
			0 if self.may_return && self.loops == 0 => self.line("return;"),
			1 | 2 if self.loops > 0 => self.line("break;"),
			3 if self.loops > 0 => self.line("continue;"),
			_ => {}
		}
		if self.choices.percent(50) {
			self.close("} else {");
			self.indent += 1;
			self.block(depth);
		}
		self.close("}");
	}

	fn switch(&mut self, depth: u32) {
		let (signed, loops) = (self.choices.percent(50), self.loops);
		let suffix = if signed { "i" } else { "u" };
		let selector = self.unknown(Ty::Word { signed }, 2);
		self.open(&format!("switch {selector} % 5{suffix}"));
		// A `continue` would leave the switch for the loop; a `break` ends the switch.
		self.loops = 0;
		for case in 0..1 + self.choices.below(3) {
			self.open(&format!("case {}{suffix}, {}{suffix}:", case * 2, case * 2 + 1));
			self.block(depth);
			if self.choices.percent(30) {
				let condition = self.unknown(Ty::Bool, 1);
				let leave =
					if loops > 0 && self.choices.percent(50) { "continue" } else { "break" };
				self.line(&format!("if {condition} {{ {leave}; }}"));
				self.block(0);
			}
			self.close("}");
		}
		self.open("default:");
		self.block(depth);
		self.close("}");
		self.loops = loops;
		self.close("}");
	}

	fn any_loop(&mut self, depth: u32) {
		let (name, outside) = (self.name("n"), self.scope.len());
		// Few rounds, rounds that depend on data, or as many as the fuel allows.
		let bound = match self.choices.below(8) {
			0..=4 => format!("{}u", self.choices.below(6)),
			5 | 6 => format!("({} % 9u)", self.unknown(WORD, 1)),
			_ => self.unknown(WORD, 2),
		};
		let step = if self.choices.percent(85) { 1 } else { 1 + self.choices.below(3) };
		self.loops += 1;
		match self.choices.below(3) {
			0 => {
				self.open(&format!("for (var {name} = 0u; {name} < {bound}; {name} += {step}u)"));
				// Now and then the loop's own counter is written to.
				let mutable = self.choices.percent(3);
				self.declare(&name, WORD, None, mutable);
				self.block(depth);
				self.close("}");
			}
			1 => {
				self.line(&format!("var {name} = 0u;"));
				self.open(&format!("while {name} < {bound}"));
				self.declare(&name, WORD, None, false);
				self.line(&format!("{name} += {step}u;"));
				self.block(depth);
				self.close("}");
			}
			_ => {
				self.line(&format!("var {name} = 0u;"));
				self.open("loop");
				self.declare(&name, WORD, None, false);
				self.block(depth);
				self.open("continuing");
				self.line(&format!("{name} += {step}u;"));
				self.line(&format!("break if {name} >= {bound};"));
				self.close("}");
				self.close("}");
			}
		}
		self.loops -= 1;
		self.scope.truncate(outside);
	}
}
