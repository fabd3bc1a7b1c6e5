//! What a home costs beside its utilities.

use super::{Audience, Bills, Line, Selection, Spread, USUAL, bill, biller};
use crate::catalogue::inputs;

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "物业费",
            "物业管理费",
            "小区物业",
            "property management",
            "wuyefei",
        ],
        spread: Spread::Districts,
        flows: USUAL,
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 45_000,
            to: 180_000,
            months: 3,
        },
        audience: Audience::Both,
        ..bill(
            "property",
            "homes",
            ("物业费", "property management fee"),
            biller(
                "property",
                "{place}模拟物业公司",
                "Simulated {place} Property Management",
            ),
        )
    },
    Line {
        keywords: &[
            "维修基金",
            "住宅专项维修资金",
            "maintenance fund",
            "weixiujijin",
        ],
        spread: Spread::Cities { share: 20 },
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 600_000,
            to: 2_400_000,
            months: 12,
        },
        selection: Selection::Single,
        ..bill(
            "maintenance-fund",
            "homes",
            ("住宅维修资金", "housing maintenance fund"),
            biller(
                "housing",
                "{place}模拟住房局",
                "Simulated {place} Housing Office",
            ),
        )
    },
    Line {
        keywords: &[
            "公租房",
            "房租",
            "廉租房",
            "public housing rent",
            "gongzufang",
        ],
        spread: Spread::Cities { share: 15 },
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 30_000,
            to: 120_000,
            months: 1,
        },
        selection: Selection::OldestFirst,
        ..bill(
            "rent",
            "homes",
            ("公租房租金", "public housing rent"),
            biller(
                "housing",
                "{place}模拟住房局",
                "Simulated {place} Housing Office",
            ),
        )
    },
    Line {
        keywords: &["租房押金", "居住押金", "保证金", "deposit", "yajin"],
        spread: Spread::Cities { share: 5 },
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 100_000,
            to: 500_000,
            months: 12,
        },
        selection: Selection::Single,
        ..bill(
            "residence",
            "homes",
            ("居住押金", "residence deposit"),
            biller(
                "rental",
                "{place}模拟租赁服务公司",
                "Simulated {place} Rental Services",
            ),
        )
    },
    Line {
        keywords: &[
            "垃圾处理费",
            "卫生费",
            "环卫",
            "refuse",
            "sanitation",
            "lajifei",
        ],
        spread: Spread::Cities { share: 15 },
        bills: Bills::Periodic {
            from: 1_500,
            to: 9_000,
            months: 3,
        },
        audience: Audience::Both,
        ..bill(
            "waste",
            "homes",
            ("垃圾处理费", "refuse collection fee"),
            biller(
                "sanitation",
                "{place}模拟环卫公司",
                "Simulated {place} Sanitation Company",
            ),
        )
    },
];
