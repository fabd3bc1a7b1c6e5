//! The embedded tables, and bad ones.

use super::*;

#[test]
fn the_embedded_tables_are_whole() {
    let taxonomy = Taxonomy::embedded();
    let count = |level| {
        taxonomy
            .regions()
            .iter()
            .filter(|region| region.level == level)
            .count()
    };
    assert_eq!(count(RegionLevel::Country), 1);
    assert_eq!(count(RegionLevel::Province), 31);
    assert_eq!(count(RegionLevel::City), 333);
    assert_eq!(count(RegionLevel::District), 2_975);
    for region in taxonomy.regions() {
        let top = taxonomy.chain(region.code.as_str()).last().unwrap();
        assert_eq!(top.code.as_str(), "000000", "{region:?}");
    }
    assert!(taxonomy.category("water").is_some());
    assert!(taxonomy.category("wine").is_none());
}

#[test]
fn pseudo_rows_do_not_stand_between_a_county_and_its_province() {
    let taxonomy = Taxonomy::embedded();
    let parent = |code: &str| taxonomy.region(code).unwrap().parent.clone().unwrap();
    assert_eq!(parent("110101").as_str(), "110000");
    assert_eq!(parent("500230").as_str(), "500000");
    assert_eq!(parent("429004").as_str(), "420000");
    assert_eq!(parent("330106").as_str(), "330100");
    assert_eq!(parent("441900").as_str(), "440000");
    assert!(taxonomy.contains("330000", "330106"));
    assert!(!taxonomy.contains("330106", "330100"));
}

#[test]
fn bad_tables_are_refused() {
    let categories = include_str!("../../data/categories.toml");
    let country = "000000\t全国\t全国\tNationwide\n";
    assert!(Taxonomy::read(country, categories).is_ok());
    let orphan = format!("{country}330106\t西湖区\t西湖\tXihu District\n");
    let error = Taxonomy::read(&orphan, categories).unwrap_err();
    assert!(error.to_string().contains("line 2"), "{error}");
    let twice = format!("{categories}{categories}");
    assert!(Taxonomy::read(country, &twice).is_err());
}
