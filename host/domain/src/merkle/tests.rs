//! Every proof of every small tree holds, and none holds for anything else.

use proptest::prelude::*;

use super::*;

/// Not cryptographic: the tests need it to be deterministic and to spread.
fn hash(parts: &[&[u8]]) -> Digest {
    let mut state = [0x9e37_79b9_7f4a_7c15_u64; 4];
    let bytes = parts.iter().flat_map(|part| part.iter());
    for (position, byte) in bytes.enumerate() {
        for (lane, word) in state.iter_mut().enumerate() {
            *word = (*word ^ u64::from(*byte) ^ (lane as u64) << 32 ^ position as u64)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9)
                .rotate_left(29);
        }
    }
    let mut digest = [0; 32];
    for (chunk, word) in digest.chunks_mut(8).zip(state) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    Digest::from_bytes(digest)
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree::new(hash);
    for entry in 0..size {
        assert_eq!(tree.append(leaf_hash(hash, &entry.to_be_bytes())), entry);
    }
    tree
}

/// The definition of RFC 9162, section 2.1.1, word for word.
fn root_by_definition(entries: &[u64]) -> Digest {
    match entries {
        [] => hash(&[]),
        [one] => leaf_hash(hash, &one.to_be_bytes()),
        many => {
            let mut left = 1;
            while left * 2 < many.len() {
                left *= 2;
            }
            let (left, right) = many.split_at(left);
            node_hash(hash, &root_by_definition(left), &root_by_definition(right))
        }
    }
}

const SIZE: u64 = 40;

#[test]
fn roots_are_those_of_the_definition() {
    let whole = tree(SIZE);
    let entries: Vec<u64> = (0..SIZE).collect();
    for size in 0..=SIZE {
        let expected = root_by_definition(&entries[..usize::try_from(size).unwrap()]);
        assert_eq!(whole.root_at(size), Some(expected), "{size}");
        assert_eq!(tree(size).root(), expected, "{size}");
    }
    assert_eq!(whole.root_at(SIZE + 1), None);
    assert_eq!(whole.leaf(3), Some(leaf_hash(hash, &3_u64.to_be_bytes())));
    assert_eq!(whole.leaf(SIZE), None);
}

#[test]
fn the_next_root_is_known_before_the_entry_is_there() {
    let mut grown = Tree::new(hash);
    for entry in 0..70_u64 {
        let leaf = leaf_hash(hash, &entry.to_be_bytes());
        let next = grown.root_with(leaf);
        grown.append(leaf);
        assert_eq!(next, grown.root(), "{entry}");
    }
}

#[test]
fn every_entry_is_proved_and_no_other_leaf_is() {
    let whole = tree(SIZE);
    for size in 1..=SIZE {
        let root = &whole.root_at(size).unwrap();
        for index in 0..size {
            let leaf = leaf_hash(hash, &index.to_be_bytes());
            let proof = whole.inclusion(index, size).unwrap();
            let check = |leaf: &Digest, index, size, proof: &[Digest]| {
                verify_inclusion(hash, leaf, (index, size), proof, root)
            };
            assert_eq!(check(&leaf, index, size, &proof), Ok(()), "{index} {size}");
            assert!(check(&hash(&[b"x"]), index, size, &proof).is_err());
            assert!(check(&leaf, size, size, &proof).is_err());
            assert!(check(&leaf, index ^ 1, size, &proof).is_err() || size == 1);
            let mut long = proof.clone();
            long.push(leaf);
            assert!(check(&leaf, index, size, &long).is_err());
            if let Some((_, short)) = proof.split_last() {
                assert!(check(&leaf, index, size, short).is_err());
            }
        }
        assert_eq!(whole.inclusion(size, size), None);
    }
}

#[test]
fn every_older_tree_is_a_beginning_and_no_altered_one_is() {
    let whole = tree(SIZE);
    for newer in 1..=SIZE {
        for older in 1..=newer {
            let proof = whole.consistency(older, newer).unwrap();
            let check = |older_root: &Digest, newer_root: &Digest, proof: &[Digest]| {
                verify_consistency(hash, (older, older_root), (newer, newer_root), proof)
            };
            let (old, new) = (
                &whole.root_at(older).unwrap(),
                &whole.root_at(newer).unwrap(),
            );
            assert_eq!(check(old, new, &proof), Ok(()), "{older} {newer}");
            let wrong = hash(&[b"x"]);
            assert!(check(&wrong, new, &proof).is_err(), "{older} {newer}");
            assert!(check(old, &wrong, &proof).is_err(), "{older} {newer}");
            let mut long = proof.clone();
            long.push(wrong);
            assert!(check(old, new, &long).is_err(), "{older} {newer}");
        }
        assert_eq!(whole.consistency(newer + 1, newer), None);
    }
    assert_eq!(whole.consistency(0, SIZE), None);
    assert_eq!(whole.consistency(1, SIZE + 1), None);
    assert_eq!(whole.inclusion(0, SIZE + 1), None);
}

/// A proof as RFC 9162, section 2.1.3.1 defines it.
fn inclusion_by_definition(index: usize, entries: &[u64]) -> Vec<Digest> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let (left, right) = entries.split_at(1 << (entries.len() - 1).ilog2());
    let (mut proof, other) = if index < left.len() {
        (inclusion_by_definition(index, left), right)
    } else {
        (inclusion_by_definition(index - left.len(), right), left)
    };
    proof.push(root_by_definition(other));
    proof
}

/// A proof as RFC 9162, section 2.1.4.1 defines it; `known` where the verifier
/// has the root over these entries.
fn consistency_by_definition(older: usize, entries: &[u64], known: Known) -> Vec<Digest> {
    if older == entries.len() {
        return match known {
            Known::Yes => Vec::new(),
            Known::No => vec![root_by_definition(entries)],
        };
    }
    let (left, right) = entries.split_at(1 << (entries.len() - 1).ilog2());
    let (mut proof, other) = if older <= left.len() {
        (consistency_by_definition(older, left, known), right)
    } else {
        let rest = older - left.len();
        (consistency_by_definition(rest, right, Known::No), left)
    };
    proof.push(root_by_definition(other));
    proof
}

#[derive(Clone, Copy)]
enum Known {
    Yes,
    No,
}

proptest! {
    #[test]
    fn proofs_are_those_of_the_definition(
        size in 1_usize..600,
        more in 0_u64..100,
        pick in any::<prop::sample::Index>(),
    ) {
        let index = pick.index(size);
        let entries: Vec<u64> = (0..size as u64).collect();
        let tree = tree(size as u64 + more);
        let (place, newer) = (index as u64, size as u64);
        prop_assert_eq!(
            tree.inclusion(place, newer),
            Some(inclusion_by_definition(index, &entries))
        );
        prop_assert_eq!(
            tree.consistency(place + 1, newer),
            Some(consistency_by_definition(index + 1, &entries, Known::Yes))
        );
    }

    #[test]
    fn an_altered_proof_never_holds(
        size in 2_u64..300,
        pick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0_usize..256,
    ) {
        let tree = tree(size);
        let index = pick.index(usize::try_from(size).unwrap()) as u64;
        let leaf = leaf_hash(hash, &index.to_be_bytes());
        let mut proof = tree.inclusion(index, size).unwrap();
        let position = place.index(proof.len());
        let mut bytes = *proof[position].as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        proof[position] = Digest::from_bytes(bytes);
        prop_assert!(verify_inclusion(hash, &leaf, (index, size), &proof, &tree.root()).is_err());
    }
}

/// Whoever keeps the hashes elsewhere makes the same roots and proofs.
#[test]
fn plans_give_what_trees_give() {
    let mut tree = Tree::new(hash);
    let leaf = |entry: u64| leaf_hash(hash, &entry.to_be_bytes());
    for newer in 0..70 {
        let find = |subtree: Subtree| {
            let index = usize::try_from(subtree.index).unwrap();
            tree.levels.get(subtree.level as usize)?.get(index).copied()
        };
        let root = Plan::root(newer).fill(hash, find);
        assert_eq!(root, Some(vec![tree.root()]));
        for older in 0..=newer {
            let plan = Plan::inclusion(older, newer);
            let filled = plan.map(|plan| plan.fill(hash, find).unwrap());
            assert_eq!(filled, tree.inclusion(older, newer));
            let plan = Plan::consistency(older, newer);
            let filled = plan.map(|plan| plan.fill(hash, find).unwrap());
            assert_eq!(filled, tree.consistency(older, newer));
        }
        assert_eq!(Plan::root(newer + 1).fill(hash, find), None);
        tree.append(leaf(newer));
    }
}
