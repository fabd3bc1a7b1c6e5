//! Bills: repeatable, and sums that agree.

use time::macros::date;

use super::*;
use crate::catalogue::country;

fn world(seed: u64) -> World {
    World {
        seed,
        today: date!(2026 - 11 - 21),
    }
}

fn owing(world: World, service: &Service) -> impl Iterator<Item = Vec<Bill>> {
    (0..400_u32)
        .map(move |number| world.bills(service, &format!("33010{number:05}")))
        .filter(|bills| !bills.is_empty())
}

#[test]
fn sums_agree_on_every_bill_of_a_metered_service() {
    let country = country();
    let service = country
        .services()
        .iter()
        .find(|service| service.category == "water")
        .expect("the country has water");
    let mut seen = [0; 5];
    for bills in owing(world(1), service) {
        seen[bills.len()] += 1;
        for (index, bill) in bills.iter().enumerate() {
            let charges: i64 = bill.charges.iter().map(|charge| charge.amount).sum();
            assert_eq!(charges, bill.principal);
            assert_eq!(bill.payable, bill.principal + bill.late - bill.discount);
            assert!(bill.payable > 0, "{bill:?}");
            assert_eq!(bill.order as usize, index + 1);
            assert!(bill.from < bill.to);
        }
    }
    assert!(seen[1..].iter().all(|count| *count > 20), "{seen:?}");
}

#[test]
fn another_seed_is_another_country_and_the_same_one_is_the_same() {
    let country = country();
    let service = &country.services()[0];
    let all = |seed| {
        owing(world(seed), service)
            .map(|bills| serde_json::to_string(&bills).expect("bills are JSON"))
            .collect::<Vec<_>>()
    };
    assert_eq!(all(1), all(1));
    assert_ne!(all(1), all(2));
}

#[test]
fn a_fine_grows_by_three_percent_a_day_up_to_the_principal() {
    let mut capped = 0;
    for number in 0..400 {
        let mut draw = Draw::of(number, &["fine"]);
        let bill = world(1).decision("330100123456789", 10_000, 200_000, &mut draw);
        let days = (date!(2026 - 11 - 21) - bill.due).whole_days().max(0);
        assert_eq!(
            bill.late,
            (bill.principal * days * 3 / 100).min(bill.principal)
        );
        capped += i32::from(days > 33 && bill.late == bill.principal);
    }
    assert!(capped > 10, "{capped}");
}

#[test]
fn months_are_counted_back_over_new_year() {
    assert_eq!(
        months_before(date!(2026 - 01 - 31), 1),
        date!(2025 - 12 - 01)
    );
    assert_eq!(
        months_before(date!(2026 - 11 - 21), 11),
        date!(2025 - 12 - 01)
    );
    assert_eq!(
        period_title(date!(2025 - 12 - 01), date!(2026 - 01 - 31)),
        "2025年12月至2026年1月"
    );
}
