//! `guichet-packages`: makes the bundles of the simulated country's catalogue.
//! It parses the command line and prints the result; the library does the rest.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use guichet_city::catalogue::{Country, Regions, country};
use guichet_city::packages::{Published, Sources, packages, publish};

/// Makes signed bundles of every service of the simulated country.
#[derive(Debug, Parser)]
#[command(name = "guichet-packages", version)]
struct Arguments {
    /// Folder of the built components.
    #[arg(long)]
    components: PathBuf,
    /// Folder of the plugins' sources, for their manifests.
    #[arg(long)]
    plugins: PathBuf,
    /// Folder of the dialects' mappings.
    #[arg(long)]
    mappings: PathBuf,
    /// Folder that the bundles are written to.
    #[arg(long)]
    out: PathBuf,
    /// Also prints the number of services in each category.
    #[arg(long)]
    table: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let sources = Sources {
        components: arguments.components,
        plugins: arguments.plugins,
        mappings: arguments.mappings,
    };
    let country = country();
    let packages = packages(&country, &Regions::new(), &sources)
        .context("the packages cannot be made (are the plugins built?)")?;
    let published = publish(&packages, &arguments.out)?;
    let mut out = std::io::stdout().lock();
    if arguments.table {
        table(&mut out, &country)?;
    }
    summary(&mut out, &published)?;
    Ok(())
}

fn table(out: &mut impl std::io::Write, country: &Country) -> std::io::Result<()> {
    for (category, count) in country.count_by_category() {
        writeln!(out, "{category:28} {count:>6}")?;
    }
    Ok(())
}

fn summary(out: &mut impl std::io::Write, published: &Published) -> std::io::Result<()> {
    writeln!(
        out,
        "{} services in {} bundles ({} written), {}",
        published.services, published.bundles, published.written, published.digest
    )?;
    out.flush()
}
