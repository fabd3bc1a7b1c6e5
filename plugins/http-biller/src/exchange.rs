//! One exchange with a biller as an operation of the mapping describes it: make
//! the request, send it once, read and believe the answer. What the answer means
//! for a bill or a document is its caller's.

use crate::answer;
use crate::error::{Fault, Kind};
use crate::host::{Incoming, SendError};
use crate::mapping::{self, Mapping, OPERATION_KEYS};
use crate::node::Node;
use crate::part::Part;
use crate::request::{self, Intent};
use crate::scope::{Call, View};
use crate::verdict::{self, Reply, Verdict};

const ANSWER_KEYS: [&str; 12] = [
    "format",
    "charset",
    "numbered",
    "statuses",
    "verify",
    "expect",
    "expect_done",
    "code",
    "message",
    "codes",
    "state",
    "states",
];
/// Variables of one mapping.
const VARIABLE_LIMIT: usize = 64;

/// Why there is no answer to speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The mapping or a value did not give a request: nothing was sent.
    Before(Fault),
    /// The host sent nothing.
    NotSent(String),
    /// Sent, and not completely answered.
    Unanswered(String),
    /// Completely answered, with a status that the mapping does not read.
    Status(u16),
    /// Completely answered, and not to be believed or understood.
    Unreadable(Fault),
}

impl Stop {
    /// For the publisher.
    pub fn told(&self) -> String {
        match self {
            Self::Before(fault) | Self::Unreadable(fault) => fault.to_string(),
            Self::NotSent(problem) | Self::Unanswered(problem) => problem.clone(),
            Self::Status(status) => format!("the biller answered with status {status}"),
        }
    }
}

/// What becomes of an answer.
type Then<'f> = &'f mut dyn FnMut(&Part<'_>, &Reply) -> Result<(), Fault>;

/// Carries out an operation and hands its description, seeing the answer, and
/// what the answer says to `then`.
pub fn exchange<T>(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    name: &str,
    intent: Intent,
    then: impl Fn(&Part<'_>, &Reply) -> Result<T, Fault>,
) -> Result<T, Stop> {
    let mut made = None;
    carry_out(call, mapping, name, intent, &mut |part, reply| {
        made = Some(then(part, reply)?);
        Ok(())
    })?;
    made.ok_or_else(|| Stop::Unanswered("no answer was read".to_owned()))
}

/// The exchange itself is not generic: it is compiled once for all answers.
fn carry_out(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    name: &str,
    intent: Intent,
    then: Then<'_>,
) -> Result<(), Stop> {
    let prepared = Prepared::read(mapping, name).map_err(Stop::Before)?;
    let variables = prepared.variables(call).map_err(Stop::Before)?;
    let view = View {
        variables: &variables,
        ..View::new(call)
    };
    let operation = Part::new(&prepared.operation, &prepared.label, view);
    let Some(request) = &prepared.request else {
        return then(&operation, &Reply::unasked()).map_err(Stop::Before);
    };
    let request = Part::new(request, &prepared.label_request, view);
    let incoming = {
        let draft = request::make(&request, intent).map_err(Stop::Before)?;
        call.host.send(&draft).map_err(|error| match error {
            SendError::NotSent(problem) => Stop::NotSent(problem),
            SendError::Unanswered(problem) => Stop::Unanswered(problem),
        })?
    };
    let rules = Part::new(&prepared.answer, &prepared.label_answer, view);
    if !verdict::is_read(&rules, incoming.status).map_err(Stop::Unreadable)? {
        return Err(Stop::Status(incoming.status));
    }
    understand(&operation, &rules, &incoming, then).map_err(Stop::Unreadable)
}

fn understand(
    operation: &Part<'_>,
    rules: &Part<'_>,
    incoming: &Incoming,
    then: Then<'_>,
) -> Result<(), Fault> {
    let text = answer::text(rules, incoming)?;
    let document = answer::document(rules, &text, &rules.view)?;
    let answer = answer::read(incoming, document);
    let view = answer::seen(rules.view, &answer);
    let rules = rules.seeing(view);
    answer::believe(&rules)?;
    let reply = verdict::reply(&rules)?;
    if matches!(
        reply.verdict,
        Verdict::Done | Verdict::Pending | Verdict::Reversed
    ) {
        answer::expect(&rules, "expect_done")?;
    }
    then(&operation.seeing(view), &reply)
}

/// The sections that an operation needs.
struct Prepared<'m> {
    operation: Node<'m>,
    variables: [Node<'m>; 2],
    request: Option<Node<'m>>,
    answer: Node<'m>,
    label: String,
    label_request: String,
    label_answer: String,
}

impl<'m> Prepared<'m> {
    fn read(mapping: &Mapping<'m>, name: &str) -> Result<Self, Fault> {
        let label = format!("operations.{name}");
        let operation = mapping.operation(name)?;
        let operation =
            operation.ok_or_else(|| Fault::mapping("is missing").at(|| label.clone()))?;
        let taken = |key: &str| operation.get(key).cloned().unwrap_or(Node::Null);
        let or_empty = |node: Node<'m>| {
            if node == Node::Null {
                Node::Object(Vec::new())
            } else {
                node
            }
        };
        let request = match taken("request") {
            Node::Null => None,
            own => Some(mapping::with_defaults(
                own,
                or_empty(mapping.section("request")?),
            )),
        };
        Ok(Self {
            request,
            answer: mapping::with_defaults(
                or_empty(taken("answer")),
                or_empty(mapping.section("answer")?),
            ),
            variables: [mapping.section("let")?, taken("let")],
            label_request: format!("{label}.request"),
            label_answer: format!("{label}.answer"),
            label,
            operation,
        })
    }

    /// The mapping's variables, then the operation's: each sees those before it.
    fn variables<'v>(
        &'v self,
        call: &'v Call<'v>,
    ) -> Result<Vec<(std::borrow::Cow<'v, str>, Node<'v>)>, Fault> {
        let mut variables = Vec::new();
        for section in &self.variables {
            for (name, _) in section.members() {
                let value = {
                    let seen = View {
                        variables: &variables,
                        ..View::new(call)
                    };
                    let part = Part::new(section, "let", seen);
                    part.value(name)?.as_ref().map(crate::filter::detach)
                };
                variables.push((name.clone(), value.unwrap_or(Node::Null)));
                if variables.len() > VARIABLE_LIMIT {
                    return Err(
                        Fault::mapping(format!("more than {VARIABLE_LIMIT} variables"))
                            .at(|| "let".to_owned()),
                    );
                }
            }
        }
        Ok(variables)
    }
}

/// Checks an operation without a call; `then` walks what its answer becomes.
pub fn check(
    call: &Call<'_>,
    mapping: &Mapping<'_>,
    name: &str,
    then: impl FnOnce(&Part<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let prepared = Prepared::read(mapping, name)?;
    let variables = prepared.variables(call)?;
    let view = View {
        variables: &variables,
        ..View::new(call)
    };
    let operation = Part::new(&prepared.operation, &prepared.label, view);
    operation.keys(&OPERATION_KEYS)?;
    let Some(request) = &prepared.request else {
        return then(&operation);
    };
    request::make(
        &Part::new(request, &prepared.label_request, view),
        Intent::Read,
    )?;
    let incoming = Incoming::default();
    let answer = answer::nothing(&incoming);
    let rules = Part::new(
        &prepared.answer,
        &prepared.label_answer,
        answer::seen(view, &answer),
    );
    rules.keys(&ANSWER_KEYS)?;
    verdict::is_read(&rules, 200)?;
    answer::document(&rules, "", &rules.view).or_else(|fault| match fault.kind() {
        Kind::Value => Ok(Node::Null),
        _ => Err(fault),
    })?;
    answer::believe(&rules)?;
    answer::expect(&rules, "expect_done")?;
    verdict::reply(&rules)?;
    then(&operation.seeing(rules.view))
}
