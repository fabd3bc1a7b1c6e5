//! What is written is read again; hostile messages are refused with their place.

use super::*;

fn statement() -> Statement {
    let date: AccountingDate = "2026-11-21".parse().unwrap();
    let entry = |reference: &str, amount, direction| Entry {
        reference: reference.to_owned(),
        amount: Money::cny(amount),
        direction,
        is_reversal: false,
        booked: date,
        serial: format!("B-{reference}"),
    };
    Statement {
        id: "ST-1".to_owned(),
        number: 1,
        made_at: "2026-11-21T17:00:00Z".parse().unwrap(),
        account: "6222<&>0001".to_owned(),
        date,
        opening: Money::cny(-50),
        closing: Money::cny(8_570),
        entries: vec![
            entry("pay_1:capture", 8_650, Direction::Credit),
            Entry {
                is_reversal: true,
                ..entry("pay_0:refund", 30, Direction::Debit)
            },
        ],
    }
}

#[test]
fn a_statement_comes_back_as_it_was_written() {
    let text = write_statement(&statement());
    assert!(text.contains("<Amt Ccy=\"CNY\">86.50</Amt>"), "{text}");
    assert_eq!(read_statement(text.as_bytes()), Ok(statement()));
    let newer = text.replace("camt.053.001.08", "camt.053.001.10");
    assert_eq!(read_statement(newer.as_bytes()), Ok(statement()));
}

#[test]
fn hostile_and_broken_messages_are_refused_with_their_place() {
    let good = write_statement(&statement());
    let refused = |text: &str| read_statement(text.as_bytes()).unwrap_err().to_string();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        refused(&good.replacen(from, to, 1))
    };
    let bomb = "<!DOCTYPE a [<!ENTITY x \"y\">]><Document";
    assert!(with("<Document", bomb).contains("document type"));
    assert!(with("ST-1", "&x;").contains("entity"));
    assert!(with("001.08", "001.02").contains("camt.053.001.08 or newer"));
    assert!(with("86.50", "86.501").contains("amount"));
    assert!(with("86.50", "86.51").contains("closing balance"));
    assert!(with("<NbOfNtries>2", "<NbOfNtries>3").contains("NbOfNtries"));
    assert!(with("CRDT", "crdt").contains("CRDT"));
    assert!(with("</Document>", "").contains("too early"));
    assert!(with("ST-1", &"x".repeat(5_000)).contains("longer"));
    let deep = "<a>".repeat(100);
    assert!(with("<GrpHdr>", &deep).contains("deep"));
    assert!(refused("\n\n  oops").starts_with("line 3"));
    assert!(read_statement(&[0xff]).is_err());
}

#[test]
fn entries_that_are_not_booked_move_nothing() {
    let mut wanted = statement();
    wanted.entries.truncate(1);
    wanted.closing = Money::cny(8_600);
    let mut more = statement();
    more.closing = Money::cny(8_600);
    let text =
        write_statement(&more).replace("<NbOfNtries>2</NbOfNtries>", "<NbOfNtries>1</NbOfNtries>");
    let last = text.rfind("BOOK").unwrap();
    let text = format!("{}PDNG{}", &text[..last], &text[last + 4..]);
    assert_eq!(read_statement(text.as_bytes()), Ok(wanted));
}

#[test]
fn amounts_follow_their_currency() {
    let read = |text: &str, currency: &str| {
        read_amount(text, currency.parse().unwrap()).map(Money::minor_units)
    };
    assert_eq!(read("86.5", "CNY"), Some(8_650));
    assert_eq!(read("86.500", "CNY"), Some(8_650));
    assert_eq!(read("7", "JPY"), Some(7));
    assert_eq!(read("7.5", "JPY"), None);
    assert_eq!(read("1.234", "KWD"), Some(1_234));
    for wrong in ["", ".", "-1", "1,0", "1.2.3", "9999999999999999999"] {
        assert_eq!(read(wrong, "CNY"), None, "{wrong}");
    }
    assert_eq!(
        amount_text(Money::new(1_005, "KWD".parse().unwrap())),
        "1.005"
    );
    assert_eq!(amount_text(Money::new(7, "JPY".parse().unwrap())), "7");
}
