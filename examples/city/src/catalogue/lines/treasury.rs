//! Money for the treasury: fees, court costs and taxes.

use super::{Audience, BillerLine, Bills, Line, Selection, Spread, bill, biller};
use crate::catalogue::inputs;
use crate::catalogue::traits::Season;

const TAX_OFFICE: BillerLine = biller("tax", "{place}模拟税务局", "Simulated {place} Tax Office");

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "非税",
            "缴款码",
            "行政事业性收费",
            "财政缴款",
            "non-tax",
            "feishui",
        ],
        inputs: inputs::PAYMENT_CODE,
        bills: Bills::Decision {
            from: 1_000,
            to: 500_000,
        },
        selection: Selection::Single,
        audience: Audience::Both,
        ..bill(
            "non-tax",
            "treasury",
            ("非税缴款", "non-tax payment"),
            biller(
                "finance",
                "{place}模拟财政局",
                "Simulated {place} Finance Office",
            ),
        )
    },
    Line {
        keywords: &["诉讼费", "法院", "案件受理费", "court fees", "susongfei"],
        spread: Spread::Cities { share: 42 },
        inputs: inputs::PAYMENT_CODE,
        bills: Bills::Decision {
            from: 5_000,
            to: 900_000,
        },
        selection: Selection::Single,
        audience: Audience::Both,
        ..bill(
            "court-fee",
            "treasury",
            ("法院诉讼费", "court fees"),
            biller("court", "{place}模拟法院", "Simulated {place} Court"),
        )
    },
    Line {
        category: "tax",
        keywords: &["个税", "个人所得税", "汇算清缴", "income tax", "geshui"],
        spread: Spread::Provinces,
        inputs: inputs::INSURED,
        bills: Bills::Decision {
            from: 2_000,
            to: 2_000_000,
        },
        selection: Selection::Any,
        ..bill(
            "tax-income",
            "tax",
            ("个人所得税", "individual income tax"),
            TAX_OFFICE,
        )
    },
    Line {
        category: "tax",
        keywords: &[
            "企业税费",
            "增值税",
            "税款",
            "business tax",
            "vat",
            "qiyeshui",
        ],
        spread: Spread::Cities { share: 100 },
        inputs: inputs::TAXPAYER,
        bills: Bills::Periodic {
            from: 50_000,
            to: 9_000_000,
            months: 3,
        },
        selection: Selection::OldestFirst,
        audience: Audience::Firms,
        ..bill(
            "tax-business",
            "tax",
            ("企业税费", "business taxes"),
            TAX_OFFICE,
        )
    },
    Line {
        keywords: &[
            "社保缴费",
            "灵活就业",
            "养老保险",
            "social insurance",
            "shebaojiaofei",
        ],
        inputs: inputs::INSURED,
        bills: Bills::Periodic {
            from: 60_000,
            to: 240_000,
            months: 1,
        },
        selection: Selection::OldestFirst,
        ..bill(
            "social-insurance-payment",
            "tax",
            ("灵活就业社保缴费", "social insurance for the self-employed"),
            TAX_OFFICE,
        )
    },
    Line {
        keywords: &[
            "医保缴费",
            "城乡居民医保",
            "新农合",
            "居民医保",
            "medical insurance",
            "yibaojiaofei",
        ],
        inputs: inputs::INSURED,
        bills: Bills::Periodic {
            from: 40_000,
            to: 40_000,
            months: 12,
        },
        selection: Selection::Any,
        season: Some(Season {
            from: (9, 1),
            to: (2, 28),
        }),
        ..bill(
            "medical-insurance-payment",
            "tax",
            ("城乡居民医保缴费", "residents' medical insurance"),
            TAX_OFFICE,
        )
    },
];
