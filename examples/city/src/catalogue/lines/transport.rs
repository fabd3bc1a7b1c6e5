//! Parking, toll roads, transport cards and traffic fines.

use super::{
    Amounts, Audience, Bills, Dialect, Dialects, Line, QUERY, Selection, Spread, Timing, VALIDATE,
    bill, biller,
};
use crate::catalogue::inputs;

const FINE: Line = Line {
    category: "traffic-fine",
    keywords: &[
        "交通罚款",
        "违章",
        "交通违法",
        "罚单",
        "交罚没",
        "traffic fine",
        "weizhang",
        "fakuan",
    ],
    dialects: Dialects::Only(Dialect::TrafficFine),
    inputs: inputs::FINE,
    bills: Bills::Decision {
        from: 5_000,
        to: 200_000,
    },
    selection: Selection::Single,
    audience: Audience::Both,
    flows: QUERY,
    ..bill(
        "traffic-fine",
        "traffic-fine",
        ("交通罚款", "traffic fine"),
        biller(
            "traffic-police",
            "{place}模拟交通警察支队",
            "Simulated {place} Traffic Police",
        ),
    )
};

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "停车费",
            "停车",
            "泊车",
            "路边停车",
            "parking",
            "tingchefei",
        ],
        spread: Spread::Cities { share: 50 },
        inputs: inputs::PLATE,
        bills: Bills::Decision {
            from: 300,
            to: 9_000,
        },
        audience: Audience::Both,
        ..bill(
            "parking",
            "transport",
            ("停车费", "parking fee"),
            biller(
                "parking",
                "{place}模拟停车服务公司",
                "Simulated {place} Parking Services",
            ),
        )
    },
    Line {
        keywords: &["ETC", "高速通行费", "过路费", "高速公路", "toll", "gaosu"],
        spread: Spread::Provinces,
        flows: VALIDATE,
        inputs: inputs::CARD,
        bills: Bills::Open,
        amounts: Amounts::Steps(5_000, 500_000, 1_000),
        selection: Selection::Single,
        audience: Audience::Both,
        timing: Timing::Prepaid,
        ..bill(
            "etc",
            "transport",
            ("ETC储值", "electronic toll account"),
            biller(
                "toll",
                "{place}模拟高速通行公司",
                "Simulated {place} Toll Services",
            ),
        )
    },
    Line {
        keywords: &[
            "公交卡",
            "交通卡",
            "一卡通",
            "地铁卡",
            "transport card",
            "bus card",
            "gongjiaoka",
        ],
        spread: Spread::Cities { share: 42 },
        flows: VALIDATE,
        inputs: inputs::CARD,
        bills: Bills::Open,
        amounts: Amounts::Between(1_000, 100_000),
        selection: Selection::Single,
        timing: Timing::Prepaid,
        ..bill(
            "transit-card",
            "transport",
            ("交通卡充值", "transport card top-up"),
            biller(
                "transport-card",
                "{place}模拟交通卡公司",
                "Simulated {place} Transport Card",
            ),
        )
    },
    FINE,
    Line {
        key: "traffic-fine-highway",
        title: ("高速公路交通罚款", "motorway traffic fine"),
        biller: biller(
            "motorway-police",
            "{place}模拟高速公路交通警察总队",
            "Simulated {place} Motorway Police",
        ),
        spread: Spread::Provinces,
        ..FINE
    },
];
