//! Splitting, folding and recognising.

use super::*;

fn chinese(text: &str) -> Word {
    Word::Chinese(text.chars().collect())
}

#[test]
fn scripts_are_split_and_folded() {
    let words = split("ＥＴＣ缴费 Lu'an, Ürümqi");
    let latin = |text: &str| Word::Latin(text.to_owned());
    assert_eq!(
        words,
        [
            latin("etc"),
            chinese("缴费"),
            latin("luan"),
            latin("urumqi")
        ]
    );
    assert!(split(" ,，!").is_empty());
}

#[test]
fn names_of_regions_are_recognised() {
    let places = Places::build(Taxonomy::embedded());
    let hangzhou = vec![Span::of("330100")];
    assert_eq!(places.named(&chinese("杭州")), hangzhou);
    assert_eq!(places.named(&chinese("杭州市")), hangzhou);
    assert_eq!(places.named(&Word::Latin("hangzhou".to_owned())), hangzhou);
    assert!(places.named(&chinese("西湖")).contains(&Span::of("330106")));
    assert!(
        places
            .named(&Word::Latin("xihu".to_owned()))
            .contains(&Span::of("330106"))
    );
    assert!(places.named(&chinese("水费")).is_empty());
    let cut = places.cut(&"杭州水费".chars().collect::<Vec<_>>()).unwrap();
    assert_eq!(cut, (hangzhou.clone(), "水费".chars().collect()));
    let cut = places
        .cut(&"水费杭州市".chars().collect::<Vec<_>>())
        .unwrap();
    assert_eq!(cut, (hangzhou, "水费".chars().collect()));
}
