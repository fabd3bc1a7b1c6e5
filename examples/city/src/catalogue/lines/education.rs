//! Schools, kindergartens and examinations.

use super::{Bills, Line, Selection, Spread, bill, biller};
use crate::catalogue::inputs;

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &[
            "学费",
            "学杂费",
            "中小学",
            "教育缴费",
            "tuition",
            "school fees",
            "xuefei",
        ],
        spread: Spread::Districts,
        inputs: inputs::STUDENT,
        bills: Bills::Periodic {
            from: 30_000,
            to: 650_000,
            months: 6,
        },
        selection: Selection::Any,
        ..bill(
            "tuition",
            "education",
            ("学费", "tuition fees"),
            biller(
                "education",
                "{place}模拟教育局",
                "Simulated {place} Education Office",
            ),
        )
    },
    Line {
        keywords: &["幼儿园", "保教费", "托育", "kindergarten", "youeryuan"],
        spread: Spread::BigDistricts,
        inputs: inputs::STUDENT,
        bills: Bills::Periodic {
            from: 60_000,
            to: 350_000,
            months: 1,
        },
        selection: Selection::OldestFirst,
        ..bill(
            "kindergarten",
            "education",
            ("幼儿园保教费", "kindergarten fees"),
            biller(
                "education",
                "{place}模拟教育局",
                "Simulated {place} Education Office",
            ),
        )
    },
    Line {
        key: "exam-civil",
        category: "exam",
        keywords: &[
            "考试费",
            "公务员考试",
            "报名费",
            "exam",
            "civil service",
            "kaoshifei",
        ],
        spread: Spread::Provinces,
        inputs: inputs::REGISTRATION,
        bills: Bills::Decision {
            from: 5_000,
            to: 15_000,
        },
        selection: Selection::Single,
        ..bill(
            "exam",
            "education",
            ("公务员考试费", "civil-service examination fee"),
            biller(
                "examination",
                "{place}模拟考试院",
                "Simulated {place} Examination Office",
            ),
        )
    },
    Line {
        key: "exam-self-study",
        category: "exam",
        keywords: &["自考", "自学考试", "报名费", "exam", "self-study", "zikao"],
        spread: Spread::Provinces,
        inputs: inputs::REGISTRATION,
        bills: Bills::Decision {
            from: 3_000,
            to: 18_000,
        },
        selection: Selection::Single,
        ..bill(
            "exam",
            "education",
            ("自学考试费", "self-study examination fee"),
            biller(
                "examination",
                "{place}模拟考试院",
                "Simulated {place} Examination Office",
            ),
        )
    },
    Line {
        key: "exam-vocational",
        category: "exam",
        keywords: &[
            "职业资格考试",
            "会计考试",
            "报名费",
            "exam",
            "professional",
            "zhiyekaoshi",
        ],
        spread: Spread::Provinces,
        inputs: inputs::REGISTRATION,
        bills: Bills::Decision {
            from: 6_000,
            to: 30_000,
        },
        selection: Selection::Single,
        ..bill(
            "exam",
            "education",
            ("职业资格考试费", "professional examination fee"),
            biller(
                "examination",
                "{place}模拟考试院",
                "Simulated {place} Examination Office",
            ),
        )
    },
];
