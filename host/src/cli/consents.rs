//! `guichet consents`: record, show and withdraw.

use std::path::Path;

use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::last::{self, Noun};
use super::output::{Lines, Output, list, text};
use super::requests::ConsentsCommand;

pub(super) async fn run(
    command: &ConsentsCommand,
    data: &Path,
    connect: impl Fn(&super::requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    let answer = match command {
        ConsentsCommand::Grant {
            service,
            scopes,
            seconds,
            connection,
        } => {
            let connection = connect(connection)?;
            let scopes = match scopes.as_slice() {
                [] => asked_scopes(&connection, service).await?,
                scopes => json!(scopes),
            };
            let body = json!({
                "subject": connection.subject()?,
                "service": service,
                "scopes": scopes,
                "lifetime_seconds": seconds,
            });
            let key = super::new_key();
            let granted = connection
                .post("/v1/consents", &[("idempotency-key", &key)], &body)
                .await?;
            last::remember(data, Noun::Consent, text(&granted, "id"));
            granted
        }
        ConsentsCommand::Show {
            consent,
            connection,
        } => {
            connect(connection)?
                .get(&format!(
                    "/v1/consents/{}",
                    last::resolve(data, Noun::Consent, consent)?
                ))
                .await?
        }
        ConsentsCommand::Withdraw {
            consent,
            connection,
        } => {
            let path = format!(
                "/v1/consents/{}",
                last::resolve(data, Noun::Consent, consent)?
            );
            connect(connection)?.delete(&path).await?
        }
    };
    output.answer(&answer, |lines| draw(lines, &answer));
    Ok(Ending::Done)
}

/// All scopes that the service asks for.
async fn asked_scopes(connection: &Connection, service: &str) -> Result<Value, Failure> {
    let service = connection
        .get(&format!("/v1/services/{}", super::segment(service)?))
        .await?;
    match &service["consent"]["scopes"] {
        Value::Array(scopes) if !scopes.is_empty() => Ok(json!(scopes)),
        _ => Err(Failure::Usage(
            "this service asks for no consent".to_owned(),
        )),
    }
}

fn draw(lines: &mut Lines, consent: &Value) {
    lines.pair("授权编号", "Consent", text(consent, "id"));
    lines.pair("项目", "Service", text(consent, "service"));
    lines.pair("用途", "Purpose", text(consent, "purpose"));
    let scopes: Vec<&str> = list(consent, "scopes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    lines.pair("数据范围", "Scopes", &scopes.join(", "));
    lines.pair("有效期至", "Expires at", text(consent, "expires_at"));
    lines.pair("撤回时间", "Withdrawn at", text(consent, "withdrawn_at"));
}
