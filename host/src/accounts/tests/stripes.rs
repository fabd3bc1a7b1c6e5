//! Stripes: one for each node, and shared beyond sixteen.

use std::collections::BTreeSet;

use guichet_domain::Currency;

use super::super::chart::{Stripe, fee_income};

#[test]
fn every_node_has_a_stripe_of_the_chart_and_the_seventeenth_shares_the_first() {
    let name = |stripe| fee_income(stripe, Currency::CNY).account.id.to_string();
    let all: BTreeSet<String> = Stripe::all().map(name).collect();
    assert_eq!(all.len(), 16);
    for slot in 0..100 {
        assert!(all.contains(&name(Stripe::of_slot(slot))), "{slot}");
    }
    assert_eq!(name(Stripe::of_slot(1)), "fee-income:1:CNY");
    assert_eq!(Stripe::of_slot(16), Stripe::FIRST);
    assert_eq!(Stripe::of_slot(33), Stripe::of_slot(1));
}
