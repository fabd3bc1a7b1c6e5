//! From C to a component: the contract's header and glue are made of the WIT
//! texts, clang compiles them with the publisher's own files, and the module
//! becomes a component. No C library is linked, so that nothing but the contract
//! can be imported; what a plugin needs of one it brings along.

use std::path::{Path, PathBuf};
use std::process::Command;

use wit_bindgen_c::Opts;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

use crate::run::{output, run};
use crate::{BuildError, Say, component};

/// The compiler to use where it is not one of the usual names.
const COMPILER_VARIABLE: &str = "GUICHET_CLANG";
/// Debian names the compiler after its version when only `clang-NN` is installed.
const VERSIONS: std::ops::RangeInclusive<u32> = 14..=22;
/// What generated functions begin with, and the name of their files.
const CONTRACT: &str = "contract";
/// Far more than the files of a plugin.
const SOURCES_LIMIT: usize = 1_000;
/// No system and no C library; one result for one source, wherever it lies.
const COMPILE: [&str; 9] = [
    "--target=wasm32-unknown-unknown",
    "-std=c11",
    "-Os",
    "-ffreestanding",
    "-fno-builtin",
    "-nostdlib",
    "-Wall",
    "-Wextra",
    "-Wl,--no-entry,--gc-sections,--strip-all,-z,stack-size=131072",
];

/// Where things lie.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The folder of the `.c` files; their own headers may lie in `include`.
    pub folder: &'a Path,
    /// The WIT texts, with the contract's own in `deps`.
    pub wit: &'a Path,
    /// The world that the plugin implements.
    pub world: &'a str,
    /// For what is generated, which an editor may want to see: `contract.h`.
    pub generated: &'a Path,
}

/// Compiles the plugin and writes its component.
pub fn build(sources: &Sources<'_>, component: &Path, say: Say<'_>) -> Result<(), BuildError> {
    let compiler = compiler()?;
    say(&format!("building with {}", compiler.display()));
    generate(sources)?;
    let module = sources.generated.join("module.wasm");
    let mut command = Command::new(compiler);
    command.args(COMPILE);
    let include = sources.folder.join("include");
    if include.is_dir() {
        command.arg("-isystem").arg(include);
    }
    command.arg("-I").arg(sources.generated);
    for name in c_files(sources.folder)? {
        command.arg(sources.folder.join(name));
    }
    // Generated code has parameters that it does not use.
    command.arg("-Wno-unused-parameter");
    for name in [
        format!("{CONTRACT}.c"),
        format!("{CONTRACT}_component_type.o"),
    ] {
        command.arg(sources.generated.join(name));
    }
    run(command.arg("-o").arg(&module))?;
    component::encode_if_newer(&module, component)
}

/// Writes header, glue, and the object file that carries the world.
fn generate(sources: &Sources<'_>) -> Result<(), BuildError> {
    let wrong = |error: &dyn std::fmt::Display| {
        BuildError::Answer(format!("{}: {error}", sources.wit.display()))
    };
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(sources.wit)
        .map_err(|error| wrong(&format!("{error:#}")))?;
    let world = resolve
        .select_world(&[package], Some(sources.world))
        .map_err(|error| wrong(&format!("{error:#}")))?;
    let options = Opts {
        rename_world: Some(CONTRACT.to_owned()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options
        .build()
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| wrong(&format!("{error:#}")))?;
    std::fs::create_dir_all(sources.generated).map_err(BuildError::file(sources.generated))?;
    for (name, content) in files.iter() {
        let path = sources.generated.join(name);
        std::fs::write(&path, content).map_err(BuildError::file(&path))?;
    }
    Ok(())
}

/// Names of the folder's C files, in one order everywhere.
fn c_files(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let entries = std::fs::read_dir(folder).map_err(BuildError::file(folder))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = PathBuf::from(entry.map_err(BuildError::file(folder))?.file_name());
        if name.extension().is_some_and(|extension| extension == "c") {
            names.push(name);
        }
        if names.len() > SOURCES_LIMIT {
            return Err(BuildError::Answer(format!(
                "{} holds more than {SOURCES_LIMIT} C files: keep the plugin's own there",
                folder.display()
            )));
        }
    }
    names.sort();
    Ok(names)
}

/// The first compiler that runs.
fn compiler() -> Result<PathBuf, BuildError> {
    if let Some(named) = std::env::var_os(COMPILER_VARIABLE) {
        return Ok(named.into());
    }
    let versioned = VERSIONS.rev().map(|version| format!("clang-{version}"));
    let mut names = std::iter::once("clang".to_owned()).chain(versioned);
    let found = names.find(|name| output(Command::new(name).arg("--version")).is_ok());
    found.map(PathBuf::from).ok_or_else(|| {
        BuildError::Toolchain(format!(
            "clang is missing: install it with its linker, on Debian with `apt-get install clang \
             lld`, or name another one in {COMPILER_VARIABLE}"
        ))
    })
}
