//! A line and an area make a service: code, biller, names, dialect and flow.
//! The biller's behaviour comes from `behaviour`.

use super::behaviour;
use super::cities::heating_payment;
use super::hash::percent;
use super::inputs::SECOND_STEP;
use super::line::{Dialects, Line, Spread};
use super::service::{Biller, Dialect, Flow, Kind, Names, Service};
use super::spread::Area;

/// Who publishes the declarative packages.
pub(super) const PUBLISHER: &str = "guichet-demo";

/// Numerals of companies.
const NUMERALS: [&str; 6] = ["一", "二", "三", "四", "五", "六"];

/// Services whose dialect documents and examples name. They behave without
/// surprises too: immediate, queried and deduplicating.
const PINNED: &[(&str, Dialect)] = &[
    ("water-330100-1", Dialect::JsonHmac),
    ("water-330100-2", Dialect::Form),
    ("water-330100-3", Dialect::XmlGb18030),
    ("water-330100-4", Dialect::JsonSm2),
    ("gas-330100-1", Dialect::JsonRsa),
    ("power-330100", Dialect::JsonHmac),
];

/// Whether a service behaves without surprises.
pub(super) fn is_pinned(code: &str) -> bool {
    PINNED.iter().any(|(pinned, _)| *pinned == code)
}

/// The service of a line in an area.
pub(super) fn service(line: &'static Line, area: Area<'_>) -> Service {
    let code = code(line, &area);
    let biller = biller(line, &area);
    let dialect = dialect(line, &code, &biller);
    let flow = flow(line, &code);
    let mut traits = behaviour::traits(line, &code, dialect, flow);
    if matches!(line.spread, Spread::HeatedCities { .. }) {
        traits.season = area.seat.and_then(|city| heating_payment(&city.code));
    }
    Service {
        kind: line.kind,
        category: line.category,
        title: title(line, &area),
        inputs: if flow == Flow::SecondStep {
            SECOND_STEP
        } else {
            line.inputs
        }
        .to_vec(),
        bills: line.bills.clone(),
        package: package(line, dialect),
        regions: area.regions,
        coverage: area.coverage,
        code,
        biller,
        dialect,
        flow,
        traits,
        line,
    }
}

fn code(line: &Line, area: &Area<'_>) -> String {
    match (area.place, area.number) {
        (None, _) => line.key.to_owned(),
        (Some(place), None) => format!("{}-{}", line.key, place.code),
        (Some(place), Some(number)) => format!("{}-{}-{number}", line.key, place.code),
    }
}

fn biller(line: &Line, area: &Area<'_>) -> Biller {
    let key = line.biller.key;
    let Some(place) = area.place else {
        return Biller {
            id: format!("b-{key}"),
            names: Names::new(line.biller.zh, line.biller.en),
        };
    };
    let id = match area.number {
        Some(number) => format!("b-{}-{key}-{number}", place.code),
        None => format!("b-{}-{key}", place.code),
    };
    let number = area.number.filter(|_| area.several);
    let numeral = number.map_or("", |number| {
        NUMERALS[usize::from(number - 1) % NUMERALS.len()]
    });
    let digit = number
        .map(|number| format!(" {number}"))
        .unwrap_or_default();
    let (zh_place, en_place) = full_names(area);
    Biller {
        id,
        names: Names::new(
            line.biller
                .zh
                .replace("{place}", &zh_place)
                .replace("{n}", numeral),
            line.biller
                .en
                .replace("{place}", &en_place)
                .replace("{n}", &digit),
        ),
    }
}

/// A district is named with its city.
fn full_names(area: &Area<'_>) -> (String, String) {
    match (area.place, area.seat) {
        (Some(place), Some(seat)) if place.code != seat.code => (
            format!("{}{}", seat.names.zh, place.names.zh),
            format!("{} {}", seat.names.en, place.names.en),
        ),
        (Some(place), _) => (place.names.zh.clone(), place.names.en.clone()),
        (None, _) => (String::new(), String::new()),
    }
}

fn title(line: &Line, area: &Area<'_>) -> Names {
    let (zh, en) = line.title;
    let (Some(place), Some(seat)) = (area.place, area.seat) else {
        return Names::new(zh, capitalised(en));
    };
    let (mut zh_title, mut en_title) = if place.code == seat.code {
        (
            format!("{}{zh}", place.short),
            format!("{} {en}", place.names.en),
        )
    } else {
        (
            format!("{}{}{zh}", seat.short, place.names.zh),
            format!("{} {}, {en}", seat.names.en, place.names.en),
        )
    };
    if let (true, Some(number)) = (area.several, area.number) {
        let numeral = NUMERALS[usize::from(number - 1) % NUMERALS.len()];
        let (zh_parts, en_parts) = parts(area);
        zh_title.push_str(&format!("（{numeral}公司{zh_parts}）"));
        en_title.push_str(&format!(" (company {number}{en_parts})"));
    }
    Names::new(zh_title, en_title)
}

/// Which parts of the place a company serves: three of them by name.
fn parts(area: &Area<'_>) -> (String, String) {
    const NAMED: usize = 3;
    if area.parts.is_empty() {
        return (String::new(), String::new());
    }
    let named = &area.parts[..area.parts.len().min(NAMED)];
    let zh: Vec<&str> = named.iter().map(|part| part.short.as_str()).collect();
    let en: Vec<&str> = named.iter().map(|part| stem(&part.names.en)).collect();
    let (zh_more, en_more) = if area.parts.len() > NAMED {
        ("等", " and more")
    } else {
        ("", "")
    };
    (
        format!("：{}{zh_more}", zh.join("、")),
        format!(": {}{en_more}", en.join(", ")),
    )
}

/// The English name without what the place is.
pub(super) fn stem(name: &str) -> &str {
    [" District", " County", " City", " Banner"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

/// By the biller, so that an agency speaks one dialect for all its services.
fn dialect(line: &Line, code: &str, biller: &Biller) -> Dialect {
    let pinned = PINNED
        .iter()
        .find(|(pinned, _)| *pinned == code)
        .map(|(_, dialect)| *dialect);
    match (line.dialects, pinned) {
        (Dialects::Only(dialect), _) | (Dialects::Mixed, Some(dialect)) => dialect,
        (Dialects::Mixed, None) => match percent("dialect", &biller.id) {
            0..40 => Dialect::JsonHmac,
            40..50 => Dialect::JsonRsa,
            50..70 => Dialect::XmlGb18030,
            70..90 => Dialect::Form,
            _ => Dialect::JsonSm2,
        },
    }
}

fn flow(line: &Line, code: &str) -> Flow {
    if is_pinned(code) {
        return line.flows[0];
    }
    let count = line.flows.len() as u64;
    line.flows[(super::hash::hash(code) % count) as usize]
}

/// One package for each family and dialect; hand-written plugins have one each.
fn package(line: &Line, dialect: Dialect) -> String {
    if dialect.is_declarative() && line.kind == Kind::BillPayment {
        format!("{PUBLISHER}/{}-{}", line.family, dialect.as_str())
    } else {
        format!("{PUBLISHER}/{}", line.family)
    }
}
