//! Regions by GB/T 2260 code. Which region lies in which follows from the codes.

use std::collections::HashSet;

use guichet_domain::id::RegionCode;
use serde::Serialize;

use super::TaxonomyError;

/// One region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Region {
    /// GB/T 2260; `000000` is the whole country.
    pub code: RegionCode,
    /// Full Chinese name: 杭州市.
    pub name: Box<str>,
    /// What people say: 杭州.
    pub short_name: Box<str>,
    /// English name: Hangzhou.
    pub english: Box<str>,
    /// How large it is.
    pub level: RegionLevel,
    /// What it lies in; none for the whole country.
    pub parent: Option<RegionCode>,
}

/// Levels of regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegionLevel {
    /// The whole country.
    Country,
    /// Province, autonomous region or municipality.
    Province,
    /// City at prefecture level, prefecture or league.
    City,
    /// District, county or city at county level.
    District,
}

/// Reads lines of code, name, short name and English name, ascending by code.
pub(super) fn read(text: &str) -> Result<Vec<Region>, TaxonomyError> {
    let mut known = HashSet::new();
    let mut regions = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let region = read_line(line, &known).map_err(|problem| TaxonomyError::Region {
            line: index + 1,
            problem,
        })?;
        known.insert(region.code.clone());
        regions.push(region);
    }
    Ok(regions)
}

fn read_line(line: &str, known: &HashSet<RegionCode>) -> Result<Region, String> {
    let parts: Vec<&str> = line.split('\t').collect();
    let &[code, name, short_name, english] = parts.as_slice() else {
        return Err("expected code, name, short name and English name".to_owned());
    };
    let code = RegionCode::new(code).map_err(|error| error.to_string())?;
    if known.contains(&code) {
        return Err(format!("{code} stands there twice"));
    }
    let (level, parents) = place(code.as_str());
    let parent = parents
        .into_iter()
        .find(|parent| known.contains(parent.as_str()));
    if parent.is_none() && level != RegionLevel::Country {
        return Err(format!("nothing before it contains {code}"));
    }
    let parent = parent.map(|parent| RegionCode::new(parent).expect("made of six digits"));
    let [name, short_name, english] = [name, short_name, english].map(Box::from);
    Ok(Region {
        code,
        name,
        short_name,
        english,
        level,
        parent,
    })
}

/// The level, and what could contain the region, nearest first: a district of a
/// municipality has no city above it.
fn place(code: &str) -> (RegionLevel, Vec<String>) {
    let country = "000000".to_owned();
    let province = format!("{}0000", &code[..2]);
    if code == country {
        (RegionLevel::Country, Vec::new())
    } else if code == province {
        (RegionLevel::Province, vec![country])
    } else if code.ends_with("00") {
        (RegionLevel::City, vec![province])
    } else {
        (
            RegionLevel::District,
            vec![format!("{}00", &code[..4]), province],
        )
    }
}
