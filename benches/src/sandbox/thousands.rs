//! As many components as China has counties and companies that collect there:
//! 6,300 different ones, compiled once into a folder that is kept, mapped into a
//! new sandbox, and each called.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet_domain::Digest;
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{Binding, Call, LoadError, Plugin, Question, Sandbox, digest_of};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::guest;
use crate::statistics::{Samples, micros, millis};
use crate::{resident, say};

/// How many.
const COMPONENTS: u32 = 6_300;
/// The smallest plugin that programs something; a section of its own makes each
/// copy another component with code of its own.
const PLUGIN: &str = "medical-insurance-code";
const FOLDER: &str = "code-6300";
/// Compilations at once.
const COMPILATIONS: u32 = 2;
const PROGRESS: u32 = 250;

/// What thousands of components cost.
pub(super) struct Many {
    pub(super) load_ms: f64,
    pub(super) first_calls_us: f64,
    pub(super) second_calls_us: f64,
    pub(super) resident_mb: u64,
    pub(super) anonymous_mb: u64,
}

/// Loads and calls them all.
pub(super) async fn measure() -> Result<Many> {
    say("making 6,300 different components");
    let bytes = guest::component(PLUGIN)?;
    let digests: Vec<Digest> = (0..COMPONENTS)
        .map(|number| digest_of(&numbered(&bytes, number)))
        .collect();
    drop(bytes);
    let (sandbox, plugins, loading) = match load(&digests) {
        Ok(loaded) => loaded,
        Err(missing) => {
            say(&format!(
                "{missing}: compiling, which takes some minutes once"
            ));
            compile_in_child().await?;
            load(&digests)?
        }
    };
    let binding = guest::binding(Arc::default())?;
    let first = call_each(&sandbox, &plugins, &binding).await?;
    let (resident_mb, anonymous_mb) = (resident("VmRSS")?, resident("RssAnon")?);
    let second = call_each(&sandbox, &plugins, &binding).await?;
    Ok(Many {
        load_ms: millis(loading),
        first_calls_us: micros(first.p50()),
        second_calls_us: micros(second.p50()),
        resident_mb,
        anonymous_mb,
    })
}

fn settings() -> Result<guichet_sandbox::Settings> {
    guest::settings(FOLDER, 16)
}

/// Maps all of them into a new sandbox.
fn load(digests: &[Digest]) -> Result<(Sandbox, Vec<Plugin>, Duration)> {
    let sandbox = Sandbox::start(settings()?)?;
    let begun = Instant::now();
    let plugins: Result<Vec<Plugin>, LoadError> = digests
        .iter()
        .map(|digest| sandbox.load_precompiled(*digest))
        .collect();
    let loading = begun.elapsed();
    Ok((sandbox, plugins?, loading))
}

/// Each in turn, in a fresh instance; the first time its seal is checked too.
async fn call_each(
    sandbox: &Sandbox,
    plugins: &[Plugin],
    binding: &Arc<Binding>,
) -> Result<Samples> {
    let ports = Ports::in_memory();
    let mut times = Vec::with_capacity(plugins.len());
    for plugin in plugins {
        let call = Call {
            context: guest::context(),
            question: Question::Issue {
                inputs: Vec::new(),
                token: None,
            },
        };
        let begun = Instant::now();
        let report = sandbox.call(plugin, binding, &ports, call).await;
        times.push(begun.elapsed());
        // Without a permission for the citizen's data the plugin answers with
        // a typed failure: it ran from its first instruction to its last.
        let result = report.result;
        ensure!(
            result.is_ok(),
            "{} did not answer: {result:?}",
            plugin.digest()
        );
    }
    Ok(Samples::new(times))
}

/// In a process of its own, whose memory is gone when this one is measured.
async fn compile_in_child() -> Result<()> {
    let status = tokio::process::Command::new(std::env::current_exe()?)
        .args(["compile-components", "--json"])
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .status()
        .await?;
    ensure!(status.success(), "the compiling child ended with {status}");
    Ok(())
}

/// The child's work: compiles what is missing.
pub(crate) async fn compile_components() -> Result<Value> {
    let sandbox = Sandbox::start(settings()?)?;
    let bytes: Arc<[u8]> = guest::component(PLUGIN)?.into();
    let mut workers = JoinSet::new();
    for worker in 0..COMPILATIONS {
        let (sandbox, bytes) = (sandbox.clone(), Arc::clone(&bytes));
        workers.spawn(async move {
            for number in (worker..COMPONENTS).step_by(COMPILATIONS as usize) {
                compile_one(&sandbox, &numbered(&bytes, number)).await?;
                if number % PROGRESS == 0 {
                    say(&format!("compiled {number} of {COMPONENTS}"));
                }
            }
            anyhow::Ok(())
        });
    }
    for ended in workers.join_all().await {
        ended?;
    }
    Ok(json!({"compiled": COMPONENTS}))
}

async fn compile_one(sandbox: &Sandbox, component: &[u8]) -> Result<()> {
    let digest = digest_of(component);
    if sandbox.load_precompiled(digest).is_err() {
        sandbox.load(digest, component).await?;
    }
    Ok(())
}

/// The component with a custom section that holds its number.
fn numbered(component: &[u8], number: u32) -> Vec<u8> {
    const NAME: &[u8] = b"number";
    let number = number.to_le_bytes();
    let mut bytes = component.to_vec();
    // Id 0, the section's length, the name's length, the name, the content; each
    // length is below 128 and so a single byte of LEB128.
    bytes.push(0);
    bytes.push(u8::try_from(1 + NAME.len() + number.len()).unwrap_or(u8::MAX));
    bytes.push(u8::try_from(NAME.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(NAME);
    bytes.extend_from_slice(&number);
    bytes
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn a_number_makes_another_component() {
        let [one, two] = [numbered(b"x", 1), numbered(b"x", 2)];
        assert_ne!(one, two);
        assert_eq!(one, b"x\x00\x0b\x06number\x01\x00\x00\x00");
    }
}
