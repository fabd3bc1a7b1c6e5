//! Any bytes are read as a bundle or refused. Bytes taken as a package's files
//! make a bundle that is read back, countersigned, and judged at the entry door.

#![no_main]

use guichet_registry::admit::{AdmissionPolicy, Shelf, admit};
use guichet_registry::bundle::{Bundle, BundleFile, BundleLimits, countersign, verify, write};
use guichet_registry::sign::SigningKey;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 5] = [
    "component.wasm",
    "mapping.json",
    "plugin.toml",
    "services.jsonl",
    "tests/one.json",
];

fuzz_target!(|bytes: &[u8]| {
    let limits = BundleLimits::default();
    if let Ok(bundle) = Bundle::read(bytes, limits) {
        let _either = bundle.verify();
    }
    // A byte that stands in no UTF-8 text parts the files.
    let parts = bytes.split(|byte| *byte == 0xff);
    let files = PATHS
        .into_iter()
        .zip(parts)
        .map(|(path, bytes)| BundleFile {
            path: path.parse().expect("these paths are lawful"),
            bytes: bytes.to_vec(),
        });
    let key = SigningKey::from_seed(&[1; 32]);
    let (made, digest) = write(files.collect(), &key).expect("these files make a bundle");
    let registry = SigningKey::from_seed(&[2; 32]);
    let made = countersign(&made, limits, &registry).expect("a fresh bundle is countersigned");
    let verified = verify(&made, limits).expect("what was signed is verified");
    assert_eq!((verified.digest, verified.registries.len()), (digest, 1));
    let _either = admit(&made, &AdmissionPolicy::development(), &Shelf::default());
});
