//! Problems of the registry's rooms.

use guichet_registry::finding::Finding;
use guichet_registry::register::Refusal;

use super::{Code, Problem, Text};
use crate::audit::AuditError;
use crate::governance::GovernanceError;
use crate::log::LogError;
use crate::publishing::PublishError;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::Forbidden(_) => Code::Forbidden,
            Refusal::NotFound(_) => Code::NotFound,
            Refusal::Conflict(_) => Code::NotLawful,
            Refusal::Quota(_) => Code::QuotaExceeded,
        };
        Self::new(code).with_detail(Text::same(refusal.to_string()))
    }
}

impl From<GovernanceError> for Problem {
    fn from(error: GovernanceError) -> Self {
        match error {
            GovernanceError::Refused(refusal) => refusal.into(),
            GovernanceError::Unfit { field, problem } => {
                Self::new(Code::InvalidField).with_field(field, Text::same(problem))
            }
            GovernanceError::Store(error) | GovernanceError::Log(LogError::Store(error)) => {
                error.into()
            }
            GovernanceError::Log(LogError::NoKey) => {
                Self::new(Code::NotOffered).with_detail(Text::new(
                    "本节点没有登记处密钥，请使用登记处所在的节点。",
                    "This node does not have the registry's key; use the one that has.",
                ))
            }
            GovernanceError::Log(LogError::Busy) => Self::new(Code::Overloaded).with_retry_after(1),
            other => Self::internal(other),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Refused(refused) => findings(&refused.findings),
            PublishError::NotCertified(report) => {
                findings(&report.findings).with_detail(Text::new(
                    "插件包未通过认证演练。",
                    "The bundle did not pass certification.",
                ))
            }
            PublishError::OtherName(own) => Self::new(Code::BundleRefused).with_field(
                "version",
                Text::new(
                    format!("包内写的是 {own}，请放到对应的路径。"),
                    format!("The bundle says it is {own}; put it under that path."),
                ),
            ),
            PublishError::Governance(GovernanceError::Refused(Refusal::Conflict(why))) => {
                Self::new(Code::ReleaseExists).with_detail(Text::same(why))
            }
            PublishError::Governance(error) => error.into(),
            PublishError::Bundle(error) => {
                Self::new(Code::BundleRefused).with_field("bundle", Text::same(error.to_string()))
            }
            PublishError::Interrupted => Self::new(Code::Overloaded).with_retry_after(1),
            other => Self::internal(other),
        }
    }
}

fn findings(findings: &[Finding]) -> Problem {
    let problem = Problem::new(Code::BundleRefused);
    findings.iter().fold(problem, |problem, finding| {
        let place = match finding.line {
            Some(line) => format!("{}:{line}", finding.file),
            None => finding.file.clone(),
        };
        let sentence = format!("{}: {}", finding.problem, finding.mend);
        problem.with_field(place, Text::same(sentence))
    })
}
