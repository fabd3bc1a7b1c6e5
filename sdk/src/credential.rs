//! The service kind *credential* as a trait, and its way into the contract.

use crate::bindings::credential::exports::guichet::service::credential::Guest;
use crate::call::{Pairs, begin, kept};
use crate::{Context, Failure, Inputs};

pub use crate::bindings::credential::exports::guichet::service::credential::{
    Code, Handoff, Issued, Symbology,
};

/// A proof of the citizen's own is shown, or the way to the issuer's page.
pub trait Credential {
    /// Issues the code, or its successor. `token` comes from an `ask-more` answer.
    fn issue(context: &Context, inputs: &Inputs, token: Option<&str>) -> Result<Issued, Failure>;
}

impl<T: Credential> Guest for T {
    #[inline(always)]
    fn issue(context: Context, inputs: Pairs, token: Option<String>) -> Result<Issued, Failure> {
        let (context, inputs) = (begin(context), kept(Inputs::new(inputs)));
        T::issue(&context, &inputs, kept(token).as_deref())
    }
}
