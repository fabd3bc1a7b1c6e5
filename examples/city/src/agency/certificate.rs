//! Sealed certificates: a small, whole PDF with the number printed on it. The
//! seal is simulated; the verification code is what an agency would check.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::draw::Draw;
use crate::wire::Letter;

/// A certificate's file and verification code.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) base64: String,
    pub(super) verification_code: String,
}

impl Certificate {
    /// Makes the certificate of this number.
    pub(super) fn new(letter: &Letter<'_>, title: &str, number: &str) -> Self {
        let names = ["certificate", &letter.place.service.code, number];
        let verification_code = format!("V{}", Draw::of(letter.city.world.seed, &names).digits(12));
        let lines = [
            title,
            number,
            &verification_code,
            "Simulated - not a document",
        ];
        Self {
            base64: STANDARD.encode(pdf(&lines)),
            verification_code,
        }
    }
}

/// A one-page PDF 1.4 with ASCII lines.
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 14 Tf 60 780 Td 22 TL\n");
    for line in lines {
        let plain: String = line
            .chars()
            .filter(|sign| sign.is_ascii_alphanumeric() || *sign == ' ' || *sign == '-')
            .collect();
        text.push_str(&format!("({plain}) Tj T*\n"));
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::new();
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{table}"));
    file.push_str(&format!(
        "trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::pdf;

    #[test]
    fn the_cross_reference_table_points_at_the_objects() {
        let file = String::from_utf8(pdf(&["Title (x)", "No 1"])).unwrap();
        assert!(file.starts_with("%PDF-1.4\n") && file.ends_with("%%EOF\n"));
        let table = file.split("xref\n0 6\n").nth(1).unwrap();
        for (index, line) in table.lines().skip(1).take(5).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(
                file[offset..].starts_with(&format!("{} 0 obj", index + 1)),
                "{line}"
            );
        }
        assert!(file.contains("(Title x) Tj"));
    }
}
