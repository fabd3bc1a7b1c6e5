//! What is drawn beside an input: label, help and hints, by the input's label
//! key. Which inputs a service has stands in `inputs`.

/// Texts and hints of one kind of input.
pub(super) struct Label {
    pub(super) key: &'static str,
    pub(super) label: (&'static str, &'static str),
    pub(super) help: (&'static str, &'static str),
    /// Name of a screen keyboard in the catalogue record.
    pub(super) keyboard: &'static str,
    /// Name of a mask rule; none shows the value.
    pub(super) mask: Option<&'static str>,
    /// What a camera can read.
    pub(super) scan: Option<&'static str>,
}

/// The texts of a label key.
pub(super) fn label(key: &str) -> &'static Label {
    LABELS
        .iter()
        .find(|label| label.key == key)
        .expect("every input's label stands in the table")
}

const fn plain(
    key: &'static str,
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
) -> Label {
    Label {
        key,
        label,
        help,
        keyboard: "digits",
        mask: None,
        scan: None,
    }
}

const fn scanned(
    key: &'static str,
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
) -> Label {
    Label {
        scan: Some("barcode"),
        ..plain(key, label, help)
    }
}

const LABELS: &[Label] = &[
    scanned(
        "household",
        ("户号", "Household number"),
        (
            "10位数字，印在纸质账单上方",
            "10 digits, printed at the top of the paper bill",
        ),
    ),
    plain(
        "contract",
        ("合同号", "Contract number"),
        (
            "10位数字，见合同或缴费通知单",
            "10 digits, on your contract or payment notice",
        ),
    ),
    scanned(
        "meter",
        ("电表号", "Meter number"),
        (
            "12位数字，印在电表面板上",
            "12 digits, printed on the meter",
        ),
    ),
    Label {
        scan: Some("text"),
        ..plain(
            "card",
            ("卡号", "Card number"),
            (
                "16位数字，印在卡片背面",
                "16 digits, printed on the back of the card",
            ),
        )
    },
    Label {
        keyboard: "telephone",
        mask: Some("keep-last-four"),
        ..plain(
            "phone",
            ("手机号码", "Mobile number"),
            ("11位手机号码", "The 11 digits of the mobile number"),
        )
    },
    Label {
        keyboard: "telephone",
        mask: Some("keep-last-four"),
        ..plain(
            "donor",
            ("捐款人手机号码", "Donor's mobile number"),
            ("用于接收捐赠票据", "The donation receipt is sent to it"),
        )
    },
    plain(
        "student",
        ("学号", "Student number"),
        ("12位数字，由学校提供", "12 digits, given by the school"),
    ),
    plain(
        "registration",
        ("报名序号", "Registration number"),
        (
            "14位数字，见报名确认单",
            "14 digits, on the registration slip",
        ),
    ),
    Label {
        keyboard: "plate",
        scan: Some("plate"),
        ..plain(
            "plate",
            ("车牌号", "Number plate"),
            ("例如：浙A12345", "For example 浙A12345"),
        )
    },
    scanned(
        "payment-code",
        ("缴款码", "Payment code"),
        (
            "20位数字，印在缴款通知书上",
            "20 digits, printed on the payment notice",
        ),
    ),
    Label {
        keyboard: "latin",
        ..plain(
            "taxpayer",
            ("纳税人识别号", "Taxpayer number"),
            (
                "18位统一社会信用代码",
                "The 18 places of the unified social credit code",
            ),
        )
    },
    Label {
        keyboard: "identity-number",
        mask: Some("keep-last-four"),
        scan: Some("identity-card"),
        ..plain(
            "identity",
            ("身份证号码", "Identity number"),
            ("18位，最后一位可能是X", "18 places; the last one may be X"),
        )
    },
    plain(
        "member",
        ("会员编号", "Membership number"),
        (
            "12位数字，由所在组织提供",
            "12 digits, given by your organisation",
        ),
    ),
    scanned(
        "decision",
        ("处罚决定书编号", "Penalty-decision number"),
        (
            "15位数字，印在处罚决定书右上角",
            "15 digits, at the top right of the penalty decision",
        ),
    ),
    plain(
        "certificate",
        ("证书编号", "Certificate number"),
        (
            "18位数字，印在证书上",
            "18 digits, printed on the certificate",
        ),
    ),
];
