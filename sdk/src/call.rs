//! The beginning of every call, whatever its kind.

use core::mem::ManuallyDrop;

use crate::{Context, http, locale};

/// Inputs as the contract brings them.
pub(crate) type Pairs = Vec<(String, String)>;

/// The host gives every call a fresh instance; the fake host does not.
pub(crate) fn begin(context: Context) -> ManuallyDrop<Context> {
    http::forget_effects();
    locale::set(&context.locale);
    kept(context)
}

/// Parameters live as long as the instance, which is as long as the call: no
/// code is spent on giving them back.
pub(crate) fn kept<T>(parameter: T) -> ManuallyDrop<T> {
    ManuallyDrop::new(parameter)
}
