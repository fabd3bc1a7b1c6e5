//! `cargo xtask plugins`: builds every plugin of the plugins' workspace and
//! turns the core modules into components. It neither signs nor packs them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

mod component;
mod debian;
mod rustup;
mod toolchain;

use toolchain::Toolchain;

/// The largest component a hand-written plugin may be.
const LIMIT_BYTES: u64 = 150_000;

/// The declarative plugin carries parsers for every dialect, once for all services.
const UNLIMITED: &[&str] = &["http-biller"];

/// What `cargo xtask plugins` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Plugins to build; all where none is named.
    names: Vec<String>,

    /// Where the wasm target comes from: `rustup`, `debian`, or whichever works;
    /// otherwise what GUICHET_WASM_TOOLCHAIN says.
    #[arg(long)]
    toolchain: Option<toolchain::Source>,
}

/// One plugin, built.
#[derive(Debug)]
pub(crate) struct Built {
    /// The crate's name.
    pub(crate) name: String,
    /// The component.
    pub(crate) component: PathBuf,
    /// Its size.
    pub(crate) size_bytes: u64,
}

/// Builds and prints the sizes.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let source = match arguments.toolchain {
        Some(source) => source,
        None => toolchain::Source::of_environment()?,
    };
    let built = build(&arguments.names, source)?;
    for plugin in &built {
        let size = format!("{:.1} kB", kilobytes(plugin.size_bytes));
        workspace::say(&format!(
            "{:>10}  {:<24} {}",
            size,
            plugin.name,
            plugin.component.display()
        ));
    }
    check_sizes(&built)
}

/// Builds all of them with whichever toolchain works.
pub(crate) fn build_all() -> Result<()> {
    run(&Arguments {
        names: Vec::new(),
        toolchain: None,
    })
}

/// Builds the named plugins, or all, into `<target>/plugins`.
pub(crate) fn build(names: &[String], source: toolchain::Source) -> Result<Vec<Built>> {
    let manifest = workspace::root().join("plugins/Cargo.toml");
    let plugins = plugins(&manifest, names)?;
    let target = workspace::target()?;
    let toolchain = Toolchain::find(source)?;

    let modules = target.join("guest");
    workspace::say(&format!(
        "building {} plugins with {}",
        plugins.len(),
        toolchain.title()
    ));
    for name in &plugins {
        // A crate that is an `rlib` too gets no link-time optimisation: only the
        // component is asked for, which makes it a fifth smaller.
        let mut command = toolchain.cargo_build(&modules)?;
        command.arg("--manifest-path").arg(&manifest);
        command.args(["--package", name, "--lib", "--crate-type", "cdylib"]);
        workspace::run(&mut command)?;
    }

    let modules = modules.join(toolchain::TARGET).join("release");
    let components = target.join("plugins");
    std::fs::create_dir_all(&components)?;
    plugins
        .into_iter()
        .map(|name| finish(name, &modules, &components))
        .collect()
}

/// Turns one core module into its component.
fn finish(name: String, modules: &Path, components: &Path) -> Result<Built> {
    let module = modules.join(format!("{}.wasm", name.replace('-', "_")));
    let component = components.join(format!("{name}.wasm"));
    component::encode_if_newer(&module, &component)
        .with_context(|| format!("plugin {name} does not become a component"))?;
    let size_bytes = std::fs::metadata(&component)?.len();
    Ok(Built {
        name,
        component,
        size_bytes,
    })
}

/// The plugins' workspace's members that are plugins: `cdylib` crates.
fn plugins(manifest: &Path, wanted: &[String]) -> Result<Vec<String>> {
    let metadata = workspace::metadata(manifest)?;
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let is_plugin = |package: &&serde_json::Value| {
        let targets = package["targets"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        targets
            .iter()
            .any(|target| target["crate_types"].to_string().contains("cdylib"))
    };
    let all: Vec<String> = packages
        .iter()
        .filter(is_plugin)
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .collect();
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!(
            "there is no plugin `{unknown}`; there are: {}",
            all.join(", ")
        );
    }
    Ok(all
        .into_iter()
        .filter(|name| wanted.is_empty() || wanted.contains(name))
        .collect())
}

/// A plugin is copied to every node and mapped thousands of times: small is a feature.
fn check_sizes(built: &[Built]) -> Result<()> {
    let mut heavy = built
        .iter()
        .filter(|plugin| !UNLIMITED.contains(&plugin.name.as_str()))
        .filter(|plugin| plugin.size_bytes > LIMIT_BYTES)
        .map(|plugin| plugin.name.as_str())
        .peekable();
    if heavy.peek().is_some() {
        let names: Vec<&str> = heavy.collect();
        bail!("larger than {LIMIT_BYTES} bytes: {}", names.join(", "));
    }
    Ok(())
}

#[expect(clippy::float_arithmetic, reason = "a size for people to read")]
fn kilobytes(bytes: u64) -> f64 {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    f64::from(bytes) / 1000.0
}
