//! From core module to component. The contract that a plugin speaks stands in
//! custom sections of its module, so nothing here knows the contract.

use std::path::Path;

use anyhow::{Context as _, Result};
use wit_component::ComponentEncoder;

/// Writes the component unless the one that stands there is the same: its
/// modification time then tells later steps that nothing has changed.
pub(crate) fn encode_if_newer(module: &Path, component: &Path) -> Result<()> {
    if is_newer(component, module) {
        return Ok(());
    }
    let bytes = std::fs::read(module).with_context(|| format!("no {}", module.display()))?;
    let encoded = encode(&bytes)?;
    let unchanged = std::fs::read(component).is_ok_and(|present| present == encoded);
    if unchanged {
        // Seen and found equal: the next build need not look again.
        let file = std::fs::File::options().append(true).open(component)?;
        file.set_modified(std::time::SystemTime::now())?;
        return Ok(());
    }
    let draft = component.with_extension("wasm.new");
    std::fs::write(&draft, encoded)?;
    std::fs::rename(&draft, component)?;
    Ok(())
}

/// The component, checked. Only the contract's own imports can be satisfied, so
/// a plugin that needs a system interface fails here and not at admission.
fn encode(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .context("the module carries no contract")?
        .encode()
        .context("the module's imports or exports are not the contract's")
}

fn is_newer(file: &Path, than: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified());
    matches!((modified(file), modified(than)), (Ok(file), Ok(than)) if file > than)
}
