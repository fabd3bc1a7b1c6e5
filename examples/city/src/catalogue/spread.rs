//! Where a line is offered: its spread over the places, as areas that one
//! biller serves. What is offered there does not matter here.

use super::cities::{heating, is_big};
use super::hash::percent;
use super::line::{Counties, Coverage, Line, Spread};
use super::regions::{Level, Place, Regions};

/// What one biller of a line serves.
pub(super) struct Area<'a> {
    /// Gives the names and the code; none is the whole country.
    pub(super) place: Option<&'a Place>,
    /// Whose name the biller bears: the city of a district.
    pub(super) seat: Option<&'a Place>,
    /// Region codes of the service.
    pub(super) regions: Vec<String>,
    /// Where a national service has data; empty is everywhere.
    pub(super) coverage: Vec<String>,
    /// Number in the code; none where a line never has several.
    pub(super) number: Option<u8>,
    /// Whether there is another company of the line in the place.
    pub(super) several: bool,
    /// The parts of the place that it serves, for the title.
    pub(super) parts: Vec<&'a Place>,
}

/// The areas of a line, in the order of the places.
pub(super) fn areas<'a>(line: &Line, regions: &'a Regions) -> Vec<Area<'a>> {
    match line.spread {
        Spread::National(coverage) => vec![national(line, regions, coverage)],
        Spread::Provinces => regions
            .provinces()
            .map(|place| whole(place, None))
            .collect(),
        Spread::Operators(count) => regions
            .provinces()
            .flat_map(|place| {
                let operator = move |number| Area {
                    several: true,
                    ..whole(place, Some(number))
                };
                (1..=count).map(operator)
            })
            .collect(),
        Spread::Cities { share } => regions
            .cities()
            .filter(|city| is_big(&city.code) || percent(line.key, &city.code) < share.into())
            .map(|city| whole(city, None))
            .collect(),
        Spread::Companies { in_big, counties } => regions
            .cities()
            .flat_map(|city| companies(regions, city, in_big, counties))
            .collect(),
        Spread::HeatedCities { in_big } => regions
            .cities()
            .filter(|city| heating(&city.code).is_some())
            .flat_map(|city| companies(regions, city, in_big, Counties::Apart))
            .collect(),
        Spread::Districts => regions
            .cities()
            .flat_map(|city| districts(regions, city))
            .collect(),
        Spread::BigDistricts => regions
            .cities()
            .filter(|city| is_big(&city.code))
            .flat_map(|city| districts(regions, city))
            .collect(),
    }
}

fn national<'a>(line: &Line, regions: &Regions, coverage: Coverage) -> Area<'a> {
    let coverage = match coverage {
        Coverage::Whole => Vec::new(),
        Coverage::Share(share) => regions
            .cities()
            .filter(|city| is_big(&city.code) || percent(line.key, &city.code) < share.into())
            .map(|city| city.code.clone())
            .collect(),
    };
    let regions = vec!["000000".to_owned()];
    Area {
        place: None,
        seat: None,
        regions,
        coverage,
        number: None,
        several: false,
        parts: Vec::new(),
    }
}

fn whole(place: &Place, number: Option<u8>) -> Area<'_> {
    Area {
        place: Some(place),
        seat: Some(place),
        regions: vec![place.code.clone()],
        coverage: Vec::new(),
        number,
        several: false,
        parts: Vec::new(),
    }
}

fn districts<'a>(regions: &'a Regions, city: &'a Place) -> Vec<Area<'a>> {
    let districts: Vec<&Place> = regions
        .children(&city.code)
        .filter(|place| place.level == Level::District)
        .collect();
    if !is_big(&city.code) || districts.is_empty() {
        return vec![whole(city, None)];
    }
    districts
        .into_iter()
        .map(|district| Area {
            seat: Some(city),
            ..whole(district, None)
        })
        .collect()
}

/// Companies of one city: its districts in groups, and its counties.
fn companies<'a>(
    regions: &'a Regions,
    city: &'a Place,
    in_big: u8,
    counties: Counties,
) -> Vec<Area<'a>> {
    let (urban, rural): (Vec<&Place>, Vec<&Place>) = regions
        .children(&city.code)
        .partition(|place| place.level == Level::District);
    let big = is_big(&city.code) && urban.len() > 1;
    let apart = !urban.is_empty() && !rural.is_empty() && (big || counties == Counties::Apart);
    if !big && !apart {
        return vec![whole(city, Some(1))];
    }
    let count = if big {
        usize::from(in_big).min(urban.len())
    } else {
        1
    };
    let mut groups: Vec<Vec<&Place>> = urban
        .chunks(urban.len().div_ceil(count))
        .map(<[_]>::to_vec)
        .collect();
    if apart {
        groups.push(rural);
    } else {
        groups[0].extend(rural);
    }
    let several = groups.len() > 1;
    (1..)
        .zip(groups)
        .map(|(number, parts)| Area {
            several,
            ..company(city, number, parts)
        })
        .collect()
}

fn company<'a>(city: &'a Place, number: u8, parts: Vec<&'a Place>) -> Area<'a> {
    Area {
        regions: parts.iter().map(|part| part.code.clone()).collect(),
        parts,
        ..whole(city, Some(number))
    }
}
