//! Puts a guest's trap into one line: what happened and in which functions. Only
//! what a replay finds again: no addresses, no times.

use wasmtime::{Trap, WasmBacktrace};

use crate::mask;

/// Innermost functions that are named.
const FRAMES: usize = 8;
/// Bytes of a whole description.
const DESCRIPTION_BYTES: usize = 1_000;

pub(crate) fn describe(error: &wasmtime::Error) -> String {
    let mut text = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    };
    if let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() {
        let names: Vec<&str> = backtrace
            .frames()
            .iter()
            .filter_map(|frame| frame.func_name())
            .take(FRAMES)
            .collect();
        if !names.is_empty() {
            text.push_str(" in ");
            text.push_str(&names.join(" < "));
        }
    }
    // Names of functions are the publisher's own words, like its messages.
    text = mask::publishable(&text);
    truncate(&mut text, DESCRIPTION_BYTES);
    text
}

/// Shortens to at most `bytes`, on a character's border.
pub(crate) fn truncate(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        let mut text = "水费".to_owned();
        truncate(&mut text, 4);
        assert_eq!(text, "水");
    }
}
