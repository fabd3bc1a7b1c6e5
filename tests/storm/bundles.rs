//! Mutated bundles: altered after they were signed, or made of altered files and
//! signed properly, so that the later checks meet them too.

use guichet_registry::bundle::BundleFile;

use crate::package::{file, files, signed};
use guichet_tests::chance::Chance;

/// A bundle, and whether it may be let in.
pub struct Mutant {
    pub bytes: Vec<u8>,
    pub lawful: Lawful,
}

/// Whether a mutant may be let in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lawful {
    /// Never: its bytes are not those that were signed.
    Never,
    /// If it passes the checks.
    Perhaps,
}

/// Pieces on which readers of numbers and texts stumble.
const PIECES: [&[u8]; 22] = [
    b"-1",
    b"0",
    b"18446744073709551616",
    b"1e999",
    b"nan",
    b"null",
    b"true",
    b"\"",
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"\n",
    b"\0",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    b"\\u0000",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"(a+)+$",
];

/// The most bytes of repeated services.
const SERVICES_BYTES: usize = 512 << 10;

/// The bundle of a case; none where the writer refuses the altered files.
pub fn bundle(chance: &mut Chance) -> Option<Mutant> {
    if chance.below(5) < 2 {
        let good = signed(files())?;
        let bytes = altered(chance, good.clone());
        let lawful = if bytes == good {
            Lawful::Perhaps
        } else {
            Lawful::Never
        };
        return Some(Mutant { bytes, lawful });
    }
    let mut made = files();
    for _ in 0..=chance.below(3) {
        change(chance, &mut made);
    }
    let bytes = signed(made)?;
    let lawful = Lawful::Perhaps;
    Some(Mutant { bytes, lawful })
}

fn change(chance: &mut Chance, files: &mut Vec<BundleFile>) {
    match chance.below(8) {
        0 => {
            let names = ["a", "tests/a.json", "README.md", "sbom.json", "x/y/z.wasm"];
            let name = chance.pick(&names);
            let size = chance.below(3_000);
            let bytes = chance.bytes(size);
            files.push(file(name, &bytes));
        }
        1 => {
            let position = chance.below(files.len());
            files.swap_remove(position);
        }
        2 => {
            if let Some(services) = files
                .iter_mut()
                .find(|file| file.path.as_str() == "services.jsonl")
            {
                let line = services.bytes.clone();
                // Enough for every bound on lines, without a storm of memory.
                for _ in 0..chance.below(300).min(SERVICES_BYTES / (line.len() + 1)) {
                    services.bytes.push(b'\n');
                    services.bytes.extend_from_slice(&line);
                }
            }
        }
        _ => {
            let position = chance.below(files.len());
            if let Some(file) = files.get_mut(position) {
                file.bytes = altered(chance, std::mem::take(&mut file.bytes));
            }
        }
    }
}

/// One to six changes anywhere.
fn altered(chance: &mut Chance, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = at + chance.below((bytes.len() - at).min(200) + 1);
        match chance.below(7) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                let to = chance.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            4 => bytes.truncate(at),
            5 => {
                let count = chance.below(40);
                let piece = chance.bytes(count);
                bytes.splice(at..at, piece);
            }
            _ => {
                let piece = *chance.pick(&PIECES);
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes
}
