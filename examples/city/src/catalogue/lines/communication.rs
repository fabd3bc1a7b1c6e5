//! Cable television, broadband, fixed lines and mobile top-up.

use super::{
    Amounts, Audience, Bills, DIRECT, Line, Selection, Spread, Timing, USUAL, bill, biller,
};
use crate::catalogue::inputs;

/// Amounts of a mobile top-up.
const TOP_UPS: &[i64] = &[1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 50_000];

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "有线电视",
            "数字电视",
            "电视费",
            "cable tv",
            "youxiandianshi",
        ],
        spread: Spread::Cities { share: 20 },
        flows: USUAL,
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 2_000,
            to: 36_000,
            months: 1,
        },
        ..bill(
            "cable-tv",
            "communication",
            ("有线电视费", "cable television fee"),
            biller(
                "cable",
                "{place}模拟有线电视公司",
                "Simulated {place} Cable Television",
            ),
        )
    },
    Line {
        keywords: &["宽带", "网费", "上网", "broadband", "internet", "kuandai"],
        spread: Spread::Operators(3),
        flows: USUAL,
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 5_000,
            to: 19_900,
            months: 1,
        },
        audience: Audience::Both,
        ..bill(
            "broadband",
            "communication",
            ("宽带费", "broadband bill"),
            biller(
                "telecom",
                "{place}模拟通信{n}公司",
                "Simulated {place} Telecom{n}",
            ),
        )
    },
    Line {
        keywords: &["固话", "座机", "电话费", "landline", "guhua"],
        spread: Spread::Operators(2),
        inputs: inputs::CONTRACT,
        bills: Bills::Periodic {
            from: 2_000,
            to: 12_000,
            months: 1,
        },
        audience: Audience::Both,
        ..bill(
            "telephone",
            "communication",
            ("固定电话费", "fixed-line telephone bill"),
            biller(
                "telecom",
                "{place}模拟通信{n}公司",
                "Simulated {place} Telecom{n}",
            ),
        )
    },
    Line {
        keywords: &[
            "话费",
            "手机充值",
            "充话费",
            "手机费",
            "top-up",
            "mobile",
            "huafei",
        ],
        spread: Spread::Operators(3),
        flows: DIRECT,
        inputs: inputs::PHONE,
        bills: Bills::Open,
        amounts: Amounts::Choices(TOP_UPS),
        selection: Selection::Single,
        timing: Timing::Prepaid,
        ..bill(
            "mobile",
            "top-up",
            ("手机话费充值", "mobile top-up"),
            biller(
                "telecom",
                "{place}模拟通信{n}公司",
                "Simulated {place} Telecom{n}",
            ),
        )
    },
];
