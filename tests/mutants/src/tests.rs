//! Every kind of change in small sources: what is written, and who is at fault.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::list::{Genre, Mutant, Place, Span};
use crate::render::{Choice, Renderer, owner};
use crate::sites::{Found, Number, find};
use crate::suite::{Test, failed};
use crate::trial::{groups, suspects};
use crate::verdict::{Verdict, Verdicts};

/// A change at the first place of the text where these words stand.
fn change(text: &str, at: &str, genre: Genre, replacement: &str) -> Mutant {
    let before = &text[..text.find(at).unwrap()];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    Mutant {
        name: format!("{line}:{column}: {at} {replacement}"),
        file: "a.rs".to_owned(),
        genre,
        replacement: replacement.to_owned(),
        span: Span {
            start: Place { line, column },
            end: Place { line, column },
        },
    }
}

fn found(text: &str, changes: &[(&str, Genre, &str)]) -> Found {
    let mutants: Vec<Mutant> = changes
        .iter()
        .map(|(at, genre, replacement)| change(text, at, *genre, replacement))
        .collect();
    let numbered: Vec<(Number, &Mutant)> = (1..).zip(&mutants).collect();
    find(text, &numbered).unwrap()
}

fn choice(numbers: std::ops::Range<Number>) -> Choice {
    Choice {
        asleep: numbers.collect(),
        constant: BTreeSet::new(),
    }
}

/// The text with these changes in it, short: `on(1)` for the first one.
fn written(text: &str, changes: &[(&str, Genre, &str)]) -> String {
    let found = found(text, changes);
    assert_eq!(found.without, Vec::<Number>::new(), "{text}");
    let written = Renderer::new(text, &found.sites, &choice(1..99)).file();
    assert!(syn::parse_file(&written).is_ok(), "{written}");
    let mut short = written.replace("crate::mutant_switch::", "");
    for number in 1..=changes.len() {
        short = short.replace(&format!("/*~{number}*/"), "");
    }
    short
}

#[test]
fn every_operator_can_be_another_one() {
    use Genre::{BinaryOperator, UnaryOperator};
    for (from, at, genre, to, wanted) in [
        (
            "a || b",
            "||",
            BinaryOperator,
            "&&",
            "(if (a) == on(1) { b } else { !on(1) })",
        ),
        (
            "a && b",
            "&&",
            BinaryOperator,
            "||",
            "(if (a) != on(1) { b } else { on(1) })",
        ),
        ("a == b", "==", BinaryOperator, "!=", "((a == b) != on(1))"),
        ("a >= b", ">=", BinaryOperator, "<", "((a >= b) != on(1))"),
        ("!a", "!", UnaryOperator, "", "((!a) != on(1))"),
        (
            "a < b",
            "<",
            BinaryOperator,
            "<=",
            "(match (&(a), &(b)) { (mutant_left, mutant_right) => \
             if on(1) { mutant_left <= mutant_right } else { mutant_left < mutant_right } })",
        ),
        (
            "a - b",
            "-",
            BinaryOperator,
            "+",
            "(match (a, b) { (mutant_left, mutant_right) => \
             if on(1) { mutant_left + mutant_right } else { mutant_left - mutant_right } })",
        ),
        (
            "-a",
            "-",
            UnaryOperator,
            "",
            "(match a { mutant_operand => \
             if on(1) { mutant_operand } else { -mutant_operand } })",
        ),
        (
            "x += a",
            "+=",
            BinaryOperator,
            "-=",
            "match a { mutant_right => \
             if on(1) { x -= mutant_right } else { x += mutant_right } }",
        ),
    ] {
        let text = format!("fn f() {{ {from} }}");
        let wanted = format!("fn f() {{ {wanted} }}");
        assert_eq!(written(&text, &[(at, genre, to)]), wanted);
    }
}

#[test]
fn functions_arms_and_fields_can_be_gone() {
    use Genre::{FnValue, MatchArm, MatchArmGuard, StructField};
    assert_eq!(
        written(
            "const fn f() -> u8 { 7 }",
            &[("7", FnValue, "0"), ("7", FnValue, "1")]
        ),
        " fn f() -> u8 { if on(1) { return 0; } if on(2) { return 1; } 7 }"
    );
    let guarded = "fn f() { match x { A if b => 1, _ => 2 } }";
    assert_eq!(
        written(
            guarded,
            &[
                ("b =>", MatchArmGuard, "true"),
                ("b =>", MatchArmGuard, "false"),
                ("A if", MatchArm, "")
            ]
        ),
        "fn f() { match x { A if (!(on(3) || on(2)) && ((on(1) || (b)))) => 1, _ => 2 } }"
    );
    assert_eq!(
        written(
            "fn f() { match x { A => 1, _ => 2 } }",
            &[("A", MatchArm, "")]
        ),
        "fn f() { match x { A if (!(on(1)) && (true)) => 1, _ => 2 } }"
    );
    assert_eq!(
        written(
            "fn f() { S { a: 1, b, ..c } }",
            &[("a: 1", StructField, "")]
        ),
        "fn f() { (if on(1) { S {  b, ..c } } else { S { a: 1, b, ..c } }) }"
    );
}

#[test]
fn changes_stand_within_one_another() {
    let text = "fn f() { a == b || !c }";
    let changes = [
        ("||", Genre::BinaryOperator, "&&"),
        ("==", Genre::BinaryOperator, "!="),
        ("!c", Genre::UnaryOperator, ""),
    ];
    assert_eq!(
        written(text, &changes),
        "fn f() { (if (((a == b) != on(2))) == on(1) { ((!c) != on(3)) } else { !on(1) }) }"
    );
    let found = found(text, &changes);
    let without = Renderer::new(text, &found.sites, &choice(3..4)).file();
    assert!(without.contains("a == b || (/*~3*/"), "{without}");
    let none = Renderer::new(text, &found.sites, &choice(0..0)).file();
    assert_eq!(none, text);
}

#[test]
fn what_cannot_be_woken_is_set_aside() {
    let text = "const A: u8 = 2 * 3;\nfn f() { planted(B) && c == d }";
    let found = found(
        text,
        &[
            ("*", Genre::BinaryOperator, "+"),
            ("==", Genre::BinaryOperator, "!="),
            ("&&", Genre::BinaryOperator, "||"),
        ],
    );
    assert_eq!((found.without, found.planted), (vec![1], vec![2]));
    assert_eq!(found.sites.len(), 1);
}

#[test]
fn a_function_that_has_to_stay_constant_keeps_no_mutant() {
    let text = "const fn f() -> bool { a == b } const fn g() {}";
    let found = found(text, &[("==", Genre::BinaryOperator, "!=")]);
    assert_eq!(found.within("f"), vec![1]);
    assert_eq!(found.within("g"), Vec::<Number>::new());
    let mut choice = choice(0..0);
    choice.constant.insert("f".to_owned());
    let written = Renderer::new(text, &found.sites, &choice).file();
    assert_eq!(written, "const fn f() -> bool { a == b }  fn g() {}");
}

#[test]
fn an_error_is_laid_at_the_nearest_door_before_it() {
    let text = "/*~4*/a /*~17*/b c";
    assert_eq!(owner(text, text.find('b').unwrap()), Some(17));
    assert_eq!(owner(text, text.find('a').unwrap()), Some(4));
    assert_eq!(owner(text, 0), None);
}

#[test]
fn a_room_in_which_nothing_was_tried_has_not_passed() {
    let of = |caught: usize, lives: usize| {
        let found = (0..caught).map(|_| Verdict::Caught("t".to_owned()));
        let all = found.chain((0..lives).map(|_| Verdict::Lives));
        let all = all.chain([Verdict::Unviable, Verdict::Planted, Verdict::Untried]);
        let named = all
            .enumerate()
            .map(|(number, one)| (number.to_string(), one));
        Verdicts(named.collect())
    };
    assert!(!Verdicts::default().are_enough_caught(95));
    assert!(!of(0, 0).are_enough_caught(95));
    assert!(of(19, 1).are_enough_caught(95));
    assert!(!of(18, 1).are_enough_caught(95));
    assert!(!of(19, 1).are_enough_caught(100));
}

fn test(name: &str, milliseconds: u64) -> Test {
    Test {
        name: name.to_owned(),
        takes: Duration::from_millis(milliseconds),
        reaches: BTreeSet::new(),
    }
}

#[test]
fn a_failing_test_is_read_from_the_program_s_own_words() {
    for (line, name) in [
        (
            "test payments::tests::one ... FAILED",
            Some("payments::tests::one"),
        ),
        ("test a::b - should panic ... FAILED", Some("a::b")),
        ("test a::b ... ok", None),
        ("test result: FAILED. 1 passed; 1 failed", None),
        ("something said test a::b ... FAILED", None),
    ] {
        assert_eq!(failed(line), name, "{line}");
    }
}

#[test]
fn quick_tests_are_tried_before_slow_ones_in_growing_groups() {
    let tests = [100, 200, 200, 600, 300, 9_000, 1].map(|takes| test("t", takes));
    let tests: Vec<&Test> = tests.iter().collect();
    let sizes: Vec<usize> = groups(&tests).iter().map(|group| group.len()).collect();
    assert_eq!(sizes, [3, 2, 1, 1], "what is too long for its group is one");
    assert_eq!(groups(&[]).len(), 0);
}

#[test]
fn those_that_caught_the_nearest_mutants_are_suspected() {
    let tests = ["a", "b", "c", "d", "e"].map(|name| test(name, 1));
    let near: Vec<&Test> = tests.iter().filter(|test| test.name != "c").collect();
    let caught = [(1, "a"), (7, "b"), (8, "b"), (9, "c"), (12, "d"), (14, "e")];
    let catchers: BTreeMap<Number, String> = caught
        .iter()
        .map(|(number, name)| (*number, (*name).to_owned()))
        .collect();
    for (mutant, names) in [(10, ["b", "d", "e"]), (1, ["a", "b", "d"])] {
        let found: Vec<String> = suspects(&catchers, mutant, &near).into_iter().collect();
        assert_eq!(found, names, "{mutant}");
    }
    assert!(suspects(&BTreeMap::new(), 1, &near).is_empty());
}
