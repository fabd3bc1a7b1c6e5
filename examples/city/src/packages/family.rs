//! What a family of packages is called.

/// The family's name in Chinese and English; its key where it has none.
pub(super) fn titles(family: &str) -> (&str, &str) {
    match family {
        "water" => ("供水与排水缴费", "Water and sewage"),
        "power" => ("电费缴纳", "Electricity"),
        "prepaid-power" => ("预付费购电", "Prepaid electricity"),
        "gas" => ("燃气缴费", "Gas"),
        "heating" => ("供暖缴费", "Central heating"),
        "homes" => ("居住类缴费", "Homes"),
        "communication" => ("通信缴费", "Communication"),
        "top-up" => ("手机充值", "Mobile top-up"),
        "education" => ("教育缴费", "Education"),
        "transport" => ("出行缴费", "Transport"),
        "traffic-fine" => ("交通罚款", "Traffic fines"),
        "treasury" => ("非税与诉讼费", "Non-tax payments and court fees"),
        "tax" => ("税费与社保缴费", "Taxes and social-insurance payments"),
        "contributions" => ("社保医保查询", "Social-insurance inquiries"),
        "provident-fund" => ("住房公积金查询", "Housing provident fund"),
        "records" => ("政务信息查询", "Public records"),
        "membership" => ("会费与捐款", "Dues and donations"),
        "credit-report" => ("个人信用报告", "Personal credit report"),
        "medical-insurance-code" => ("医保电子凭证", "Medical-insurance code"),
        "social-security-card" => ("电子社保卡", "Electronic social-security card"),
        other => (other, other),
    }
}
