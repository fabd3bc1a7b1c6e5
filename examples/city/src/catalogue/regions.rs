//! The country's places, out of the registry's table of regions: what kind of
//! place each one is and where it belongs. The districts of a municipality belong
//! to it directly, and directly governed counties count as cities here.
//! Development zones are regions without services of their own. Nothing here
//! knows of services.

use std::collections::HashMap;

use super::service::Names;

/// Code, name, short name and English name. The file is read, not the crate, so
/// that the simulated country builds without the registry.
const TABLE: &str = include_str!("../../../../registry/data/regions.tsv");

/// A place of any level.
#[derive(Debug, Clone)]
pub struct Place {
    /// GB/T 2260 code of six digits.
    pub code: String,
    /// Full name in Chinese, such as 「恩施土家族苗族自治州」, and English name.
    pub names: Names,
    /// The name people say, such as 「恩施」.
    pub short: String,
    /// What kind of place it is.
    pub level: Level,
    /// Code of the place it belongs to; a province belongs to `000000`.
    pub parent: String,
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A province or autonomous region.
    Province,
    /// A municipality: province and city in one.
    Municipality,
    /// A prefecture-level city, prefecture or league.
    City,
    /// A county or city governed by its province without a prefecture between.
    DirectCounty,
    /// A district of a city.
    District,
    /// A county, county-level city or banner.
    County,
    /// A development zone that statistics count like a district.
    Zone,
}

/// All places, in the order of their codes within each level.
#[derive(Debug)]
pub struct Regions {
    places: Vec<Place>,
    by_code: HashMap<String, usize>,
    children: HashMap<String, Vec<usize>>,
}

impl Regions {
    /// Reads the embedded table.
    #[must_use]
    pub fn new() -> Self {
        Self::index(TABLE.lines().filter_map(place).collect())
    }

    fn index(places: Vec<Place>) -> Self {
        let mut by_code = HashMap::with_capacity(places.len());
        let mut children: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, place) in places.iter().enumerate() {
            by_code.insert(place.code.clone(), index);
            children
                .entry(place.parent.clone())
                .or_default()
                .push(index);
        }
        Self {
            places,
            by_code,
            children,
        }
    }

    /// The place of this code.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.by_code.get(code).map(|index| &self.places[*index])
    }

    /// All places.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Provinces and municipalities.
    pub fn provinces(&self) -> impl Iterator<Item = &Place> {
        self.of(&[Level::Province, Level::Municipality])
    }

    /// Cities in the wide sense: prefecture-level cities, municipalities and
    /// directly governed counties.
    pub fn cities(&self) -> impl Iterator<Item = &Place> {
        self.of(&[Level::Municipality, Level::City, Level::DirectCounty])
    }

    /// What belongs to a place, without development zones.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Place> {
        self.children
            .get(code)
            .into_iter()
            .flatten()
            .map(|index| &self.places[*index])
            .filter(|place| place.level != Level::Zone)
    }

    /// The province or municipality that a place lies in.
    #[must_use]
    pub fn province_of(&self, place: &Place) -> &Place {
        let code = format!("{}0000", &place.code[..2]);
        self.place(&code)
            .expect("every code begins with its province's")
    }

    fn of<'a>(&'a self, levels: &'a [Level]) -> impl Iterator<Item = &'a Place> {
        self.places
            .iter()
            .filter(|place| levels.contains(&place.level))
    }
}

impl Default for Regions {
    fn default() -> Self {
        Self::new()
    }
}

fn place(line: &str) -> Option<Place> {
    let mut cells = line.split('\t');
    let code = cells.next().filter(|code| *code != "000000")?;
    let (name, short, english) = (cells.next()?, cells.next()?, cells.next()?);
    let (province, city) = (&code[..2], &code[2..4]);
    let municipal = matches!(province, "11" | "12" | "31" | "50");
    let level = match (&code[2..], city) {
        ("0000", _) if municipal => Level::Municipality,
        ("0000", _) => Level::Province,
        (_, "90") => Level::DirectCounty,
        (_, _) if code.ends_with("00") => Level::City,
        (_, _) => area_level(name),
    };
    let parent = match level {
        Level::Province | Level::Municipality => "000000".to_owned(),
        Level::City | Level::DirectCounty => format!("{province}0000"),
        _ if municipal => format!("{province}0000"),
        _ => format!("{province}{city}00"),
    };
    Some(Place {
        code: code.to_owned(),
        names: Names::new(name, english),
        short: short.to_owned(),
        level,
        parent,
    })
}

/// Development zones carry what they are in their names.
fn area_level(name: &str) -> Level {
    let zone = [
        "开发区",
        "管理区",
        "园区",
        "示范区",
        "试验区",
        "管委会",
        "委员会",
    ];
    if zone.iter().any(|word| name.contains(word)) {
        Level::Zone
    } else if name.ends_with('区') {
        Level::District
    } else {
        Level::County
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudo_rows_are_dissolved() {
        let regions = Regions::new();
        assert_eq!(regions.provinces().count(), 31);
        let of = |level| {
            regions
                .places()
                .iter()
                .filter(|place| place.level == level)
                .count()
        };
        assert_eq!((of(Level::City), of(Level::Municipality)), (333, 4));
        assert_eq!(of(Level::DirectCounty), 32);
        assert_eq!(regions.place("110101").unwrap().parent, "110000");
        assert_eq!(regions.place("500229").unwrap().parent, "500000");
        assert_eq!(regions.place("429004").unwrap().parent, "420000");
        assert_eq!(regions.place("330106").unwrap().parent, "330100");
        for place in regions.places() {
            assert!(
                place.parent == "000000" || regions.place(&place.parent).is_some(),
                "{place:?}"
            );
        }
    }

    #[test]
    fn places_have_the_names_people_use() {
        let regions = Regions::new();
        let named = |code: &str| {
            let place = regions.place(code).unwrap();
            (place.short.clone(), place.names.en.clone())
        };
        for (code, short, english) in [
            ("330100", "杭州", "Hangzhou"),
            ("500000", "重庆", "Chongqing"),
            ("350200", "厦门", "Xiamen"),
            ("341500", "六安", "Lu'an"),
            ("341600", "亳州", "Bozhou"),
            ("220100", "长春", "Changchun"),
            ("440600", "佛山", "Foshan"),
            ("510100", "成都", "Chengdu"),
            ("610100", "西安", "Xi'an"),
            ("422800", "恩施", "Enshi Prefecture"),
            ("632800", "海西", "Haixi"),
            ("150100", "呼和浩特", "Hohhot"),
            ("330110", "余杭", "Yuhang District"),
            ("429004", "仙桃", "Xiantao"),
            ("310112", "闵行", "Minhang District"),
        ] {
            assert_eq!(named(code), (short.to_owned(), english.to_owned()));
        }
    }
}
