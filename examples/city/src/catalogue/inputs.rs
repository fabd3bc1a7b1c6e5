//! What a citizen fills in: names and forms of inputs, each with the pattern
//! that the schema states and samples that match it. The texts drawn beside an
//! input stand in `record`.

/// One field of a service's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input {
    /// Name in the API and in the mapping's templates.
    pub name: &'static str,
    /// Which values are well-formed.
    pub form: Form,
    /// What it is called: a key of the label table.
    pub label: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
}

/// Which values of an input are well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// So many digits.
    Digits(u8),
    /// These letters or digits, then so many digits.
    Prefixed(&'static str, u8),
    /// A mobile number: 11 digits.
    Phone,
    /// A number plate with its province's character.
    Plate,
    /// An identity number of 18 places; the check digit is right.
    Identity,
    /// A calendar year from 2020 to 2026.
    Year,
    /// One of these values.
    Choice(&'static [&'static str]),
}

impl Input {
    const fn new(name: &'static str, form: Form, label: &'static str) -> Self {
        Self {
            name,
            form,
            label,
            optional: false,
        }
    }

    const fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

/// An account number of ten digits.
const fn account(label: &'static str) -> Input {
    Input::new("account", Form::Digits(10), label)
}

pub(super) const HOUSEHOLD: &[Input] = &[account("household")];
pub(super) const CONTRACT: &[Input] = &[account("contract")];
pub(super) const SECOND_STEP: &[Input] = &[Input::new("phone", Form::Phone, "phone")];
pub(super) const METER: &[Input] = &[Input::new("meter", Form::Digits(12), "meter")];
pub(super) const CARD: &[Input] = &[Input::new("account", Form::Digits(16), "card")];
pub(super) const PHONE: &[Input] = &[Input::new("account", Form::Phone, "phone")];
pub(super) const STUDENT: &[Input] = &[Input::new("account", Form::Digits(12), "student")];
pub(super) const REGISTRATION: &[Input] =
    &[Input::new("account", Form::Digits(14), "registration")];
pub(super) const PLATE: &[Input] = &[Input::new("account", Form::Plate, "plate")];
pub(super) const PAYMENT_CODE: &[Input] =
    &[Input::new("account", Form::Digits(20), "payment-code")];
pub(super) const TAXPAYER: &[Input] =
    &[Input::new("account", Form::Prefixed("91", 16), "taxpayer")];
pub(super) const INSURED: &[Input] = &[Input::new("account", Form::Identity, "identity")];
pub(super) const MEMBER: &[Input] = &[Input::new("account", Form::Digits(12), "member")];
pub(super) const DONATION: &[Input] = &[Input::new("account", Form::Phone, "donor")];
pub(super) const FINE: &[Input] = &[
    Input::new("decision", Form::Digits(15), "decision").optional(),
    Input::new("plate", Form::Plate, "plate").optional(),
];
pub(super) const PERSON: &[Input] = &[Input::new("id_number", Form::Identity, "identity")];
pub(super) const CERTIFICATE: &[Input] = &[Input::new("query", Form::Digits(18), "certificate")];
pub(super) const VEHICLE: &[Input] = &[Input::new("query", Form::Plate, "plate")];
pub(super) const NOTHING: &[Input] = &[];

/// Province characters of number plates.
const PLATES: [&str; 31] = [
    "京", "津", "冀", "晋", "蒙", "辽", "吉", "黑", "沪", "苏", "浙", "皖", "闽", "赣", "鲁", "豫",
    "鄂", "湘", "粤", "桂", "琼", "渝", "川", "贵", "云", "藏", "陕", "甘", "青", "宁", "新",
];

impl Form {
    /// The schema's pattern, anchored; none for choices.
    #[must_use]
    pub fn pattern(&self) -> Option<String> {
        Some(match self {
            Self::Digits(count) => format!("^[0-9]{{{count}}}$"),
            Self::Prefixed(prefix, count) => format!("^{prefix}[0-9]{{{count}}}$"),
            Self::Phone => "^1[3-9][0-9]{9}$".to_owned(),
            Self::Plate => format!("^[{}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{5,6}}$", PLATES.concat()),
            Self::Identity => "^[1-9][0-9]{16}[0-9X]$".to_owned(),
            Self::Year => "^202[0-6]$".to_owned(),
            Self::Choice(_) => return None,
        })
    }

    /// A well-formed value: the same for the same seed, and another for most
    /// others.
    #[must_use]
    pub fn sample(&self, seed: u64) -> String {
        match self {
            Self::Digits(count) => digits(seed, *count),
            Self::Prefixed(prefix, count) => format!("{prefix}{}", digits(seed, *count)),
            Self::Phone => format!("1{}{}", 3 + seed % 7, digits(seed / 7, 9)),
            Self::Plate => {
                let letter = char::from(b"ABCDEFGH"[(seed / 31 % 8) as usize]);
                let place = PLATES[(seed % 31) as usize];
                format!("{place}{letter}{}", digits(seed / 248, 5))
            }
            Self::Identity => identity(seed),
            Self::Year => format!("202{}", seed % 7),
            Self::Choice(values) => values[(seed % values.len() as u64) as usize].to_owned(),
        }
    }
}

/// So many digits of a scrambled seed; the first is not zero.
fn digits(seed: u64, count: u8) -> String {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut text = String::with_capacity(count.into());
    for position in 0..count {
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state ^= state >> 27;
        let digit = (state >> 32) % 10;
        let digit = if position == 0 && digit == 0 {
            1
        } else {
            digit
        };
        text.push(char::from(b'0' + digit as u8));
    }
    text
}

/// An identity number in a region that GB/T 2260 does not use (999999 would be
/// refused by nobody, and belongs to nobody), with a right check digit.
fn identity(seed: u64) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let year = 1950 + seed % 55;
    let (month, day) = (1 + seed / 55 % 12, 1 + seed / 660 % 28);
    let body = format!("999999{year}{month:02}{day:02}{}", digits(seed, 3));
    let sum: u32 = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}
