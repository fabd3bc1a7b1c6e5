//! `subject-data`: an attribute of the call's subject. The release's grant is
//! checked here, the subject's live consent by the port.

use crate::contract::host::subject_data::{Error, Host};
use crate::ports::SubjectDataError;
use crate::state::{CallState, SubjectDataRead};
use crate::transcript::Exchange;

impl Host for CallState {
    async fn get(&mut self, scope: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        self.enter(scope.len())?;
        let recorded = self.recorded("subject-data.get", |exchange| match exchange {
            Exchange::SubjectData {
                scope: asked,
                answer,
            } if *asked == scope => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => self.read_subject_data(&scope).await?,
        };
        if answer.is_ok() {
            self.subject_data = SubjectDataRead::Yes;
        }
        let bytes = answer
            .as_ref()
            .map_or(0, |value| value.as_ref().map_or(0, String::len));
        self.record(
            Exchange::SubjectData {
                scope,
                answer: answer.clone(),
            },
            bytes,
        );
        Ok(answer)
    }
}

impl CallState {
    async fn read_subject_data(
        &self,
        scope: &str,
    ) -> wasmtime::Result<Result<Option<String>, Error>> {
        let live = self.live()?;
        if !live
            .binding
            .settings
            .permissions
            .grant
            .data_scopes
            .contains(scope)
        {
            return Ok(Err(Error::Denied(format!(
                "the scope {scope:?} is not granted"
            ))));
        }
        let answer = live.ports.subject_data.get(&self.call.context, scope).await;
        Ok(answer.map_err(|error| match error {
            SubjectDataError::NoConsent(reason) => Error::NoConsent(reason),
            SubjectDataError::Unavailable(reason) => Error::Unavailable(reason),
        }))
    }
}
