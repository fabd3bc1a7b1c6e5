//! One fault at one exchange of a call, and the answers that are no answers.

use guichet_registry::certification::{Fault, Moment};

/// A fault at the request of this number within the call, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::certification) struct Strike {
    pub(in crate::certification) position: usize,
    pub(in crate::certification) fault: Fault,
    pub(in crate::certification) moment: Moment,
}

/// An answer in place of the recorded one.
#[derive(Clone, Copy)]
pub(super) struct Instead {
    pub(super) status: u16,
    pub(super) content_type: Option<&'static str>,
    /// None: the recorded body.
    pub(super) body: Option<&'static [u8]>,
}

/// What a gateway between the house and a biller shows when it is ill.
const PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in \
to the network</h1><p>200 OK 0000 success</p></body></html>";
const ILL: &[u8] = b"<html><body><h1>Bad Gateway</h1></body></html>";
/// Bytes that are no text in any charset used here, and no JSON nor XML.
const NOISE: &[u8] = &[
    0xff, 0x00, 0xfe, 0x9d, 0x1f, 0x8b, 0x08, 0x80, 0xff, 0xff, 0x7b, 0x22, 0xc0, 0xaf, 0x00, 0x01,
    0x3c, 0xff, 0x3e, 0xee, 0x90, 0x0a, 0xf5, 0x13, 0x37, 0xff, 0xd8, 0x00, 0x7d, 0x00, 0x81, 0xfe,
];

impl Instead {
    /// The answer of a fault that has one of its own.
    pub(super) const fn of(fault: Fault) -> Option<Self> {
        let page = Some("text/html; charset=utf-8");
        let (status, content_type, body) = match fault {
            Fault::Garbage => (200, None, Some(NOISE)),
            Fault::WrongType => (200, page, Some(PAGE)),
            // An ill biller that says nevertheless what it meant to do.
            Fault::Status500 => (500, None, None),
            Fault::Status502 => (502, page, Some(ILL)),
            Fault::Status503 => (503, page, Some(ILL)),
            Fault::Status429 => (429, Some("text/plain"), Some(b"slow down".as_slice())),
            Fault::Status202 => (202, None, Some(b"".as_slice())),
            Fault::Refused
            | Fault::ResetBefore
            | Fault::ResetAfter
            | Fault::SilentBefore
            | Fault::SilentAfter
            | Fault::LateSuccess
            | Fault::Cut
            | Fault::Truncated
            | Fault::Twice
            | Fault::Slow => return None,
        };
        Some(Self {
            status,
            content_type,
            body,
        })
    }
}
