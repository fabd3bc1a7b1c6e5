//! What a plugin that reverses nothing answers, without reading what it is asked.
#![allow(unsafe_code, reason = "an exported function takes a pointer")]

use crate::RefusalReason;
use crate::bill::Reversal;
use crate::bindings::without_reversal::exports::guichet::sdk_without_reversal::answers;

/// The refusal, lowered as the contract wants it.
///
/// # Safety
/// `parameters` points to the parameters of `reverse-payment` or
/// `reversal-status`. Both begin with a context and an order, which together are
/// larger than the 136 bytes that may be looked at here.
#[must_use]
pub unsafe fn refuse(parameters: *mut u8) -> *mut u8 {
    // SAFETY: that is the caller's promise.
    unsafe { answers::_export_answer_cabi::<Never>(parameters) }
}

struct Never;

impl answers::Guest for Never {
    #[inline(always)]
    fn answer(
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
        _: u64,
    ) -> Reversal {
        // The context is not read, so the language is not known.
        let message = "收费单位不支持冲正 / The biller takes nothing back";
        Reversal::Refused(RefusalReason::NotAllowed.with("", message))
    }
}
