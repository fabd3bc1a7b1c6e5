//! Records that cities and provinces keep, dues and donations.

use super::{Amounts, Bills, DIRECT, Line, Selection, Spread, Timing, bill, biller, inquiry};
use crate::catalogue::inputs;

/// Usual amounts of a donation.
const DONATIONS: &[i64] = &[100, 1_000, 2_000, 5_000, 10_000, 50_000];

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &["不动产", "房产查询", "房产证", "real estate", "budongchan"],
        spread: Spread::Cities { share: 50 },
        inputs: inputs::CERTIFICATE,
        ..inquiry(
            "real-estate",
            "records",
            ("不动产登记查询", "real-estate registration"),
            biller(
                "real-estate",
                "{place}模拟不动产登记中心",
                "Simulated {place} Real-Estate Registry",
            ),
        )
    },
    Line {
        keywords: &["车辆查询", "机动车", "年检", "vehicle", "cheliang"],
        spread: Spread::Provinces,
        inputs: inputs::VEHICLE,
        ..inquiry(
            "vehicle",
            "records",
            ("机动车信息查询", "vehicle record"),
            biller(
                "vehicles",
                "{place}模拟车辆管理所",
                "Simulated {place} Vehicle Office",
            ),
        )
    },
    Line {
        category: "vehicle",
        keywords: &["驾驶证", "驾照", "扣分", "driving licence", "jiazhao"],
        spread: Spread::Provinces,
        ..inquiry(
            "driving-licence",
            "records",
            ("驾驶证查询", "driving licence"),
            biller(
                "vehicles",
                "{place}模拟车辆管理所",
                "Simulated {place} Vehicle Office",
            ),
        )
    },
    Line {
        keywords: &["结婚证", "婚姻登记", "离婚", "marriage", "hunyin"],
        spread: Spread::Provinces,
        ..inquiry(
            "marriage",
            "records",
            ("婚姻登记查询", "marriage registration"),
            biller(
                "civil-affairs",
                "{place}模拟民政厅",
                "Simulated {place} Civil Affairs Office",
            ),
        )
    },
    Line {
        keywords: &["户口", "户籍", "居住证", "household register", "hukou"],
        spread: Spread::Provinces,
        ..inquiry(
            "household",
            "records",
            ("户籍信息查询", "household registration"),
            biller(
                "police",
                "{place}模拟公安厅",
                "Simulated {place} Police Office",
            ),
        )
    },
    Line {
        keywords: &["党费", "党员", "party dues", "dangfei"],
        spread: Spread::Provinces,
        inputs: inputs::MEMBER,
        bills: Bills::Periodic {
            from: 200,
            to: 30_000,
            months: 1,
        },
        ..bill(
            "party-dues",
            "membership",
            ("党费", "party dues"),
            biller(
                "party",
                "{place}模拟党费收缴中心",
                "Simulated {place} Party Dues Office",
            ),
        )
    },
    Line {
        keywords: &["工会会费", "工会", "union dues", "gonghui"],
        spread: Spread::Provinces,
        inputs: inputs::MEMBER,
        bills: Bills::Periodic {
            from: 500,
            to: 10_000,
            months: 1,
        },
        ..bill(
            "union-dues",
            "membership",
            ("工会会费", "union dues"),
            biller(
                "union",
                "{place}模拟总工会",
                "Simulated {place} Trade Union",
            ),
        )
    },
    Line {
        keywords: &["慈善", "捐款", "公益", "donation", "charity", "juankuan"],
        spread: Spread::Provinces,
        flows: DIRECT,
        inputs: inputs::DONATION,
        bills: Bills::Open,
        amounts: Amounts::Choices(DONATIONS),
        selection: Selection::Single,
        timing: Timing::Prepaid,
        ..bill(
            "charity",
            "membership",
            ("慈善捐款", "charity donation"),
            biller(
                "charity",
                "{place}模拟慈善总会",
                "Simulated {place} Charity Federation",
            ),
        )
    },
];
