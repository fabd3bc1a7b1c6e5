//! The choice of a region, for a service that serves several. Where a service
//! serves one, nobody is asked.

use guichet_domain::id::RegionCode;
use guichet_registry::Service;
use guichet_registry::taxonomy::{Region, Taxonomy};

use super::{Choice, Field};
use crate::inputs::FieldError;
use crate::language::Language;
use crate::web::texts::Texts;

/// The field's name. No input of a service has it: theirs have no colon.
pub(in crate::web) const NAME: &str = "service:region";

/// What a form says about the region.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) enum Said {
    /// One that the service serves, or none where there is nothing to choose.
    Region(Option<RegionCode>),
    /// None, or one that the service does not serve.
    Nothing,
}

/// Reads the choice among a form's values.
pub(in crate::web) fn said(service: &Service, values: &[(String, String)]) -> Said {
    if service.regions.len() < 2 {
        return Said::Region(None);
    }
    let code = values.iter().find(|(name, _)| name == NAME);
    let own = code.and_then(|(_, code)| served(service, code));
    own.map_or(Said::Nothing, |code| Said::Region(Some(code.clone())))
}

/// The region of that code, where a choice is offered and it is among them.
pub(in crate::web) fn served<'a>(service: &'a Service, code: &str) -> Option<&'a RegionCode> {
    let is_offered = service.regions.len() > 1;
    let mut regions = service.regions.iter();
    regions.find(|region| is_offered && region.as_str() == code.trim())
}

/// The field with all regions of the service.
pub(in crate::web) fn field(
    service: &Service,
    values: &[(String, String)],
    errors: &[FieldError],
    t: &Texts,
    language: Language,
) -> Option<Field> {
    if service.regions.len() < 2 {
        return None;
    }
    let value = values.iter().find(|(name, _)| name == NAME);
    let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
    let problem = errors.iter().find(|error| error.field == NAME);
    let taxonomy = Taxonomy::embedded();
    let choices = service.regions.iter().map(|code| Choice {
        label: taxonomy
            .region(code.as_str())
            .map_or(code.as_str(), |region| {
                language.pick(&region.name, &region.english)
            })
            .to_owned(),
        chosen: code.as_str() == value,
        value: code.to_string(),
    });
    Some(Field {
        name: NAME.to_owned(),
        label: t.region_label.clone(),
        help: Some(t.region_help.clone()),
        described: true,
        required: true,
        problem: problem.map(|error| error.message.clone()),
        choices: choices.collect(),
        ..Field::empty()
    })
}

/// The region of the service that the words of a search name, where they name
/// exactly one.
pub(in crate::web) fn named<'a>(service: &'a Service, words: &str) -> Option<&'a RegionCode> {
    if service.regions.len() < 2 {
        return None;
    }
    let words = words.to_lowercase();
    let mut met = service.regions.iter().filter(|code| {
        let region = Taxonomy::embedded().region(code.as_str());
        region.is_some_and(|region| is_named(region, &words))
    });
    met.next().filter(|_| met.next().is_none())
}

/// People leave the kind of place away: 西湖 for 西湖区, `Xihu` for `Xihu District`.
fn is_named(region: &Region, words: &str) -> bool {
    let english = region.english.to_lowercase();
    let bare = [" district", " county", " city"]
        .iter()
        .find_map(|kind| english.strip_suffix(kind))
        .unwrap_or(&english);
    words.contains(&*region.short_name) || words.contains(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str) -> &'static Region {
        Taxonomy::embedded().region(code).unwrap()
    }

    #[test]
    fn places_are_known_by_what_people_call_them() {
        let xihu = region("330106");
        for words in [
            "西湖 水费",
            "杭州西湖区水费",
            "xihu district water",
            "water xihu",
        ] {
            assert!(is_named(xihu, words), "{words}");
        }
        for words in ["杭州 水费", "hangzhou water", ""] {
            assert!(!is_named(xihu, words), "{words}");
        }
    }
}
