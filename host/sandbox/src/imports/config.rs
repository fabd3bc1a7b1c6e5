//! `config`: the service's configuration, its own values over the package's.

use crate::contract::host::config::Host;
use crate::state::CallState;
use crate::transcript::Exchange;

impl Host for CallState {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.enter(name.len())?;
        let recorded = self.recorded("config.get", |exchange| match exchange {
            Exchange::Config {
                name: asked,
                answer,
            } if *asked == name => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => self
                .live()?
                .binding
                .settings
                .config
                .get(&name)
                .map(str::to_owned),
        };
        let bytes = answer.as_ref().map_or(0, String::len);
        self.record(
            Exchange::Config {
                name,
                answer: answer.clone(),
            },
            bytes,
        );
        Ok(answer)
    }
}
