//! Required languages, and unreadable texts.

use super::*;

#[test]
fn both_languages_are_required_and_the_best_one_is_chosen() {
    let texts = Texts::of("水费", "Water bill").unwrap();
    assert_eq!(texts.in_locale("zh-Hans"), "水费");
    assert_eq!(texts.in_locale("en-GB"), "Water bill");
    assert_eq!(texts.in_locale("fr"), "Water bill");
    let error = serde_json::from_str::<Texts>(r#"{"zh-CN":"水费"}"#).unwrap_err();
    assert!(
        error.to_string().contains("the text in en is missing"),
        "{error}"
    );
}

#[test]
fn unreadable_texts_are_refused() {
    assert!(matches!(
        Texts::of("水费", " "),
        Err(TextsError::Unreadable(_))
    ));
    assert!(matches!(
        Texts::of("水\u{7}费", "x"),
        Err(TextsError::Unreadable(_))
    ));
    assert!(matches!(
        Texts::of(&"水".repeat(1_400), "x"),
        Err(TextsError::TooLong(_))
    ));
    let odd = [("zh-CN", "a"), ("en", "b"), ("English", "c")];
    let odd = odd.map(|(tag, text)| (tag.into(), text.into())).into();
    assert_eq!(Texts::new(odd), Err(TextsError::Tag("English".to_owned())));
}
