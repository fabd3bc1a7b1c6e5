//! Tables of cities: which are big, and which are heated from a central plant,
//! with the dates of their climate. From common knowledge of the country; no
//! service is made here.

use super::traits::Season;

/// Municipalities, provincial capitals and other cities with several companies
/// in one trade.
const BIG: &[&str] = &[
    "110000", "120000", "130100", "130200", "140100", "150100", "210100", "210200", "220100",
    "230100", "310000", "320100", "320200", "320300", "320500", "330100", "330200", "330300",
    "340100", "350100", "350200", "350500", "360100", "370100", "370200", "370600", "410100",
    "420100", "430100", "440100", "440300", "440600", "441900", "450100", "460100", "500000",
    "510100", "520100", "530100", "540100", "610100", "620100", "630100", "640100", "650100",
];

/// Whether several companies share one trade there.
pub(super) fn is_big(code: &str) -> bool {
    BIG.contains(&code)
}

/// Heating seasons by climate, each with the places it holds for: a province's
/// two digits mean all its cities, six digits one city.
const HEATED: &[(Season, &[&str])] = &[
    // The far north: from the beginning of October to the end of April.
    (
        season((10, 1), (4, 30)),
        &["150700", "152200", "231100", "232700", "654300", "152500"],
    ),
    // Heilongjiang and the north of Xinjiang and Inner Mongolia.
    (
        season((10, 15), (4, 15)),
        &[
            "23", "150100", "150200", "150400", "150500", "150600", "150800", "150900", "6501",
            "650200", "652300", "652700", "654000", "654200", "659001", "659004", "659005",
            "659007", "659008", "659010",
        ],
    ),
    // Jilin, Qinghai and the dry north-west.
    (
        season((10, 20), (4, 10)),
        &[
            "22", "6301", "630200", "632800", "620200", "620900", "620300", "620700", "620600",
        ],
    ),
    // Liaoning, the north of Shanxi and Hebei, Ningxia, the rest of Gansu.
    (
        season((11, 1), (3, 31)),
        &[
            "21", "64", "1402", "1406", "1409", "1307", "1308", "6201", "6204", "6205", "6208",
            "6210", "6211", "150300", "152900", "650400", "650500", "6528", "6529", "6531", "6532",
            "659002", "659003", "659006", "659009", "659011", "659012",
        ],
    ),
    // Between the Great Wall and Qinling–Huai.
    (
        season((11, 15), (3, 15)),
        &[
            "11", "12", "13", "14", "37", "6101", "6102", "6103", "6104", "6105", "6106", "6108",
            "4101", "4102", "4103", "4104", "4105", "4106", "4107", "4108", "4109", "4110", "4112",
            "419001", "3203",
        ],
    ),
];

/// Bills are paid from this long before the heating begins.
const PAYMENT_BEGINS: (u8, u8) = (9, 15);

/// When heating bills are paid in a city; none where there is no central heating.
pub(super) fn heating_payment(code: &str) -> Option<Season> {
    heating(code).map(|season| Season {
        from: PAYMENT_BEGINS,
        to: season.to,
    })
}

/// When a city is heated; the most special row of the table decides.
pub(super) fn heating(code: &str) -> Option<Season> {
    let rows = || {
        HEATED
            .iter()
            .flat_map(|(season, codes)| codes.iter().map(move |code| (season, *code)))
    };
    rows()
        .filter(|(_, prefix)| code.starts_with(prefix))
        .max_by_key(|(_, prefix)| prefix.len())
        .map(|(season, _)| *season)
}

const fn season(from: (u8, u8), to: (u8, u8)) -> Season {
    Season { from, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heating_follows_the_climate_and_stops_at_qinling_and_huai() {
        assert_eq!(heating("110000").unwrap().from, (11, 15));
        assert_eq!(heating("230100").unwrap().from, (10, 15));
        assert_eq!(heating("232700").unwrap().from, (10, 1));
        assert_eq!(heating("130700").unwrap().to, (3, 31));
        for south in [
            "310000", "330100", "440100", "320100", "510100", "610700", "460100",
        ] {
            assert_eq!(heating(south), None, "{south}");
        }
    }
}
