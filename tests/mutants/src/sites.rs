//! Finds in a source file the places that mutants change, and what has to be
//! written there so that each can be woken by itself. Writing it is `render`'s.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::list::{Genre, Mutant, Place};

/// A mutant's number in the build; zero is none.
pub type Number = u32;

/// A place with all the mutants that change it.
#[derive(Debug)]
pub struct Site {
    /// What is written anew, in bytes; empty where something is added only.
    pub range: Range<usize>,
    /// How.
    pub form: Form,
}

/// How a place is written, so that its mutants sleep in it.
#[derive(Debug)]
pub enum Form {
    /// The first thing in a function: it may give another value.
    Body(Vec<(Number, String)>),
    /// The opposite of a yes or no.
    Turned(Number),
    /// `&&` for `||` or the other way round.
    Lazy {
        /// Whether the source has `||`.
        is_or: bool,
        /// The mutant.
        mutant: Number,
        /// What stands before the operator.
        left: Range<usize>,
        /// What stands behind it.
        right: Range<usize>,
    },
    /// Any other operator.
    Operated {
        /// How operands are given to it.
        operands: Operands,
        /// The source's own.
        operator: String,
        /// The mutants' operators.
        others: Vec<(Number, String)>,
        /// What stands before the operator.
        left: Range<usize>,
        /// What stands behind it.
        right: Range<usize>,
    },
    /// A minus that may be missing before this operand.
    Signed(Number, Range<usize>),
    /// A condition of a match arm.
    Guard {
        /// The source's own.
        guard: Option<Range<usize>>,
        /// Mutants for which it is always met.
        always: Vec<Number>,
        /// Mutants for which it never is.
        never: Vec<Number>,
    },
    /// A struct expression without one of these fields.
    Fields(Vec<(Number, Range<usize>)>),
    /// The `const` before the function of this name, whose whole is given too: it is
    /// left out, since a constant cannot ask who is awake.
    Constant(String, Range<usize>),
}

/// How an operator gets its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operands {
    /// Comparisons.
    Borrowed,
    /// Arithmetic.
    Taken,
    /// The left one is assigned to.
    Assigned,
}

/// The places of a file, outer before inner, and mutants without one.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order in which they begin.
    pub sites: Vec<Site>,
    /// Change nothing in a build without planted mistakes.
    pub planted: Vec<Number>,
    /// Stand where nobody can ask who is awake, such as in constants.
    pub without: Vec<Number>,
}

impl Found {
    /// The mutants within constant functions of this name.
    pub fn within(&self, function: &str) -> Vec<Number> {
        let wholes = self.sites.iter().filter_map(|site| match &site.form {
            Form::Constant(name, whole) if name == function => Some(whole),
            _ => None,
        });
        wholes
            .flat_map(|whole| {
                self.sites
                    .iter()
                    .filter(|site| whole.start <= site.range.start && site.range.end <= whole.end)
            })
            .flat_map(|site| site.form.mutants())
            .collect()
    }
}

impl Form {
    fn mutants(&self) -> Vec<Number> {
        match self {
            Self::Body(list) => list.iter().map(|(number, _)| *number).collect(),
            Self::Operated { others, .. } => others.iter().map(|(number, _)| *number).collect(),
            Self::Fields(list) => list.iter().map(|(number, _)| *number).collect(),
            Self::Turned(mutant) | Self::Lazy { mutant, .. } | Self::Signed(mutant, _) => {
                vec![*mutant]
            }
            Self::Guard { always, never, .. } => [always.as_slice(), never].concat(),
            Self::Constant(..) => Vec::new(),
        }
    }
}

/// Looks for the mutants of one file.
pub fn find(text: &str, mutants: &[(Number, &Mutant)]) -> syn::Result<Found> {
    let file = syn::parse_file(text)?;
    let mut waiting: BTreeMap<Place, Vec<(Number, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants {
        let place = waiting.entry(mutant.span.start).or_default();
        place.push((*number, *mutant));
    }
    let mut finder = Finder {
        text,
        waiting,
        asleep: Vec::new(),
        found: Found::default(),
    };
    finder.visit_file(&file);
    let Finder {
        waiting,
        asleep,
        mut found,
        ..
    } = finder;
    for (place, mutants) in waiting {
        let sleeps = asleep.iter().any(|range| range.contains(&place));
        let list = if sleeps {
            &mut found.planted
        } else {
            &mut found.without
        };
        list.extend(mutants.iter().map(|(number, _)| *number));
    }
    Ok(found)
}

struct Finder<'text> {
    text: &'text str,
    waiting: BTreeMap<Place, Vec<(Number, &'text Mutant)>>,
    /// Code that is reached with a planted mistake only.
    asleep: Vec<Range<Place>>,
    found: Found,
}

impl<'text> Finder<'text> {
    /// The mutants of a kind that begin here.
    fn take(&mut self, genre: Genre, at: LineColumn) -> Vec<(Number, &'text Mutant)> {
        let Some(here) = self.waiting.get_mut(&at.into()) else {
            return Vec::new();
        };
        let taken = here
            .extract_if(.., |(_, mutant)| mutant.genre == genre)
            .collect();
        if here.is_empty() {
            self.waiting.remove(&at.into());
        }
        taken
    }

    fn put(&mut self, range: Range<usize>, form: Form) {
        self.found.sites.push(Site { range, form });
    }

    fn is_planted(&self, node: &impl Spanned) -> bool {
        self.text[node.span().byte_range()].starts_with("planted(")
    }

    fn is_asleep(&mut self, node: &impl Spanned) {
        let span = node.span();
        self.asleep.push(span.start().into()..span.end().into());
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        if let Some(constness) = &signature.constness {
            let (name, whole) = (signature.ident.to_string(), block.span().byte_range());
            self.put(constness.span.byte_range(), Form::Constant(name, whole));
        }
        let Some(first) = block.stmts.first() else {
            return;
        };
        let values = self.take(Genre::FnValue, first.span().start());
        if values.is_empty() {
            return;
        }
        let begin = block.brace_token.span.open().byte_range().end;
        let values = values
            .into_iter()
            .map(|(number, mutant)| (number, mutant.replacement.clone()))
            .collect();
        self.put(begin..begin, Form::Body(values));
    }

    fn operator(&mut self, node: &syn::ExprBinary, taken: Vec<(Number, &Mutant)>) {
        let range = node.span().byte_range();
        let (left, right) = (
            node.left.span().byte_range(),
            node.right.span().byte_range(),
        );
        let operator = self.text[node.op.span().byte_range()].to_owned();
        let others: Vec<(Number, String)> = taken
            .into_iter()
            .map(|(number, mutant)| (number, mutant.replacement.clone()))
            .collect();
        let form = match (operator.as_str(), others.as_slice()) {
            ("&&" | "||", [(mutant, _)]) => Form::Lazy {
                is_or: operator == "||",
                mutant: *mutant,
                left,
                right,
            },
            ("==" | "!=", [(mutant, other)]) if other == "!=" || other == "==" => {
                Form::Turned(*mutant)
            }
            ("<=", [(mutant, other)]) if other == ">" => Form::Turned(*mutant),
            (">=", [(mutant, other)]) if other == "<" => Form::Turned(*mutant),
            ("<" | ">" | "<=" | ">=" | "==" | "!=", _) => Form::Operated {
                operands: Operands::Borrowed,
                operator,
                others,
                left,
                right,
            },
            (assigned, _) if assigned.ends_with('=') => Form::Operated {
                operands: Operands::Assigned,
                operator,
                others,
                left,
                right,
            },
            _ => Form::Operated {
                operands: Operands::Taken,
                operator,
                others,
                left,
                right,
            },
        };
        self.put(range, form);
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    // A constant is worked out by the compiler, where nobody can be asked.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.function(&node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.function(&node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.function(&node.sig, block);
        }
        visit::visit_trait_item_fn(self, node);
    }

    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let taken = self.take(Genre::BinaryOperator, node.op.span().start());
        if !taken.is_empty() && !has_let(&node.left) && !has_let(&node.right) {
            self.operator(node, taken);
        } else {
            // `let` in a chain of `&&` stands beside no other operator.
            let numbers = taken.iter().map(|(number, _)| *number);
            self.found.without.extend(numbers);
        }
        if matches!(node.op, syn::BinOp::And(_)) && self.is_planted(&node.left) {
            self.is_asleep(&node.right);
            self.visit_expr(&node.left);
        } else {
            visit::visit_expr_binary(self, node);
        }
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        if let [(number, _)] = self.take(Genre::UnaryOperator, node.span().start())[..] {
            let form = match node.op {
                syn::UnOp::Neg(_) => Form::Signed(number, node.expr.span().byte_range()),
                _ => Form::Turned(number),
            };
            self.put(node.span().byte_range(), form);
        }
        visit::visit_expr_unary(self, node);
    }

    fn visit_expr_if(&mut self, node: &'ast syn::ExprIf) {
        if self.is_planted(&node.cond) {
            self.visit_expr(&node.cond);
            self.is_asleep(&node.then_branch);
            if let Some((_, otherwise)) = &node.else_branch {
                self.visit_expr(otherwise);
            }
        } else {
            visit::visit_expr_if(self, node);
        }
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        let gone = self.take(Genre::MatchArm, node.span().start());
        let mut never: Vec<Number> = gone.iter().map(|(number, _)| *number).collect();
        let mut always = Vec::new();
        let mut planted = false;
        let mut range = node.pat.span().byte_range();
        range.start = range.end;
        let mut guard = None;
        if let syn::Pat::Guard(condition) = &node.pat {
            range = condition.guard.span().byte_range();
            guard = Some(range.clone());
            planted = self.is_planted(&condition.guard);
            for (number, mutant) in self.take(Genre::MatchArmGuard, condition.guard.span().start())
            {
                if mutant.replacement == "true" {
                    always.push(number);
                } else if planted {
                    self.found.planted.push(number);
                } else {
                    never.push(number);
                }
            }
        }
        if !always.is_empty() || !never.is_empty() {
            let form = Form::Guard {
                guard,
                always,
                never,
            };
            self.put(range, form);
        }
        if planted {
            self.is_asleep(&node.body);
            self.visit_pat(&node.pat);
        } else {
            visit::visit_arm(self, node);
        }
    }

    fn visit_expr_struct(&mut self, node: &'ast syn::ExprStruct) {
        let mut fields = Vec::new();
        for pair in node.fields.pairs() {
            let field = *pair.value();
            let mut range = field.span().byte_range();
            if let Some(comma) = pair.punct() {
                range.end = comma.span().byte_range().end;
            }
            for (number, _) in self.take(Genre::StructField, field.span().start()) {
                fields.push((number, range.clone()));
            }
        }
        if !fields.is_empty() {
            self.put(node.span().byte_range(), Form::Fields(fields));
        }
        visit::visit_expr_struct(self, node);
    }
}

/// Whether a chain of conditions binds names.
fn has_let(node: &syn::Expr) -> bool {
    match node {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(node) => has_let(&node.left) || has_let(&node.right),
        _ => false,
    }
}
