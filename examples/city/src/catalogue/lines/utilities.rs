//! Water, sewage, power, gas and heating.

use super::{
    Amounts, Audience, Bills, Dialect, Dialects, Line, QUERY, Selection, Spread, Timing, USUAL,
    VALIDATE, bill, biller,
};
use crate::catalogue::inputs;
use crate::catalogue::line::Counties;

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "水费",
            "自来水",
            "自来水费",
            "供水",
            "water",
            "tap water",
            "shuifei",
            "zilaishui",
        ],
        spread: Spread::Companies {
            in_big: 3,
            counties: Counties::Apart,
        },
        flows: USUAL,
        bills: Bills::Metered {
            measure: "m3",
            price: 29_000,
            tiered: true,
        },
        audience: Audience::Both,
        ..bill(
            "water",
            "water",
            ("水费", "water bill"),
            biller(
                "water",
                "{place}模拟供水{n}公司",
                "Simulated {place} Water Company{n}",
            ),
        )
    },
    Line {
        keywords: &["污水费", "污水处理费", "排水", "sewage", "wushuifei"],
        spread: Spread::Cities { share: 25 },
        bills: Bills::Metered {
            measure: "m3",
            price: 9_500,
            tiered: false,
        },
        audience: Audience::Both,
        ..bill(
            "sewage",
            "water",
            ("污水处理费", "sewage charge"),
            biller(
                "drainage",
                "{place}模拟排水公司",
                "Simulated {place} Drainage Company",
            ),
        )
    },
    Line {
        keywords: &["电费", "供电", "用电", "electricity", "power", "dianfei"],
        flows: USUAL,
        bills: Bills::Metered {
            measure: "kWh",
            price: 5_380,
            tiered: true,
        },
        audience: Audience::Both,
        ..bill(
            "power",
            "power",
            ("电费", "electricity bill"),
            biller(
                "power",
                "{place}模拟供电公司",
                "Simulated {place} Power Company",
            ),
        )
    },
    Line {
        keywords: &[
            "购电",
            "预付费电表",
            "电表充值",
            "电费",
            "prepaid electricity",
            "goudian",
        ],
        spread: Spread::Cities { share: 42 },
        dialects: Dialects::Only(Dialect::PrepaidPower),
        flows: VALIDATE,
        inputs: inputs::METER,
        bills: Bills::Open,
        amounts: Amounts::Steps(1_000, 100_000, 100),
        selection: Selection::Single,
        timing: Timing::Prepaid,
        ..bill(
            "prepaid-power",
            "prepaid-power",
            ("购电", "prepaid electricity"),
            biller(
                "power",
                "{place}模拟供电公司",
                "Simulated {place} Power Company",
            ),
        )
    },
    Line {
        keywords: &[
            "燃气费",
            "天然气",
            "煤气费",
            "煤气",
            "gas",
            "ranqifei",
            "tianranqi",
        ],
        spread: Spread::Companies {
            in_big: 3,
            counties: Counties::Together,
        },
        flows: USUAL,
        bills: Bills::Metered {
            measure: "m3",
            price: 31_000,
            tiered: true,
        },
        audience: Audience::Both,
        ..bill(
            "gas",
            "gas",
            ("燃气费", "gas bill"),
            biller(
                "gas",
                "{place}模拟燃气{n}公司",
                "Simulated {place} Gas Company{n}",
            ),
        )
    },
    Line {
        keywords: &[
            "燃气IC卡",
            "燃气充值",
            "天然气购气",
            "购气",
            "gas card",
            "ic card",
            "gouqi",
        ],
        spread: Spread::Cities { share: 35 },
        flows: VALIDATE,
        inputs: inputs::CARD,
        bills: Bills::Open,
        amounts: Amounts::Steps(1_000, 200_000, 100),
        selection: Selection::Single,
        timing: Timing::Prepaid,
        ..bill(
            "prepaid-gas",
            "gas",
            ("燃气卡购气", "prepaid gas (card)"),
            biller(
                "gas-card",
                "{place}模拟燃气卡服务公司",
                "Simulated {place} Gas Card Company",
            ),
        )
    },
    Line {
        keywords: &[
            "暖气费",
            "供暖费",
            "采暖费",
            "热力",
            "取暖费",
            "heating",
            "nuanqifei",
            "gongnuan",
        ],
        spread: Spread::HeatedCities { in_big: 4 },
        flows: QUERY,
        bills: Bills::Periodic {
            from: 120_000,
            to: 420_000,
            months: 12,
        },
        selection: Selection::OldestFirst,
        audience: Audience::Both,
        ..bill(
            "heating",
            "heating",
            ("供暖费", "heating bill"),
            biller(
                "heating",
                "{place}模拟热力{n}公司",
                "Simulated {place} Heating Company{n}",
            ),
        )
    },
];
