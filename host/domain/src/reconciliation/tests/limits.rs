//! What a day file may hold at most, and what its totals say.

use super::super::{Charset, FileError, Layout, Line, LineKind, Reader, Writer, read};
use super::files::{hash, header, line, written};
use crate::money::{Currency, Money};

fn csv(lines: &[Line]) -> Vec<u8> {
    written(header(Layout::Csv, Charset::Utf8), lines)
}

fn back(line: Line) -> Result<Line, FileError> {
    read(&csv(&[line]), hash).map(|(_, mut lines)| lines.remove(0))
}

#[test]
fn names_have_64_characters_and_notes_200() {
    for (length, is_lawful) in [(64, true), (65, false), (90, false)] {
        let reference = "水".repeat(length);
        let found = back(line(&reference, 1, "a"));
        assert_eq!(found.is_ok(), is_lawful, "{length}");
    }
    for (length, is_lawful) in [(200, true), (201, false), (300, false)] {
        let found = back(line("pay_1", 1, &"a".repeat(length)));
        assert_eq!(found.is_ok(), is_lawful, "{length}");
    }
}

#[test]
fn a_fee_is_no_more_than_its_amount() {
    for (fee, is_lawful) in [(-1, false), (0, true), (100, true), (101, false)] {
        let line = Line {
            fee,
            ..line("pay_1", 100, "a")
        };
        assert_eq!(back(line).is_ok(), is_lawful, "{fee}");
    }
}

#[test]
fn what_would_break_lines_is_written_as_spaces() {
    let found = back(line("pay_1", 1, "a\nb\r\u{7}c")).unwrap();
    assert_eq!(found.note, "a b  c");
}

#[test]
fn a_line_has_8192_bytes() {
    let head = csv(&[]);
    let end = head.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let refused = |length: usize, last: &str| {
        let mut bytes = head[..end].to_vec();
        bytes.extend(std::iter::repeat_n(b'x', length));
        bytes.extend(last.as_bytes());
        read(&bytes, hash).unwrap_err().to_string()
    };
    for last in ["", "\n"] {
        assert!(!refused(8_192, last).contains("longer"));
        assert!(refused(8_193, last).contains("longer"));
        assert!(refused(20_000, last).contains("longer"));
    }
}

#[test]
fn a_file_has_256_mebibytes() {
    let mut bytes = vec![0; (256 << 20) + 1];
    let refused = |bytes: &[u8]| Reader::open(bytes, hash).err().unwrap().to_string();
    assert!(refused(&bytes).contains("larger"));
    bytes.pop();
    assert!(refused(&bytes).contains("begin with a header"));
}

#[test]
fn a_reader_counts_as_it_reads() {
    let bytes = csv(&[line("pay_1", 40, "a"), line("pay_2", 2, "b")]);
    let mut reader = Reader::open(&bytes, hash).unwrap();
    assert_eq!(reader.totals().count(), 0);
    reader.next().unwrap().unwrap();
    assert_eq!(reader.totals().to_string(), "CNY:40");
    assert!(reader.by_ref().all(|line| line.is_ok()));
    assert_eq!(reader.totals().to_string(), "CNY:42");
}

#[test]
fn totals_are_net_and_apart_for_each_currency() {
    let dollars: Currency = "USD".parse().unwrap();
    let mut writer = Writer::new(header(Layout::Csv, Charset::Utf8));
    let of = |kind, amount: Money| Line {
        kind,
        amount,
        ..line("pay_1", 1, "a")
    };
    for line in [
        of(LineKind::Payment, Money::cny(100)),
        of(LineKind::Refund, Money::cny(30)),
        of(LineKind::Reversal, Money::new(5, dollars)),
    ] {
        writer.line(&line).unwrap();
    }
    let (bytes, totals) = writer.finish(hash);
    assert_eq!(totals.count(), 3);
    assert_eq!(totals.to_string(), "CNY:70;USD:-5");
    let amounts: Vec<Money> = totals.amounts().collect();
    assert_eq!(amounts, [Money::cny(70), Money::new(-5, dollars)]);
    let kinds: Vec<LineKind> = read(&bytes, hash)
        .unwrap()
        .1
        .iter()
        .map(|line| line.kind)
        .collect();
    let written = [LineKind::Payment, LineKind::Refund, LineKind::Reversal];
    assert_eq!(kinds, written);
}
