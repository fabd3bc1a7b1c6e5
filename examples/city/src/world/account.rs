//! Accounts and their holders. Names and addresses leave here masked.

use serde::Serialize;

use super::World;
use crate::catalogue::Service;
use crate::draw::Draw;

const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭",
    "何", "林", "高", "罗", "欧阳", "上官", "司马", "诸葛",
];
const STREETS: [&str; 12] = [
    "人民路",
    "解放路",
    "建设街",
    "中山路",
    "和平里",
    "新华街",
    "文化路",
    "胜利街",
    "光明路",
    "朝阳里",
    "团结路",
    "滨河路",
];

/// Whether an account exists and owes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Missing,
    Clear,
    Owing,
}

/// An account at a biller, in json-hmac's spelling. Amounts in fen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Account {
    pub(crate) number: String,
    pub(crate) kind: &'static str,
    pub(crate) contract: String,
    pub(crate) holder: String,
    pub(crate) address: String,
    pub(crate) balance: i64,
    pub(crate) arrears: i64,
    pub(crate) notice: Option<&'static str>,
}

/// Somebody, masked.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) address: String,
}

impl Person {
    /// Draws somebody.
    pub(crate) fn draw(draw: &mut Draw) -> Self {
        let name = format!("{}*", draw.pick(&SURNAMES));
        let address = format!("{}****{}幢", draw.pick(&STREETS), 1 + draw.below(60));
        Self { name, address }
    }
}

impl World {
    /// Whether this account of the service exists and owes anything.
    pub(crate) fn standing(self, service: &Service, number: &str) -> Standing {
        let length = number.chars().count();
        let well_formed = (4..=32).contains(&length) && number.chars().all(char::is_alphanumeric);
        if !well_formed || number.ends_with("0000") {
            return Standing::Missing;
        }
        if number.ends_with("1111") {
            return Standing::Clear;
        }
        match Draw::of(self.seed, &["standing", &service.code, number]).below(100) {
            0..3 => Standing::Missing,
            3..13 => Standing::Clear,
            _ => Standing::Owing,
        }
    }

    /// The account, with what is kept for it; arrears are for the caller to sum.
    pub(crate) fn account(self, service: &Service, number: &str, balance: i64) -> Account {
        let mut draw = Draw::of(self.seed, &["account", &service.code, number]);
        let person = Person::draw(&mut draw);
        let notice = (draw.below(8) == 0).then_some("请核对户名后缴费");
        let label = service
            .inputs
            .first()
            .map_or("account", |input| input.label);
        Account {
            number: number.to_owned(),
            kind: label.strip_suffix("-number").unwrap_or(label),
            contract: format!("HT{:02}{number}", draw.below(90) + 10),
            holder: person.name,
            address: person.address,
            balance,
            arrears: 0,
            notice,
        }
    }

    /// The accounts that belong to a mobile number, one of which owes something
    /// unless the number says otherwise.
    pub(crate) fn accounts_of(self, service: &Service, phone: &str) -> Vec<String> {
        if self.standing(service, phone) == Standing::Missing {
            return Vec::new();
        }
        let mut draw = Draw::of(self.seed, &["accounts of", &service.code, phone]);
        let wanted = if phone.ends_with("1111") {
            Standing::Clear
        } else {
            Standing::Owing
        };
        let count = 2 + draw.below(2);
        (0..count)
            .map(|_| {
                // One in ten is missing or clear; sixteen draws always find one.
                (0..16)
                    .map(|_| draw.digits(10))
                    .find(|number| self.standing(service, number) == wanted)
                    .unwrap_or_else(|| format!("{}1111", draw.digits(6)))
            })
            .collect()
    }
}
