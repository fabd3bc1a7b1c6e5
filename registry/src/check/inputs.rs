//! Checks that an inputs schema can be drawn, and that it refuses what it means
//! to refuse. The same schema is checked once however many services share it.

use super::{Fault, pattern};
use crate::service::{InputSchema, Property, PropertyType};

const FIELDS_LIMIT: usize = 24;
const LENGTH_LIMIT: u32 = 1_000;
const CHOICES_LIMIT: usize = 64;

pub(crate) fn check(schema: &InputSchema) -> Vec<Fault> {
    let mut faults = Vec::new();
    if schema.properties.len() > FIELDS_LIMIT {
        let problem = format!("the form has more than {FIELDS_LIMIT} fields");
        faults.push(Fault::new(problem, "ask for less"));
    }
    for name in schema
        .required
        .iter()
        .filter(|name| !schema.properties.contains_key(*name))
    {
        faults.push(Fault::new(
            format!("the required field {name:?} is not among the properties"),
            "add the property, or take the name out of required",
        ));
    }
    for (name, property) in &schema.properties {
        let named = |fault: Fault| Fault {
            problem: format!("input {name}: {}", fault.problem),
            mend: fault.mend,
        };
        faults.extend(property_faults(property).into_iter().map(named));
    }
    faults
}

fn property_faults(property: &Property) -> Vec<Fault> {
    let mut faults = misplaced(property);
    match property.kind {
        PropertyType::String => faults.extend(string_faults(property)),
        PropertyType::Integer => {
            if property
                .minimum
                .zip(property.maximum)
                .is_none_or(|(least, most)| least > most)
            {
                faults.push(Fault::new(
                    "an integer has a minimum and a maximum, in this order",
                    "state both",
                ));
            }
        }
        PropertyType::Boolean => {}
    }
    faults
}

/// Keywords that say nothing about the property's type.
fn misplaced(property: &Property) -> Vec<Fault> {
    let for_strings = [
        ("pattern", property.pattern.is_some()),
        ("minLength", property.min_length.is_some()),
        ("maxLength", property.max_length.is_some()),
        ("format", property.format.is_some()),
        ("enum", !property.choices.is_empty()),
    ];
    let for_integers = [
        ("minimum", property.minimum.is_some()),
        ("maximum", property.maximum.is_some()),
    ];
    let wrong: Vec<&str> = match property.kind {
        PropertyType::String => used(&for_integers),
        PropertyType::Integer => used(&for_strings),
        PropertyType::Boolean => [used(&for_strings), used(&for_integers)].concat(),
    };
    wrong
        .into_iter()
        .map(|name| Fault::new(format!("{name} does not go with the type"), "remove it"))
        .collect()
}

fn used(keywords: &[(&'static str, bool)]) -> Vec<&'static str> {
    keywords
        .iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| *name)
        .collect()
}

fn string_faults(property: &Property) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (least, most) = (property.min_length.unwrap_or(0), property.max_length);
    if most.is_some_and(|most| most > LENGTH_LIMIT || most == 0 || most < least) {
        faults.push(Fault::new(
            format!("maxLength is 1 to {LENGTH_LIMIT} and not below minLength"),
            "correct it",
        ));
    }
    let bounded = most.is_some() || property.format.is_some() || !property.choices.is_empty();
    if !bounded && property.pattern.is_none() {
        faults.push(Fault::new(
            "nothing bounds the text",
            "state maxLength, pattern, enum or format",
        ));
    }
    faults.extend(property.pattern.as_deref().and_then(pattern::check));
    faults.extend(choice_fault(property));
    faults
}

fn choice_fault(property: &Property) -> Option<Fault> {
    let choices = &property.choices;
    let mut distinct: Vec<&str> = choices.iter().map(AsRef::as_ref).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let short = choices
        .iter()
        .all(|choice| (1..=100).contains(&choice.len()));
    if distinct.len() != choices.len() || choices.len() > CHOICES_LIMIT || !short {
        let problem = format!("enum has at most {CHOICES_LIMIT} different texts of 1 to 100 bytes");
        return Some(Fault::new(problem, "correct it"));
    }
    let named: Vec<&str> = property.hints.choices.keys().map(AsRef::as_ref).collect();
    (distinct != named).then(|| {
        Fault::new(
            "x-guichet.choices does not name exactly the values of enum",
            "name each value in zh-CN and en",
        )
    })
}

#[cfg(test)]
mod tests;
