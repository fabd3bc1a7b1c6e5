//! How a command ends: the exit codes, and the failures behind them.

use std::process::ExitCode;

use serde_json::Value;

/// How a command that ran ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Refused or failed, and the answer on standard output says why.
    Refused,
    /// The outcome is not known yet, or an answer is still awaited.
    Open,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Refused => Self::from(1),
            Ending::Open => Self::from(3),
        }
    }
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server said no; the problem document tells why.
    #[error("{}", problem_text(.0))]
    Refused(Value),
    /// The command makes no sense as it was given.
    #[error("{0}")]
    Usage(String),
    /// No answer: nothing is known about what happened there.
    #[error("{0}")]
    Unreachable(String),
    /// Something went wrong on this side.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl Failure {
    /// The exit code that tells this failure from the others.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            // What timed out or broke inside may have happened all the same.
            Self::Refused(problem) if problem["retry"] == "same_key" => ExitCode::from(3),
            Self::Refused(_) | Self::Failed(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Unreachable(_) => ExitCode::from(4),
        }
    }
}

fn problem_text(problem: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![format!(
        "{} ({})",
        text(&problem["title"]),
        text(&problem["code"])
    )];
    if problem["detail"] != problem["title"] {
        lines.push(text(&problem["detail"]));
    }
    for error in problem["errors"].as_array().into_iter().flatten() {
        lines.push(format!(
            "  {}: {}",
            text(&error["field"]),
            text(&error["message"])
        ));
    }
    if let Some(seconds) = problem["retry_after_seconds"].as_u64() {
        lines.push(format!("  ↻ {seconds} s"));
    }
    if let Some(instance) = problem["instance"].as_str() {
        lines.push(format!("  {instance}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_are_told_apart_by_their_exit_code() {
        let code = |failure: &Failure| format!("{:?}", failure.exit_code());
        let refused = Failure::Refused(json!({"retry": "never"}));
        let open = Failure::Refused(json!({"retry": "same_key"}));
        assert_eq!(code(&refused), format!("{:?}", ExitCode::from(1)));
        assert_eq!(code(&open), format!("{:?}", ExitCode::from(3)));
        assert_eq!(
            code(&Failure::Usage(String::new())),
            format!("{:?}", ExitCode::from(2))
        );
        assert_eq!(
            code(&Failure::Unreachable(String::new())),
            format!("{:?}", ExitCode::from(4))
        );
    }

    #[test]
    fn a_problem_is_told_field_by_field() {
        let problem = json!({
            "title": "A field is not as required", "code": "invalid_field",
            "detail": "A field is not as required", "retry": "never",
            "errors": [{"field": "items[0].amount", "message": "Wrong type."}]
        });
        let text = Failure::Refused(problem).to_string();
        assert_eq!(
            text,
            "A field is not as required (invalid_field)\n  items[0].amount: Wrong type."
        );
    }
}
