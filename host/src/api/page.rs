//! Lists in pages: `limit`, opaque cursors, and the envelope of every list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Code, Problem, Text};

/// Items of a page where the client does not say how many.
pub(super) const USUAL: u32 = 50;
/// The most items of a page.
pub(super) const MOST: u32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's stable order.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null where this is the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with every item changed into another shape.
    pub(super) fn from_items<I>(items: I, next_cursor: Option<String>) -> Self
    where
        I: IntoIterator<Item = T>,
    {
        Self {
            items: items.into_iter().collect(),
            next_cursor,
        }
    }
}

/// The checked `limit`.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(USUAL),
        Some(limit @ 1..=MOST) => Ok(limit),
        Some(_) => Err(Problem::new(Code::InvalidParameter).with_field(
            "limit",
            Text::new("应在 1 到 200 之间。", "Must lie between 1 and 200."),
        )),
    }
}

/// Makes a cursor out of the last item's sort key. `list` keeps a cursor of
/// one list from being used for another.
pub(super) fn encode_cursor(list: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}\n{key}"))
}

/// The sort key in a cursor of this list.
pub(super) fn decode_cursor(list: &str, cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .filter(|bytes| bytes.len() <= 512);
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            text.strip_prefix(list)?
                .strip_prefix('\n')
                .map(str::to_owned)
        })
        .ok_or_else(wrong_cursor)
}

/// The answer to a cursor that this API did not make.
pub(super) fn wrong_cursor() -> Problem {
    Problem::new(Code::InvalidCursor).with_field(
        "cursor",
        Text::new(
            "请原样使用上一页的 next_cursor，或不带 cursor 从头开始。",
            "Use the last page's next_cursor as it is, or begin again without a cursor.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_hold_for_their_own_list_only() {
        let cursor = encode_cursor("payments", "pay_1");
        assert_eq!(decode_cursor("payments", &cursor).unwrap(), "pay_1");
        assert_eq!(
            decode_cursor("services", &cursor).unwrap_err().code(),
            Code::InvalidCursor
        );
        for wrong in ["", "%%%", "AAAA"] {
            assert!(decode_cursor("payments", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_lie_between_1_and_200() {
        assert_eq!(limit(None).unwrap(), 50);
        assert_eq!(limit(Some(200)).unwrap(), 200);
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(201)).is_err());
    }
}
