//! A mistake is told by its line and by the character at which it begins, however
//! fields are quoted or escaped.

use super::super::{Charset, Layout, read};
use super::files::{hash, header, line, written};

fn text(layout: Layout, reference: &str) -> String {
    let lines = [line(reference, 8_650, "a")];
    String::from_utf8(written(header(layout, Charset::Utf8), &lines)).unwrap()
}

fn place(text: &str) -> (u32, u32) {
    let error = read(text.as_bytes(), hash).unwrap_err();
    (error.line, error.column)
}

#[test]
fn columns_count_characters_behind_quoted_and_escaped_fields() {
    for (layout, reference, column) in [
        (Layout::Csv, "pay_1", 32),
        (Layout::Csv, "水费", 29),
        (Layout::Csv, "a,\"b", 34),
        (Layout::Pipe, "pay_1", 32),
        (Layout::Pipe, "a|b", 31),
    ] {
        let good = text(layout, reference);
        let bad = good.replacen("8650", "86.5", 1);
        assert_eq!(place(&bad), (2, column), "{bad}");
    }
}

#[test]
fn stray_quotation_marks_and_backslashes_are_told_where_they_stand() {
    let with = |layout, reference: &str| text(layout, "pay_1").replacen("pay_1", reference, 1);
    for (layout, reference, column) in [
        (Layout::Csv, "pa\"y", 5),
        (Layout::Csv, "\"a\"b", 6),
        (Layout::Csv, "\"a\"\"b\"c", 9),
        (Layout::Csv, "\"pay_1", 3),
        (Layout::Pipe, "pay\\x", 3),
        (Layout::Pipe, "pay\\", 3),
    ] {
        let bad = with(layout, reference);
        assert_eq!(place(&bad), (2, column), "{bad}");
    }
}

#[test]
fn a_file_without_its_trailer_ends_behind_its_last_line() {
    let whole = text(Layout::Csv, "pay_1");
    let trailer = whole.rfind("T,").unwrap();
    let error = read(&whole.as_bytes()[..trailer], hash).unwrap_err();
    assert_eq!((error.line, error.column), (3, 1));
    assert!(error.problem.contains("without its trailer"));
}

#[test]
fn another_form_another_version_and_no_number_are_refused() {
    let good = text(Layout::Csv, "pay_1");
    for (from, to, column) in [
        ("guichet-day-file", "guichet-day-film", 3),
        (",1,UTF-8", ",2,UTF-8", 3),
        ("2026-11-21,1,", "2026-11-21,0,", 69),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        assert_eq!(place(&good.replacen(from, to, 1)), (1, column), "{to}");
    }
}

#[test]
fn a_line_end_within_a_field_is_told_as_such() {
    let good = text(Layout::Csv, "pay_1");
    let bad = good.replacen(",a\r\n", ",\"a\nb\"\r\n", 1);
    let error = read(bad.as_bytes(), hash).unwrap_err();
    assert_eq!((error.line, error.column), (2, 67), "{bad}");
    assert!(error.problem.contains("control characters"), "{error}");
}

#[test]
fn a_line_has_as_many_fields_as_its_kind() {
    let good = text(Layout::Csv, "pay_1");
    for (from, to, line) in [(",a\r\n", ",a,\r\n", 2), (",a\r\n", "\r\n", 2)] {
        let bad = good.replacen(from, to, 1);
        let error = read(bad.as_bytes(), hash).unwrap_err();
        assert_eq!((error.line, error.column), (line, 1), "{bad}");
        assert!(error.problem.contains("fields"), "{error}");
    }
    let bad = good.replacen("T,1,", "T,1,,", 1);
    let error = read(bad.as_bytes(), hash).unwrap_err();
    assert!(error.problem.contains("fields"), "{error}");
}
