//! Writes a source file anew with its mutants asleep in it: `on(7)` asks whether
//! the seventh is awake. Before each stands a mark, `/*~7*/`, by which an error of
//! the compiler is laid at its door.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use crate::sites::{Form, Number, Operands, Site};

/// How the condition ends of an arm that had none.
pub const ARM: &str = " && (true))";

/// A file's text and places.
pub struct Renderer<'file> {
    text: &'file str,
    sites: &'file [Site],
    choice: &'file Choice,
}

/// What is in a build.
#[derive(Debug, Default)]
pub struct Choice {
    /// Mutants.
    pub asleep: BTreeSet<Number>,
    /// Functions that have to stay constant.
    pub constant: BTreeSet<String>,
}

impl<'file> Renderer<'file> {
    /// For a file as it stands, with those mutants that are chosen.
    pub fn new(text: &'file str, sites: &'file [Site], choice: &'file Choice) -> Self {
        Self {
            text,
            sites,
            choice,
        }
    }

    fn is_in(&self, mutant: Number) -> bool {
        self.choice.asleep.contains(&mutant)
    }

    /// The whole file.
    pub fn file(&self) -> String {
        self.part(0..self.text.len(), 0)
    }

    /// A part of the file, with the places from that one on.
    fn part(&self, range: Range<usize>, from: usize) -> String {
        let mut written = String::new();
        let mut at = range.start;
        let mut inside: Vec<usize> = (from..self.sites.len())
            .filter(|position| {
                let site = &self.sites[*position].range;
                range.start <= site.start && site.end <= range.end
            })
            .collect();
        // Outer places come before inner ones that begin with them.
        inside.sort_by_key(|position| (self.sites[*position].range.start, *position));
        for position in inside {
            let site = &self.sites[position];
            if site.range.start < at {
                continue;
            }
            written += &self.text[at..site.range.start];
            written += &self.site(site, position + 1);
            at = site.range.end;
        }
        written + &self.text[at..range.end]
    }

    fn site(&self, site: &Site, next: usize) -> String {
        let plain = || self.part(site.range.clone(), next);
        match &site.form {
            Form::Constant(name, _) if self.choice.constant.contains(name) => plain(),
            Form::Constant(..) => String::new(),
            Form::Body(values) => self.body(values),
            Form::Turned(mutant) if self.is_in(*mutant) => {
                format!("({}({}) != {})", mark(*mutant), plain(), on(*mutant))
            }
            Form::Lazy {
                is_or,
                mutant,
                left,
                right,
            } if self.is_in(*mutant) => {
                let (left, right) = (
                    self.part(left.clone(), next),
                    self.part(right.clone(), next),
                );
                let (mark, on) = (mark(*mutant), on(*mutant));
                if *is_or {
                    format!("({mark}if ({left}) == {on} {{ {right} }} else {{ !{on} }})")
                } else {
                    format!("({mark}if ({left}) != {on} {{ {right} }} else {{ {on} }})")
                }
            }
            Form::Signed(mutant, operand) if self.is_in(*mutant) => format!(
                "(match {} {{ mutant_operand => {}if {} {{ mutant_operand }} else {{ -mutant_operand }} }})",
                self.part(operand.clone(), next),
                mark(*mutant),
                on(*mutant)
            ),
            Form::Turned(_) | Form::Lazy { .. } | Form::Signed(..) => plain(),
            Form::Operated {
                operands,
                operator,
                others,
                left,
                right,
            } => {
                let others = self.those(others);
                if others.is_empty() {
                    return plain();
                }
                let (left, right) = (
                    self.part(left.clone(), next),
                    self.part(right.clone(), next),
                );
                operated(*operands, operator, &others, &left, &right)
            }
            Form::Guard {
                guard,
                always,
                never,
            } => self.guard(guard.as_ref(), always, never, next),
            Form::Fields(fields) => self.fields(site, fields, next),
        }
    }

    fn those<'list, T>(&self, list: &'list [(Number, T)]) -> Vec<(Number, &'list T)> {
        list.iter()
            .filter(|(number, _)| self.is_in(*number))
            .map(|(number, thing)| (*number, thing))
            .collect()
    }

    fn body(&self, values: &[(Number, String)]) -> String {
        self.those(values)
            .iter()
            .fold(String::new(), |mut written, (mutant, value)| {
                let _ = write!(
                    written,
                    " {}if {} {{ return {value}; }}",
                    mark(*mutant),
                    on(*mutant)
                );
                written
            })
    }

    fn guard(
        &self,
        guard: Option<&Range<usize>>,
        always: &[Number],
        never: &[Number],
        next: usize,
    ) -> String {
        let inside = |list: &[Number], separator: &str| -> String {
            let list = list.iter().filter(|number| self.is_in(**number));
            let asked: Vec<String> = list
                .map(|number| format!("{}{}", mark(*number), on(*number)))
                .collect();
            asked.join(separator)
        };
        let (always, never) = (inside(always, " || "), inside(never, " || "));
        let own = guard.map(|range| self.part(range.clone(), next));
        if always.is_empty() && never.is_empty() {
            return own.unwrap_or_default();
        }
        let mut condition = own.clone().unwrap_or_else(|| "true".to_owned());
        if !always.is_empty() {
            condition = format!("({always} || ({condition}))");
        }
        if !never.is_empty() {
            condition = format!("(!({never}) && ({condition}))");
        }
        if own.is_none() {
            condition.insert_str(0, " if ");
        }
        condition
    }

    fn fields(&self, site: &Site, fields: &[(Number, Range<usize>)], next: usize) -> String {
        let fields = self.those(fields);
        let whole = self.part(site.range.clone(), next);
        if fields.is_empty() {
            return whole;
        }
        let mut written = "(".to_owned();
        for (mutant, field) in fields {
            let before = self.part(site.range.start..field.start, next);
            let behind = self.part(field.end..site.range.end, next);
            let (mark, on) = (mark(mutant), on(mutant));
            let _ = write!(written, "if {on} {{ {mark}{before}{behind} }} else ");
        }
        let _ = write!(written, "{{ {whole} }})");
        written
    }
}

fn operated(
    operands: Operands,
    operator: &str,
    others: &[(Number, &String)],
    left: &str,
    right: &str,
) -> String {
    let (first, second) = match operands {
        Operands::Borrowed | Operands::Taken => ("mutant_left", "mutant_right"),
        Operands::Assigned => (left, "mutant_right"),
    };
    let mut choice = String::new();
    for (mutant, other) in others {
        let (mark, on) = (mark(*mutant), on(*mutant));
        let _ = write!(choice, "{mark}if {on} {{ {first} {other} {second} }} else ");
    }
    let _ = write!(choice, "{{ {first} {operator} {second} }}");
    match operands {
        Operands::Borrowed => {
            format!("(match (&({left}), &({right})) {{ (mutant_left, mutant_right) => {choice} }})")
        }
        Operands::Taken => {
            format!("(match ({left}, {right}) {{ (mutant_left, mutant_right) => {choice} }})")
        }
        Operands::Assigned => format!("match {right} {{ mutant_right => {choice} }}"),
    }
}

fn on(mutant: Number) -> String {
    format!("crate::mutant_switch::on({mutant})")
}

fn mark(mutant: Number) -> String {
    format!("/*~{mutant}*/")
}

/// Whose mark stands nearest before this place.
pub fn owner(text: &str, at: usize) -> Option<Number> {
    let before = text.get(..at)?;
    let begin = before.rfind("/*~")? + "/*~".len();
    let end = begin + text[begin..].find("*/")?;
    text[begin..end].parse().ok()
}
