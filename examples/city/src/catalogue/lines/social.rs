//! Social insurance and provident fund: what a city's offices answer.

use super::{Consent, Dialect, Dialects, Line, Spread, biller, inquiry};
use crate::catalogue::inputs;

const FUND: Consent = Consent {
    scopes: &["identity.name", "identity.number"],
    purpose: (
        "向住房公积金管理中心查询本人账户、缴存明细和证明",
        "To ask the provident fund centre for your account, deposits and certificate",
    ),
    assurance: "substantial",
};

pub(super) const LINES: &[Line] = &[
    Line {
        category: "social-insurance",
        keywords: &[
            "社保查询",
            "社保",
            "参保",
            "养老金",
            "social security",
            "shebao",
        ],
        ..inquiry(
            "social-insurance-inquiry",
            "contributions",
            ("社保参保查询", "social-insurance record"),
            biller(
                "labour",
                "{place}模拟人力资源和社会保障局",
                "Simulated {place} Labour Office",
            ),
        )
    },
    Line {
        keywords: &[
            "公积金",
            "住房公积金",
            "公积金查询",
            "provident fund",
            "gongjijin",
        ],
        dialects: Dialects::Only(Dialect::ProvidentFund),
        inputs: inputs::NOTHING,
        consent: Some(&FUND),
        ..inquiry(
            "provident-fund",
            "provident-fund",
            ("住房公积金查询", "housing provident fund"),
            biller(
                "provident-fund",
                "{place}模拟住房公积金管理中心",
                "Simulated {place} Provident Fund Centre",
            ),
        )
    },
    Line {
        keywords: &[
            "医保余额",
            "医保账户",
            "医保查询",
            "medical insurance",
            "yibao",
        ],
        spread: Spread::Provinces,
        ..inquiry(
            "medical-insurance-inquiry",
            "contributions",
            ("医保账户查询", "medical-insurance account"),
            biller(
                "medical-insurance",
                "{place}模拟医疗保障局",
                "Simulated {place} Medical Insurance Office",
            ),
        )
    },
];
