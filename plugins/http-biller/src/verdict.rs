//! What an answer says: its HTTP status and its code, translated by the mapping's
//! tables into what the caller may do next. A code that is not listed says
//! nothing certain.

use crate::error::Fault;
use crate::node::Node;
use crate::part::Part;
use crate::scope::Mode;

/// Longest message of a biller that is passed on.
const MESSAGE_LIMIT: usize = 500;
/// Statuses that prove nothing after an effect, and so are never read.
const NO_EVIDENCE: [u16; 5] = [202, 408, 425, 429, 500];

/// The meaning of a code or state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Done, applied, reversed as asked: what the operation was for.
    Done,
    /// Nothing owed.
    Empty,
    /// The second step of a query.
    Choose,
    /// A query that is not ready yet.
    Later,
    /// A payment or reversal that is not decided yet.
    Pending,
    /// A payment that was applied and undone since.
    Reversed,
    /// No such account, order or person.
    NotFound,
    /// An input that the citizen can mend.
    Invalid(String),
    /// A definitive no, with the contract's name of its reason.
    Refused(String),
    /// Nothing happened; try again, after so many seconds where it says so.
    Unavailable(Option<u32>),
    /// The subject must be known better.
    NeedsAssurance(String),
    /// Nothing certain.
    Unknown,
}

impl Verdict {
    /// The verdict of this name.
    pub fn of(name: &str) -> Result<Self, Fault> {
        let (name, argument) = name.split_once(':').unwrap_or((name, ""));
        Ok(match (name, argument) {
            ("done", "") => Self::Done,
            ("empty", "") => Self::Empty,
            ("choose", "") => Self::Choose,
            ("later", "") => Self::Later,
            ("pending", "") => Self::Pending,
            ("reversed", "") => Self::Reversed,
            ("not-found", "") => Self::NotFound,
            ("invalid", field) if !field.is_empty() => Self::Invalid(field.to_owned()),
            ("refused", reason) if !reason.is_empty() => Self::Refused(reason.to_owned()),
            ("unavailable", "") => Self::Unavailable(None),
            ("unavailable", seconds) => {
                let seconds = seconds
                    .parse()
                    .map_err(|_| Fault::mapping("unavailable:SECONDS takes a number"))?;
                Self::Unavailable(Some(seconds))
            }
            ("needs-assurance", level @ ("low" | "substantial" | "high")) => {
                Self::NeedsAssurance(level.to_owned())
            }
            ("unknown", "") => Self::Unknown,
            _ => {
                return Err(Fault::mapping(format!(
                    "\"{name}\" is no verdict; there are done, empty, choose, later, pending, reversed, not-found, \
                     invalid:INPUT, refused:REASON, unavailable, unavailable:SECONDS, needs-assurance:LEVEL, unknown"
                )));
            }
        })
    }
}

/// What an answer says, with the biller's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What it means.
    pub verdict: Verdict,
    /// The biller's code.
    pub code: String,
    /// The biller's message.
    pub message: String,
}

impl Reply {
    /// Nothing was asked, so nothing was refused.
    pub fn unasked() -> Self {
        Self {
            verdict: Verdict::Done,
            code: String::new(),
            message: String::new(),
        }
    }
}

/// Whether an answer of this status is read at all.
pub fn is_read(rules: &Part<'_>, status: u16) -> Result<bool, Fault> {
    let Some(listed) = rules.node("statuses") else {
        return Ok(status == 200);
    };
    let mut read = false;
    for entry in listed.elements() {
        let number = entry.plain().and_then(|text| text.parse::<u16>().ok());
        let good = number.filter(|number| (200..600).contains(number));
        let number = good.ok_or_else(|| {
            rules.mistake(
                "statuses",
                "is a list of HTTP statuses whose body is read, like [200, 400]",
            )
        })?;
        if NO_EVIDENCE.contains(&number) || (300..400).contains(&number) || number > 500 {
            return Err(rules.mistake(
                "statuses",
                format!("cannot hold {number}: it is no evidence of anything"),
            ));
        }
        read |= number == status;
    }
    Ok(read)
}

/// Reads code, message and state.
pub fn reply(rules: &Part<'_>) -> Result<Reply, Fault> {
    if rules.view.call.mode == Mode::Check {
        check_table(rules, "codes")?;
        check_table(rules, "states")?;
    }
    let code = rules.text("code")?;
    let message = rules.text("message")?.unwrap_or_default();
    let message = message
        .chars()
        .filter(|character| !character.is_control())
        .take(MESSAGE_LIMIT)
        .collect();
    let mut verdict = match &code {
        Some(code) => meaning(rules, "codes", code)?,
        None if rules.node("code").is_some() => Verdict::Unknown,
        None => Verdict::Done,
    };
    if verdict == Verdict::Done && rules.node("state").is_some() {
        verdict = match rules.text("state")? {
            Some(state) => meaning(rules, "states", &state)?,
            None => Verdict::Unknown,
        };
    }
    Ok(Reply {
        verdict,
        code: code.unwrap_or_default(),
        message,
    })
}

fn meaning(rules: &Part<'_>, table: &str, value: &str) -> Result<Verdict, Fault> {
    let Some(codes) = rules.node(table) else {
        return Ok(Verdict::Unknown);
    };
    match codes.get(value).or_else(|| codes.get("*")) {
        Some(Node::Text(name)) => {
            Verdict::of(name).map_err(|fault| rules.mistake(table, fault.to_string()))
        }
        _ => Ok(Verdict::Unknown),
    }
}

fn check_table(rules: &Part<'_>, key: &str) -> Result<(), Fault> {
    let Some(table) = rules.part(key) else {
        return Ok(());
    };
    if !matches!(table.written(), Node::Object(_)) {
        return Err(rules.mistake(key, "is an object of codes and verdicts"));
    }
    for (code, name) in table.written().members() {
        let Node::Text(name) = name else {
            return Err(table.mistake(code, "is the name of a verdict"));
        };
        let verdict = Verdict::of(name).map_err(|fault| table.mistake(code, fault.to_string()))?;
        if code == "*"
            && matches!(
                verdict,
                Verdict::Refused(_) | Verdict::Done | Verdict::NotFound
            )
        {
            return Err(table.mistake(
                code,
                "cannot be certain of codes that nobody listed: use unknown or unavailable",
            ));
        }
    }
    Ok(())
}
