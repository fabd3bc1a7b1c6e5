//! The service kind *credential* as a trait, and its way into the contract.

use crate::bindings::credential::exports::guichet::service::credential::Guest;
use crate::{Context, Failure, Inputs, http, locale};

pub use crate::bindings::credential::exports::guichet::service::credential::{
    Code, Handoff, Issued, Symbology,
};

/// A proof of the citizen's own is shown, or the way to the issuer's page.
pub trait Credential {
    /// Issues the code, or its successor. `token` comes from an `ask-more` answer.
    fn issue(context: &Context, inputs: &Inputs, token: Option<&str>) -> Result<Issued, Failure>;
}

impl<T: Credential> Guest for T {
    fn issue(
        context: Context,
        inputs: Vec<(String, String)>,
        token: Option<String>,
    ) -> Result<Issued, Failure> {
        http::forget_effects();
        locale::set(&context.locale);
        T::issue(&context, &Inputs::new(inputs), token.as_deref())
    }
}
