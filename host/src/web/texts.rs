//! The pages' texts, read from one file for each language. A missing or unknown
//! key fails a test, so that no page is half translated.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::Language;

macro_rules! texts {
    ($($key:ident)*) => {
        /// All texts of one language; the keys stand in the language files.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Texts {
            $(#[doc = concat!("`", stringify!($key), "`")] pub $key: String,)*
            /// What to try in the search.
            pub examples: Vec<String>,
            /// Data scopes in words, by name.
            pub scopes: BTreeMap<String, String>,
        }
    };
}

texts! {
    tag brand tagline skip other_language elder standard my_payments sign_in sign_out sign_in_lead
    sign_in_button sign_in_closed footer menu search_label search_placeholder search_button
    search_examples results_for results_none results_more results_count results_all none_try back home biller agency national
    region_several region_label region_help region_missing query_button ask_button issue_button closed form_mend choose yes no colon optional any_field
    consent_title consent_agree consent_missing consent_scopes consent_purpose permissions_title account
    account_number holder address balance arrears bills_title bills_none bills_none_lead
    bill_details principal discount paid_part brought_forward rounding due reading
    late_charge_liquidated late_charge_surcharge late_charge_penalty late_charge_other
    amount_label amount_choose amount_between amount_steps amount_at_most amount_at_least
    amount_whole_plus select_any select_all select_oldest select_single next_button pending_title
    pending_lead expired_title expired_lead query_again confirm_title confirm_lead pay_to pay_from
    total pay_button account_ending bill_mend chosen_total payment_number state_requested state_held state_submitted state_applied
    state_pending state_unknown state_refused state_released state_declined state_cancelled
    state_expired state_requires_action state_reversing state_reversed state_refunding
    state_refunded authorise_title authorise_lead authorise_until authorise_button authorise_decline
    second_person_lead unknown_title unknown_lead working_title working_lead
    nothing_paid refused_lead declined_lead expired_lead_payment news_by reason released_lead receipt_title receipt_button receipt_serial
    receipt_at receipt_token receipt_token_help receipt_print receipt_card receipt_digest receipt_treasury
    receipt_pdf receipt_json receipt_verify receipt_verify_help receipt_in_log receipt_not_in_log receipt_key
    receipt_fiscal accounting_date payments_none document_number issued_at
    valid_until attachment verification_code credential_expires credential_refresh handoff_lead
    handoff_button error_title not_found_title not_found_lead error_lead error_reference
}

static CHINESE: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../../assets/language/zh-CN.toml")));
static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../../assets/language/en.toml")));

fn read(text: &str) -> Texts {
    toml::from_str(text).expect("a test reads both language files")
}

impl Texts {
    /// The texts of a language.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &CHINESE,
            Language::English => &ENGLISH,
        }
    }

    /// A data scope in words; one that no text knows, by its name.
    #[must_use]
    pub fn scope<'a>(&'a self, name: &'a str) -> &'a str {
        self.scopes.get(name).map_or(name, String::as_str)
    }
}

/// Puts values into `{name}` places of a text.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_text_and_the_same_places() {
        let (chinese, english) = (Texts::of(Language::Chinese), Texts::of(Language::English));
        assert_eq!(
            (chinese.tag.as_str(), english.tag.as_str()),
            ("zh-CN", "en")
        );
        for place in ["{minimum}", "{maximum}", "{step}"] {
            assert!(chinese.amount_steps.contains(place) && english.amount_steps.contains(place));
        }
        let names = |texts: &Texts| texts.scopes.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(chinese), names(english));
        let filled = fill(&english.amount_at_most, &[("maximum", "20.00")]);
        assert_eq!(filled, "At most 20.00 yuan");
    }
}
