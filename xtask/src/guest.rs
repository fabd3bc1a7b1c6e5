//! `cargo xtask plugins`: builds every plugin of the plugins' workspace and
//! turns the core modules into components. It neither signs nor packs them.

use std::path::PathBuf;

use anyhow::{Result, bail};
use guichet_build::{GuestCrate, Place, Source, Toolchain};

use crate::workspace;

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
    toolchain: Option<Source>,
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
        None => Source::of_environment()?,
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
pub(crate) fn build(names: &[String], source: Source) -> Result<Vec<Built>> {
    let manifest = workspace::root().join("plugins/Cargo.toml");
    let plugins = plugins(guichet_build::guest_crates(&manifest)?, names)?;
    let target = workspace::target()?;
    let toolchain = Toolchain::find(source, &workspace::say)?;
    let components = target.join("plugins");
    std::fs::create_dir_all(&components)?;
    let place = Place {
        manifest: &manifest,
        modules: &target.join("guest"),
        renamed: &[(workspace::root(), "/guichet")],
    };
    plugins
        .into_iter()
        .map(|guest| {
            let component = components.join(format!("{}.wasm", guest.package));
            let built =
                guichet_build::build(&toolchain, &place, &guest, &component, &workspace::say)?;
            Ok(Built {
                name: guest.package,
                component: built.component,
                size_bytes: built.size_bytes,
            })
        })
        .collect()
}

/// The plugins that are wanted: all where none is named.
fn plugins(all: Vec<GuestCrate>, wanted: &[String]) -> Result<Vec<GuestCrate>> {
    let is_known = |name: &&String| all.iter().any(|guest| guest.package == **name);
    if let Some(unknown) = wanted.iter().find(|name| !is_known(name)) {
        let names: Vec<&str> = all.iter().map(|guest| guest.package.as_str()).collect();
        bail!(
            "there is no plugin `{unknown}`; there are: {}",
            names.join(", ")
        );
    }
    let is_wanted = |guest: &GuestCrate| wanted.is_empty() || wanted.contains(&guest.package);
    Ok(all.into_iter().filter(is_wanted).collect())
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
