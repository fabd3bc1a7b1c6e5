//! From core module to component. The contract that a plugin speaks stands in
//! custom sections of its module, so nothing here knows the contract.

use std::path::Path;

use wit_component::ComponentEncoder;

use crate::BuildError;

/// Writes the component unless the one that stands there is the same: its
/// modification time then tells later steps that nothing has changed.
pub fn encode_if_newer(module: &Path, component: &Path) -> Result<(), BuildError> {
    if is_newer(component, module) {
        return Ok(());
    }
    let bytes = std::fs::read(module).map_err(BuildError::file(module))?;
    let encoded = encode(&bytes).map_err(|problem| BuildError::Module {
        module: module.to_owned(),
        problem,
    })?;
    let unchanged = std::fs::read(component).is_ok_and(|present| present == encoded);
    if unchanged {
        // Seen and found equal: the next build need not look again.
        let file = std::fs::File::options().append(true).open(component);
        return file
            .and_then(|file| file.set_modified(std::time::SystemTime::now()))
            .map_err(BuildError::file(component));
    }
    let draft = component.with_extension("wasm.new");
    std::fs::write(&draft, encoded).map_err(BuildError::file(&draft))?;
    std::fs::rename(&draft, component).map_err(BuildError::file(component))
}

/// The component, checked. Only the contract's own imports can be satisfied, so
/// a plugin that needs a system interface fails here and not at admission.
fn encode(module: &[u8]) -> Result<Vec<u8>, String> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .map_err(|error| format!("the module carries no contract: {error:#}"))?
        .encode()
        .map_err(|error| {
            format!("the module's imports or exports are not the contract's: {error:#}")
        })?;
    without_names(&component)
        .ok_or_else(|| "the encoder wrote something that is no component".to_owned())
}

/// Leaves out the component's own custom sections: names for debuggers and the
/// list of tools, which no host reads. None where the sections do not fit.
fn without_names(component: &[u8]) -> Option<Vec<u8>> {
    const PREAMBLE_BYTES: usize = 8;
    const CUSTOM: u8 = 0;
    let mut kept = component.get(..PREAMBLE_BYTES)?.to_vec();
    let mut rest = &component[PREAMBLE_BYTES..];
    while let Some((&kind, after_kind)) = rest.split_first() {
        let (length, header_bytes) = leb128(after_kind)?;
        let section_bytes = 1 + header_bytes + length;
        let section = rest.get(..section_bytes)?;
        if kind != CUSTOM {
            kept.extend_from_slice(section);
        }
        rest = &rest[section_bytes..];
    }
    Some(kept)
}

/// An unsigned number of the binary format, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (position, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            return Some((value, position + 1));
        }
    }
    None
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified());
    matches!((modified(file), modified(than)), (Ok(file), Ok(than)) if file > than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_are_left_out_and_others_kept() {
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        let bare = component.clone();
        component.extend([0, 3, 1, b'n', 9]);
        component.extend([10, 0x82, 0x00, 7, 7]);
        component.extend([0, 1, 0]);
        let kept = without_names(&component).unwrap();
        assert_eq!(kept, [&bare[..], &[10, 0x82, 0x00, 7, 7]].concat());
        assert_eq!(without_names(&component[..component.len() - 1]), None);
        assert_eq!(without_names(b"\0asm"), None);
    }
}
