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

#[test]
fn other_lawful_ways_of_writing_are_read_too() {
    let good = write_statement(&statement());
    for (from, to) in [
        (
            "<Document ",
            "<Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
        ),
        ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>"),
        ("<RvslInd>true", "<RvslInd>1"),
        ("OPBD", "PRCD"),
        ("ST-1</Id>", "S&#84;-&#x31;</Id>"),
        ("ST-1</Id>", "<![CDATA[ST-1]]></Id>"),
        ("<NbOfNtries>2</NbOfNtries>", ""),
        (
            "<Othr><Id>6222&lt;&amp;&gt;0001</Id></Othr>",
            "<IBAN>6222&lt;&amp;&gt;0001</IBAN>",
        ),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        let text = good.replace(from, to);
        assert_eq!(read_statement(text.as_bytes()), Ok(statement()), "{to}");
    }
    let prefixed = good
        .replace("<Document xmlns=", "<c:Document xmlns:c=")
        .replace("</Document>", "</c:Document>");
    assert_eq!(read_statement(prefixed.as_bytes()), Ok(statement()));
    let unnumbered = good.replace("<ElctrncSeqNb>1</ElctrncSeqNb>", "");
    assert_eq!(read_statement(unnumbered.as_bytes()), Ok(statement()));
    let seventh = good.replace("<ElctrncSeqNb>1<", "<ElctrncSeqNb>7<");
    assert_eq!(
        read_statement(seventh.as_bytes()).map(|read| read.number),
        Ok(7)
    );
}

#[test]
fn what_is_missing_or_twice_is_told() {
    let good = write_statement(&statement());
    let without = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} in {good}");
        let text = good.replace(from, to);
        read_statement(text.as_bytes()).unwrap_err().to_string()
    };
    assert!(without("OPBD", "ITBD").contains("OPBD"));
    assert!(without("CLBD", "ITBD").contains("CLBD"));
    assert!(without("CreDtTm>", "Other>").contains("CreDtTm"));
    assert!(without("<Id>ST-1</Id>", "").contains("the account or"));
    let account = "<Othr><Id>6222&lt;&amp;&gt;0001</Id></Othr>";
    assert!(without(account, "").contains("the account or"));
    assert!(without("</Stmt>", "</Stmt><Stmt></Stmt>").contains("second statement"));
    let two = "<TxDtls></TxDtls></NtryDtls>";
    assert!(without("</NtryDtls>", two).contains("sums several"));
    assert!(without("<Document ", "<Documents ").contains("known here"));
    let zero = "<Amt Ccy=\"CNY\">0.00</Amt>";
    let paid = "<Amt Ccy=\"CNY\">86.50</Amt>";
    assert!(without(paid, zero).contains("not complete"));
    assert!(without("<BookgDt><Dt>2026-11-21</Dt></BookgDt>", "").contains("not complete"));
}

#[test]
fn mistakes_are_told_by_line_and_column() {
    let place = |bytes: &[u8]| {
        let error = read_statement(bytes).unwrap_err();
        (error.line, error.column)
    };
    assert_eq!(place(b"\n\n  oops"), (3, 7));
    assert_eq!(place(b"\n\xe6\xb0\xb4 \xff"), (2, 3));
    assert_eq!(place(&[0xff]), (1, 1));
}

#[test]
fn texts_have_2048_bytes_and_messages_64_mebibytes() {
    let good = write_statement(&statement());
    for (length, is_lawful) in [(2_048, true), (2_049, false)] {
        let text = good.replace("<Id>ST-1<", &format!("<Id>{}<", "x".repeat(length)));
        assert_eq!(
            read_statement(text.as_bytes()).is_ok(),
            is_lawful,
            "{length}"
        );
    }
    let mut bytes = vec![b' '; (64 << 20) + 1];
    let refused = |bytes: &[u8]| read_statement(bytes).unwrap_err().to_string();
    assert!(refused(&bytes).contains("larger"));
    bytes.pop();
    assert!(!refused(&bytes).contains("larger"));
}

#[test]
fn amounts_have_18_digits_and_a_balance_of_nothing_is_in_credit() {
    let read = |text: &str| read_amount(text, Currency::CNY).map(Money::minor_units);
    assert_eq!(read("1234567890123456.78"), Some(123_456_789_012_345_678));
    assert_eq!(read("12345678901234567.8"), Some(1_234_567_890_123_456_780));
    assert_eq!(read("12345678901234567.89"), None);
    assert_eq!(read("1x.5"), None);
    assert_eq!(read("1.x"), None);
    assert_eq!(read(".5"), None);
    let empty = Statement {
        opening: Money::cny(0),
        closing: Money::cny(0),
        entries: Vec::new(),
        ..statement()
    };
    let text = write_statement(&empty);
    assert!(text.contains("CRDT") && !text.contains("DBIT"), "{text}");
}
