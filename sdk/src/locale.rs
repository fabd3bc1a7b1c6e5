//! The language of the call's texts. A plugin's messages are in the citizen's
//! language; Chinese and English are what Guichet speaks.

use core::cell::Cell;

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::Chinese) };
}

#[derive(Clone, Copy)]
enum Language {
    Chinese,
    English,
}

/// Takes the language from a BCP 47 tag; what is not Chinese reads English.
/// The export macro's glue does this at the beginning of each call.
pub fn set(tag: &str) {
    let primary = tag.split('-').next().unwrap_or_default();
    let chinese = primary.is_empty() || primary.eq_ignore_ascii_case("zh");
    LANGUAGE.set(if chinese {
        Language::Chinese
    } else {
        Language::English
    });
}

/// The text in the language of the call.
#[must_use]
pub fn pick<'a>(chinese: &'a str, english: &'a str) -> &'a str {
    match LANGUAGE.get() {
        Language::Chinese => chinese,
        Language::English => english,
    }
}
