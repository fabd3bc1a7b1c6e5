//! Files in both layouts and character sets.

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::super::{Charset, Header, Layout, Line, LineKind, Maker, PartyKind, Writer, read};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::money::Money;

/// No hash for secrets, but one that sees every byte.
pub(super) fn hash(parts: &[&[u8]]) -> Digest {
    let mut sum = [0_u8; 32];
    let bytes = parts.iter().flat_map(|part| part.iter());
    for (position, byte) in bytes.enumerate() {
        let at = position % 32;
        sum[at] = sum[at].wrapping_mul(31).wrapping_add(*byte);
    }
    Digest::from_bytes(sum)
}

pub(super) fn header(layout: Layout, charset: Charset) -> Header {
    Header {
        layout,
        charset,
        maker: Maker::Party,
        kind: PartyKind::Biller,
        party: "b-330100-water-1".to_owned(),
        date: "2026-11-21".parse().unwrap(),
        number: 1,
        made_at: "2026-11-21T16:05:00Z".parse().unwrap(),
    }
}

pub(super) fn line(reference: &str, amount: i64, note: &str) -> Line {
    Line {
        reference: reference.to_owned(),
        kind: LineKind::Payment,
        service: "water-330100-1".to_owned(),
        amount: Money::cny(amount),
        fee: 0,
        serial: "S1".to_owned(),
        at: "2026-11-21T08:30:00Z".parse().unwrap(),
        note: note.to_owned(),
    }
}

pub(super) fn written(header: Header, lines: &[Line]) -> Vec<u8> {
    let mut writer = Writer::new(header);
    for line in lines {
        writer.line(line).unwrap();
    }
    writer.finish(hash).0
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let one = (
        "[ -~]{1,20}",
        any::<bool>(),
        1..1_000_000_i64,
        // Neither private characters nor the last two places of their planes.
        "[^\\p{Cc}\\p{Co}\\x{ffffe}\\x{fffff}\\x{10fffe}\\x{10ffff}]{0,30}",
        any::<u32>(),
    );
    let one = one.prop_map(|(reference, undone, amount, note, at)| Line {
        kind: if undone {
            LineKind::Reversal
        } else {
            LineKind::Payment
        },
        fee: amount / 100,
        at: Moment::from_micros(i64::from(at) * 1_000_000),
        ..line(&reference, amount, &note)
    });
    proptest::collection::vec(one, 0..20)
}

proptest! {
    #[test]
    fn every_file_comes_back(lines in lines(), pipe in any::<bool>(), gb in any::<bool>()) {
        let layout = if pipe { Layout::Pipe } else { Layout::Csv };
        let charset = if gb { Charset::Gb18030 } else { Charset::Utf8 };
        let bytes = written(header(layout, charset), &lines);
        let (head, back) = read(&bytes, hash).unwrap();
        prop_assert_eq!(head, header(layout, charset));
        prop_assert_eq!(back, lines);
    }

    #[test]
    fn no_cut_file_passes(lines in lines(), cut in any::<proptest::sample::Index>()) {
        let bytes = written(header(Layout::Csv, Charset::Utf8), &lines);
        // Without its last line end a file is still whole.
        let cut = cut.index(bytes.len() - 2);
        prop_assert!(read(&bytes[..cut], hash).is_err());
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut file = b"H|guichet-day-file|1|GB18030|party|biller|b|2026-11-21|1|2026-11-21T16:05:00Z\n".to_vec();
        file.extend(&bytes);
        prop_assert!(read(&bytes, hash).is_err());
        prop_assert!(read(&file, hash).is_err());
    }
}

#[test]
fn a_pipe_inside_a_chinese_character_separates_nothing() {
    // In GB 18030 the second byte of 亅 is the byte of `|`.
    let lines = [line("pay_1", 8_650, "水费亅上城")];
    let bytes = written(header(Layout::Pipe, Charset::Gb18030), &lines);
    assert_eq!(read(&bytes, hash).unwrap().1, lines);
}

/// GB 18030 would make U+FE14 of U+E78D or U+E826, and nothing at all of U+E5E5.
#[test]
fn private_characters_are_written_as_unknown_ones() {
    for charset in [Charset::Utf8, Charset::Gb18030] {
        for private in ['\u{e000}', '\u{e5e5}', '\u{e826}', '\u{f8ff}', '\u{f0000}'] {
            let bytes = written(
                header(Layout::Csv, charset),
                &[line("a", 1, &format!("水{private}费"))],
            );
            assert_eq!(
                read(&bytes, hash).unwrap().1[0].note,
                "水\u{fffd}费",
                "{private:?}"
            );
        }
        let neighbours = "\u{d7ff}\u{f900}\u{effff}";
        let bytes = written(header(Layout::Csv, charset), &[line("a", 1, neighbours)]);
        assert_eq!(read(&bytes, hash).unwrap().1[0].note, neighbours);
    }
}

#[test]
fn mistakes_are_told_with_line_column_and_mend() {
    let lines = [line("pay_1", 8_650, "a"), line("pay_2", 100, "b")];
    let bytes = written(header(Layout::Csv, Charset::Utf8), &lines);
    let text = String::from_utf8(bytes).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        let error = read(text.replacen(from, to, 1).as_bytes(), hash).unwrap_err();
        ((error.line, error.column), error.to_string())
    };
    let (place, said) = refused(",100,", ",1.00,");
    assert_eq!(place, (3, 32), "{said}");
    assert!(said.contains("minor units"), "{said}");
    assert_eq!(refused("pay_2", "").0, (3, 3));
    assert_eq!(refused("T,2,", "T,3,").0, (4, 3));
    assert!(refused("CNY:8750", "CNY:8751").1.contains("CNY:8750"));
    assert!(refused("pay_1", "pay_9").1.contains("digest"));
    assert!(refused("D,pay_2", "X,pay_2").1.contains("D or T"));
    assert!(refused(",a\r\n", ",\"a\r\n").1.contains("quot"));
    assert!(refused("UTF-8", "UTF-7").1.contains("GB18030"));
    let (_, said) = refused("H,guichet", "X,guichet");
    assert!(said.contains("begin with"), "{said}");
    let more = format!("{text}D,x\r\n");
    assert!(
        read(more.as_bytes(), hash)
            .unwrap_err()
            .to_string()
            .contains("follows")
    );
}

#[test]
fn names_tell_party_day_maker_and_number() {
    let name = header(Layout::Csv, Charset::Utf8).file_name();
    assert_eq!(
        name,
        "guichet-biller-b-330100-water-1-2026-11-21-party-1.csv"
    );
}
