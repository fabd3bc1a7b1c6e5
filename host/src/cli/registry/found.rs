//! `guichet registry found`: begins a registry in a node's folder, without a
//! server. It names two administrators, whose tokens are shown once; from then
//! on people decide, and the installation nothing more.

use clap::Args;
use guichet_domain::id::PersonId;
use guichet_registry::Texts;
use guichet_registry::checkpoint::LogOrigin;
use guichet_registry::register::{Act, Actor, Mode};
use serde_json::json;

use crate::app::{self, App};
use crate::cli::exit::{Ending, Failure};
use crate::cli::globals::Globals;
use crate::cli::node;
use crate::cli::storage::{NOWHERE, Storage};
use crate::config::Settings;
use crate::log::{self, Founding};

/// `guichet registry found`
#[derive(Debug, Args)]
pub struct FoundArguments {
    /// The log's name, as its checkpoints carry it: registry.example.com/guichet.
    #[arg(long)]
    pub origin: LogOrigin,
    /// An administrator, ID=NAME; two of them. Have these two name a third one
    /// right away: who works here is decided by two, so that a registry with only
    /// two administrators is locked for good when one of them is lost.
    #[arg(long, value_name = "ID=NAME", required = true)]
    pub administrator: Vec<String>,
    /// Where its books and objects are.
    #[command(flatten)]
    pub storage: Storage,
}

pub(super) fn run(asked: &FoundArguments, globals: &Globals) -> Result<Ending, Failure> {
    node::log_errors();
    let output = globals.output()?;
    let administrators = administrators(&asked.administrator)?;
    let settings = asked.storage.settings(globals, NOWHERE)?;
    let tokens = node::many_threads()?.block_on(found(settings, asked, &administrators))?;
    let answer = json!({"origin": asked.origin.to_string(), "tokens": tokens});
    output.answer(&answer, |lines| {
        lines.say(
            &format!("登记处已建立：{}", asked.origin),
            &format!("The registry is founded: {}", asked.origin),
        );
        for (id, token) in &tokens {
            lines.line(&format!("{id}  {token}"));
        }
        lines.say(
            "令牌只显示这一次。请备份 registry.key 与 vault.key。",
            "The tokens are shown this once. Keep a copy of registry.key and vault.key.",
        );
        lines.say(
            "请尽快由这两位共同任命第三位管理员（guichet registry person set ID --role \
             administrator）：人员变动须两人同意，只有两位时，失去其中一位，登记处便无法再任命任何人。",
            "Have these two name a third administrator now (`guichet registry person set ID \
             --role administrator`, by both): people are named by two, so that with only two \
             of them the loss of one locks the registry for good.",
        );
    });
    Ok(Ending::Done)
}

/// `anna=Anna Li` twice, under different ids.
fn administrators(written: &[String]) -> Result<Vec<(PersonId, Texts)>, Failure> {
    let mut read: Vec<(PersonId, Texts)> = Vec::new();
    for one in written {
        let wrong = |why: String| Failure::Usage(format!("--administrator {one}: {why}"));
        let (id, name) = one
            .split_once('=')
            .ok_or_else(|| wrong("write ID=NAME, such as anna=\"Anna Li\"".to_owned()))?;
        let id = PersonId::new(id).map_err(|error| wrong(error.to_string()))?;
        let name = Texts::of(name, name).map_err(|error| wrong(error.to_string()))?;
        if read.iter().any(|(known, _)| *known == id) {
            return Err(wrong("two different persons are needed".to_owned()));
        }
        read.push((id, name));
    }
    if read.len() == 2 {
        return Ok(read);
    }
    Err(Failure::Usage(
        "name exactly two administrators: many decisions take two persons".to_owned(),
    ))
}

async fn found(
    settings: Settings,
    asked: &FoundArguments,
    administrators: &[(PersonId, Texts)],
) -> anyhow::Result<Vec<(String, String)>> {
    let _alone = app::alone(&settings)?;
    log::make_signer(&settings.folder(app::REGISTRY_KEY))?;
    let app = App::open(settings).await?;
    let governance = &app.rooms().governance;
    anyhow::ensure!(
        governance.log().head().size == 0,
        "a registry is founded here already: its log has entries"
    );
    let founding = Founding {
        origin: asked.origin.clone(),
        mode: Mode::Production,
    };
    governance.log().found(founding).await?;
    let mut tokens = Vec::new();
    for (person, name) in administrators {
        let act = json!({
            "act": "person-set",
            "person": person,
            "name": name,
            "side": {"operator": ["administrator"]},
        });
        let act: Act = serde_json::from_value(act)?;
        governance.enter(&Actor::Installation, act).await?;
        tokens.push((person.to_string(), governance.issue_token(person).await?));
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_begins_with_two_persons() {
        let read = |all: &[&str]| {
            let all: Vec<String> = all.iter().map(|one| (*one).to_owned()).collect();
            administrators(&all)
        };
        assert_eq!(read(&["anna=Anna", "ben=Ben"]).unwrap().len(), 2);
        for wrong in [
            &["anna=Anna"][..],
            &["anna=Anna", "anna=Ben"],
            &["anna", "ben=Ben"],
            &["Anna Li=A", "ben=Ben"],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
