//! The service kind *inquiry* as a trait, and its way into the contract.

use crate::bindings::inquiry::exports::guichet::service::inquiry::Guest;
use crate::call::{Pairs, begin, kept};
use crate::document::InquiryOutcome;
use crate::{Context, Failure, Inputs};

/// Something is asked and a document comes back, at once or later.
pub trait Inquiry {
    /// Asks.
    fn ask(context: &Context, inputs: &Inputs) -> Result<InquiryOutcome, Failure>;

    /// Asks again for what answered `poll-later` or `ask-more`, or for the next
    /// page of a document.
    #[inline(always)]
    fn poll(context: &Context, token: &str, inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let _ = (context, token, inputs);
        Err(Failure::Other("this service answers at once".to_owned()))
    }
}

impl<T: Inquiry> Guest for T {
    #[inline(always)]
    fn ask(context: Context, inputs: Pairs) -> Result<InquiryOutcome, Failure> {
        let (context, inputs) = (begin(context), kept(Inputs::new(inputs)));
        T::ask(&context, &inputs)
    }

    #[inline(always)]
    fn poll(context: Context, token: String, inputs: Pairs) -> Result<InquiryOutcome, Failure> {
        let (context, inputs) = (begin(context), kept(Inputs::new(inputs)));
        T::poll(&context, &kept(token), &inputs)
    }
}
