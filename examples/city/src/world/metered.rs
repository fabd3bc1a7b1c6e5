//! Readings and tiers of metered bills.

use serde::Serialize;

use crate::draw::Draw;

/// A meter's reading, in json-hmac's spelling.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Reading {
    pub(crate) meter: String,
    pub(crate) previous: String,
    pub(crate) current: String,
    pub(crate) used: String,
    pub(crate) measure: &'static str,
    #[serde(serialize_with = "super::bill::write_date")]
    pub(crate) read_on: time::Date,
}

/// One step of the tariff, in json-hmac's spelling. The price is yuan text.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tier {
    pub(crate) name: &'static str,
    pub(crate) quantity: String,
    pub(crate) measure: &'static str,
    pub(crate) price: String,
    pub(crate) amount: i64,
}

/// What the meter of a service says and costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tariff {
    pub(super) measure: &'static str,
    /// A hundredth of a fen for a unit of the first tier.
    pub(super) price: u32,
    pub(super) tiered: bool,
}

impl Tariff {
    /// Draws a month's use and its reading.
    pub(super) fn reading(self, draw: &mut Draw, read_on: time::Date) -> (Reading, i64) {
        let usual = if self.measure == "kWh" {
            90..480
        } else {
            6..60
        };
        let used = draw.between(usual.start, usual.end);
        let previous = draw.between(200, 9_000);
        let reading = Reading {
            meter: format!("M{}", draw.digits(8)),
            previous: previous.to_string(),
            current: (previous + used).to_string(),
            used: used.to_string(),
            measure: shown(self.measure),
            read_on,
        };
        (reading, used)
    }

    /// Splits the use into tiers, each half as dear again as the one before.
    pub(super) fn tiers(self, used: i64) -> Vec<Tier> {
        let width = if self.measure == "kWh" { 230 } else { 18 };
        let names = ["第一阶梯", "第二阶梯", "第三阶梯"];
        let mut price = i64::from(self.price);
        let mut left = used;
        let mut tiers = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let last = !self.tiered || index + 1 == names.len();
            let quantity = if last { left } else { left.min(width) };
            tiers.push(Tier {
                name,
                quantity: quantity.to_string(),
                measure: shown(self.measure),
                price: format!("{}.{:04}", price / 10_000, price % 10_000),
                // A hundredth of a fen, rounded half up.
                amount: (quantity * price + 50) / 100,
            });
            left -= quantity;
            if left == 0 {
                break;
            }
            price += price / 2;
        }
        tiers
    }
}

fn shown(measure: &'static str) -> &'static str {
    if measure == "m3" { "m³" } else { measure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_share_out_the_whole_use_and_grow_dearer() {
        let tariff = Tariff {
            measure: "m3",
            price: 29_000,
            tiered: true,
        };
        let tiers = tariff.tiers(50);
        let quantities: Vec<_> = tiers.iter().map(|tier| tier.quantity.as_str()).collect();
        assert_eq!(quantities, ["18", "18", "14"]);
        let prices: Vec<_> = tiers.iter().map(|tier| tier.price.as_str()).collect();
        assert_eq!(prices, ["2.9000", "4.3500", "6.5250"]);
        assert_eq!(tiers[0].amount, 5_220);
        assert_eq!(tariff.tiers(3).len(), 1);
        assert_eq!(
            Tariff {
                tiered: false,
                ..tariff
            }
            .tiers(50)
            .len(),
            1
        );
    }
}
