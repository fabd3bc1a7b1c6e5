//! The service kind *inquiry* as a trait, and its way into the contract.

use crate::bindings::inquiry::exports::guichet::service::inquiry::Guest;
use crate::document::InquiryOutcome;
use crate::{Context, Failure, Inputs, http, locale};

/// Something is asked and a document comes back, at once or later.
pub trait Inquiry {
    /// Asks.
    fn ask(context: &Context, inputs: &Inputs) -> Result<InquiryOutcome, Failure>;

    /// Asks again for what answered `poll-later` or `ask-more`, or for the next
    /// page of a document.
    fn poll(context: &Context, token: &str, inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let _ = (context, token, inputs);
        Err(Failure::Other("this service answers at once".to_owned()))
    }
}

impl<T: Inquiry> Guest for T {
    fn ask(context: Context, inputs: Vec<(String, String)>) -> Result<InquiryOutcome, Failure> {
        http::forget_effects();
        locale::set(&context.locale);
        T::ask(&context, &Inputs::new(inputs))
    }

    fn poll(
        context: Context,
        token: String,
        inputs: Vec<(String, String)>,
    ) -> Result<InquiryOutcome, Failure> {
        http::forget_effects();
        locale::set(&context.locale);
        T::poll(&context, &token, &Inputs::new(inputs))
    }
}
