//! Services that exist once for the whole country.

use super::{
    Bills, Consent, Dialect, Dialects, Kind, Line, Selection, Spread, bill, biller, inquiry,
};
use crate::catalogue::inputs;
use crate::catalogue::line::Coverage;

const REPORT: Consent = Consent {
    scopes: &["identity.name", "identity.number"],
    purpose: (
        "向征信中心申请本人信用报告",
        "To order your own credit report from the credit reference centre",
    ),
    assurance: "high",
};

const CODE: Consent = Consent {
    scopes: &["identity.name", "identity.number"],
    purpose: (
        "向发码机构申请本人电子凭证",
        "To have your electronic certificate issued",
    ),
    assurance: "substantial",
};

pub(super) const LINES: &[Line] = &[
    Line {
        keywords: &["征信", "信用报告", "征信报告", "credit report", "zhengxin"],
        spread: Spread::National(Coverage::Whole),
        dialects: Dialects::Only(Dialect::CreditReport),
        inputs: inputs::NOTHING,
        consent: Some(&REPORT),
        ..inquiry(
            "credit-report",
            "credit-report",
            ("个人信用报告", "personal credit report"),
            biller(
                "credit-reference",
                "模拟征信中心",
                "Simulated Credit Reference Centre",
            ),
        )
    },
    Line {
        category: "medical-insurance",
        kind: Kind::Credential,
        keywords: &[
            "医保码",
            "医保电子凭证",
            "医保",
            "medical insurance code",
            "yibaoma",
        ],
        spread: Spread::National(Coverage::Share(70)),
        dialects: Dialects::Only(Dialect::MedicalInsuranceCode),
        inputs: inputs::NOTHING,
        consent: Some(&CODE),
        ..inquiry(
            "medical-insurance-code",
            "medical-insurance-code",
            ("医保电子凭证", "medical-insurance code"),
            biller(
                "national-medical-insurance",
                "模拟国家医疗保障中心",
                "Simulated National Medical Insurance Centre",
            ),
        )
    },
    Line {
        kind: Kind::Credential,
        keywords: &["电子社保卡", "社保卡", "e-social-security card", "shebaoka"],
        spread: Spread::National(Coverage::Share(85)),
        dialects: Dialects::Only(Dialect::MedicalInsuranceCode),
        inputs: inputs::NOTHING,
        consent: Some(&CODE),
        ..inquiry(
            "social-security-card",
            "social-security-card",
            ("电子社保卡", "electronic social-security card"),
            biller(
                "national-labour",
                "模拟国家社会保险中心",
                "Simulated National Social Insurance Centre",
            ),
        )
    },
    Line {
        keywords: &["学历", "学位", "学历认证", "degree", "xueli"],
        spread: Spread::National(Coverage::Whole),
        inputs: inputs::CERTIFICATE,
        ..inquiry(
            "degree",
            "records",
            ("学历学位验证", "degree verification"),
            biller(
                "degrees",
                "模拟学历信息中心",
                "Simulated Degree Information Centre",
            ),
        )
    },
    Line {
        keywords: &["养老保险", "养老金测算", "全国社保", "pension", "yanglao"],
        spread: Spread::National(Coverage::Share(60)),
        ..inquiry(
            "pension",
            "contributions",
            ("养老保险全国查询", "national pension record"),
            biller(
                "national-labour",
                "模拟国家社会保险中心",
                "Simulated National Social Insurance Centre",
            ),
        )
    },
    Line {
        category: "employment",
        keywords: &[
            "职业资格证书",
            "技能证书",
            "professional certificate",
            "zhiyezige",
        ],
        spread: Spread::National(Coverage::Whole),
        inputs: inputs::CERTIFICATE,
        ..inquiry(
            "professional-certificate",
            "records",
            ("职业资格证书查询", "professional certificate"),
            biller(
                "national-personnel",
                "模拟人事考试中心",
                "Simulated Personnel Examination Centre",
            ),
        )
    },
    Line {
        category: "civil-affairs",
        keywords: &["失信", "被执行人", "judgment debtor", "shixin"],
        spread: Spread::National(Coverage::Whole),
        ..inquiry(
            "judgment-debtor",
            "records",
            ("被执行人查询", "judgment debtor record"),
            biller(
                "national-court",
                "模拟执行信息中心",
                "Simulated Enforcement Information Centre",
            ),
        )
    },
    Line {
        category: "tax",
        keywords: &["车船税", "vehicle tax", "chechuanshui"],
        spread: Spread::National(Coverage::Whole),
        inputs: inputs::PLATE,
        bills: Bills::Decision {
            from: 6_000,
            to: 540_000,
        },
        selection: Selection::Single,
        ..bill(
            "tax-vehicle",
            "tax",
            ("车船税", "vehicle and vessel tax"),
            biller(
                "national-tax",
                "模拟国家税务总局",
                "Simulated National Tax Administration",
            ),
        )
    },
];
