//! What every command takes, wherever it stands on the line: the form and the
//! language of answers, and the data folder.

use std::path::PathBuf;

use clap::Args;

use super::exit::Failure;
use super::output::{Form, Output};
use crate::language::Language;

/// What every command takes.
#[derive(Debug, Args)]
pub struct Globals {
    /// Answer in JSON, one document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of the answers: zh-CN or en; otherwise that of LANG.
    #[arg(long, global = true, value_name = "TAG")]
    pub language: Option<String>,
    /// The node's folder, or for client commands the one `guichet dev` made.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        default_value = "guichet-data",
        env = "GUICHET_DATA"
    )]
    pub data: PathBuf,
}

impl Globals {
    /// Where answers go, and in which form and language.
    pub(super) fn output(&self) -> Result<Output, Failure> {
        let form = if self.json { Form::Json } else { Form::Text };
        Ok(Output::new(form, self.language()?))
    }

    /// The language asked for, else that of the environment.
    pub(super) fn language(&self) -> Result<Language, Failure> {
        if let Some(tag) = &self.language {
            return match tag.to_ascii_lowercase().as_str() {
                "zh" | "zh-cn" | "zh-hans" => Ok(Language::Chinese),
                "en" => Ok(Language::English),
                _ => Err(Failure::Usage(format!(
                    "--language {tag}: write zh-CN or en"
                ))),
            };
        }
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        let locale = names
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let chinese = locale.is_some_and(|locale| locale.starts_with("zh"));
        Ok(if chinese {
            Language::Chinese
        } else {
            Language::English
        })
    }
}
