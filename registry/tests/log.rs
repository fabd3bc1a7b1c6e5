//! The log's tree with SHA-256 agrees with the roots and proofs that other
//! implementations of RFC 6962 and RFC 9162 publish for the same entries.

use guichet_domain::Digest;
use guichet_domain::merkle::{Tree, leaf_hash, verify_consistency, verify_inclusion};
use guichet_registry::sign::sha256_parts;

const ENTRIES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn digest(hex: &str) -> Digest {
    format!("sha256:{hex}").parse().unwrap()
}

fn tree() -> Tree {
    let mut tree = Tree::new(sha256_parts);
    for entry in ENTRIES {
        tree.append(leaf_hash(sha256_parts, entry));
    }
    tree
}

#[test]
fn roots_agree() {
    let tree = tree();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(tree.root_at(size as u64), Some(digest(root)), "{size}");
    }
}

/// Entry 5 of 8, and 0 of 8: the published inclusion proofs.
#[test]
fn inclusion_proofs_agree() {
    let tree = tree();
    let published = [
        (
            0,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
    ];
    for (index, proof) in published {
        let proof = proof.map(digest).to_vec();
        assert_eq!(tree.inclusion(index, 8), Some(proof.clone()), "{index}");
        let leaf = tree.leaf(index).unwrap();
        let verified = verify_inclusion(sha256_parts, &leaf, (index, 8), &proof, &tree.root());
        assert_eq!(verified, Ok(()), "{index}");
    }
}

/// From 6 to 8, and from 2 to 5: the published consistency proofs.
#[test]
fn consistency_proofs_agree() {
    let tree = tree();
    let published: [(u64, u64, &[&str]); 2] = [
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (older, newer, proof) in published {
        let proof: Vec<Digest> = proof.iter().copied().map(digest).collect();
        assert_eq!(tree.consistency(older, newer), Some(proof.clone()));
        let (old, new) = (tree.root_at(older).unwrap(), tree.root_at(newer).unwrap());
        let verified = verify_consistency(sha256_parts, (older, &old), (newer, &new), &proof);
        assert_eq!(verified, Ok(()), "{older} {newer}");
    }
}
