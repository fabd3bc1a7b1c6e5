//! Writes a camt.053 message.

use super::{Direction, NAMESPACE, Statement, amount_text};
use crate::money::Money;

/// The message as UTF-8 text.
#[must_use]
pub fn write_statement(statement: &Statement) -> String {
    let mut out = Xml(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    out.0.push_str(&format!("<Document xmlns=\"{NAMESPACE}\">"));
    out.within("BkToCstmrStmt", |out| {
        let made_at = statement.made_at.to_string();
        out.within("GrpHdr", |out| {
            out.put("MsgId", &statement.id);
            out.put("CreDtTm", &made_at);
        });
        out.within("Stmt", |out| {
            out.put("Id", &statement.id);
            out.put("ElctrncSeqNb", &statement.number.to_string());
            out.put("CreDtTm", &made_at);
            out.within("Acct", |out| {
                out.within("Id", |out| {
                    out.within("Othr", |out| out.put("Id", &statement.account));
                });
                out.put("Ccy", statement.opening.currency().as_str());
            });
            balance(out, statement, "OPBD", statement.opening);
            balance(out, statement, "CLBD", statement.closing);
            out.within("TxsSummry", |out| {
                out.within("TtlNtries", |out| {
                    out.put("NbOfNtries", &statement.entries.len().to_string());
                });
            });
            entries(out, statement);
        });
    });
    out.0.push_str("</Document>\n");
    out.0
}

fn balance(out: &mut Xml, statement: &Statement, code: &str, balance: Money) {
    out.within("Bal", |out| {
        out.within("Tp", |out| {
            out.within("CdOrPrtry", |out| out.put("Cd", code));
        });
        let direction = if balance.minor_units() < 0 {
            Direction::Debit
        } else {
            Direction::Credit
        };
        amount(out, balance, direction);
        out.within("Dt", |out| out.put("Dt", &statement.date.to_string()));
    });
}

fn amount(out: &mut Xml, money: Money, direction: Direction) {
    out.0.push_str(&format!(
        "<Amt Ccy=\"{}\">{}</Amt>",
        money.currency(),
        amount_text(money)
    ));
    out.put(
        "CdtDbtInd",
        match direction {
            Direction::Credit => "CRDT",
            Direction::Debit => "DBIT",
        },
    );
}

fn entries(out: &mut Xml, statement: &Statement) {
    for (number, entry) in (1_usize..).zip(&statement.entries) {
        out.within("Ntry", |out| {
            out.put("NtryRef", &number.to_string());
            amount(out, entry.amount, entry.direction);
            if entry.is_reversal {
                out.put("RvslInd", "true");
            }
            out.within("Sts", |out| out.put("Cd", "BOOK"));
            out.within("BookgDt", |out| out.put("Dt", &entry.booked.to_string()));
            out.put("AcctSvcrRef", &entry.serial);
            out.within("BkTxCd", |out| {
                out.within("Prtry", |out| out.put("Cd", "GUICHET"));
            });
            out.within("NtryDtls", |out| {
                out.within("TxDtls", |out| {
                    out.within("Refs", |out| out.put("EndToEndId", &entry.reference));
                    amount(out, entry.amount, entry.direction);
                });
            });
        });
    }
}

/// Text that grows by elements.
struct Xml(String);

impl Xml {
    /// An element with a text; nothing where the text is empty.
    fn put(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            let text = quick_xml::escape::escape(text).into_owned();
            self.within(name, |out| out.0.push_str(&text));
        }
    }

    fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        content(self);
        self.0.push_str(&format!("</{name}>"));
    }
}
