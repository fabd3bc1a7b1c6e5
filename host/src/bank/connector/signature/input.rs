//! Reads a `Signature-Input` header with one member, written strictly as RFC
//! 8941 serialises it. Says what is covered; checks nothing.

/// The longest header that is read.
const LIMIT_CHARACTERS: usize = 2_048;
/// Components and parameters that are read.
const LIMIT_PARTS: usize = 16;

/// What an answer's signature may cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Component {
    /// `"@status"`
    Status,
    /// `"content-digest"`
    ContentDigest,
    /// `"signature";req;key="guichet"`
    RequestSignature,
    /// Anything else: what its value is cannot be said.
    Unknown,
}

/// The header's only member.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input<'a> {
    /// The signature's label.
    pub(super) label: &'a str,
    /// Components in order, each as written.
    pub(super) components: Vec<(&'a str, Component)>,
    /// Everything after the label: what the base ends with.
    pub(super) parameters_text: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Input<'a> {
    /// Reads the header.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        if text.len() > LIMIT_CHARACTERS {
            return None;
        }
        let (label, parameters_text) = text.split_once('=')?;
        let is_label = !label.is_empty()
            && label.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte)
            });
        if !is_label {
            return None;
        }
        let mut reader = Reader(parameters_text.strip_prefix('(')?);
        let mut components = Vec::new();
        loop {
            let before = reader.0;
            let name = reader.string()?;
            let parameters = reader.parameters()?;
            let written = &before[..before.len() - reader.0.len()];
            components.push((written, component(name, &parameters)));
            if reader.0.starts_with(')') || components.len() == LIMIT_PARTS {
                break;
            }
            reader.0 = reader.0.strip_prefix(' ')?;
        }
        reader.0 = reader.0.strip_prefix(')')?;
        let parameters = reader.parameters()?;
        // Something after the end is a second member, or no lawful header.
        reader.0.is_empty().then_some(Self {
            label,
            components,
            parameters_text,
            parameters,
        })
    }

    /// A parameter's value; none where it is missing or stands twice.
    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut found = self.parameters.iter().filter(|(known, _)| *known == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

fn component(name: &str, parameters: &[(&str, &str)]) -> Component {
    let of_request = || {
        let mut sorted = parameters.to_vec();
        sorted.sort_unstable();
        sorted == [("key", super::LABEL), ("req", "")]
    };
    match name {
        "@status" if parameters.is_empty() => Component::Status,
        "content-digest" if parameters.is_empty() => Component::ContentDigest,
        "signature" if of_request() => Component::RequestSignature,
        _ => Component::Unknown,
    }
}

struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// A quoted string without escapes: nothing here needs them.
    fn string(&mut self) -> Option<&'a str> {
        let (value, rest) = self.0.strip_prefix('"')?.split_once('"')?;
        if value.contains('\\') || !value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return None;
        }
        self.0 = rest;
        Some(value)
    }

    fn word(&mut self) -> &'a str {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.*".contains(c);
        let end = self.0.find(|c| !is_word(c)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    fn parameters(&mut self) -> Option<Vec<(&'a str, &'a str)>> {
        let mut parameters = Vec::new();
        while let Some(rest) = self.0.strip_prefix(';') {
            if parameters.len() == LIMIT_PARTS {
                return None;
            }
            self.0 = rest;
            let name = self.word();
            if name.is_empty() {
                return None;
            }
            let value = match self.0.strip_prefix('=') {
                Some(rest) => {
                    self.0 = rest;
                    if rest.starts_with('"') {
                        self.string()?
                    } else {
                        Some(self.word()).filter(|word| !word.is_empty())?
                    }
                }
                None => "",
            };
            parameters.push((name, value));
        }
        Some(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "bank=(\"@status\" \"content-digest\" \"signature\";req;key=\"guichet\")\
                        ;created=1763800000;keyid=\"core\";alg=\"ed25519\";tag=\"guichet-bank-1\"";

    #[test]
    fn the_one_member_is_read() {
        let input = Input::read(GOOD).unwrap();
        assert_eq!(input.label, "bank");
        let covered: Vec<Component> = input.components.iter().map(|(_, one)| *one).collect();
        assert_eq!(
            covered,
            [
                Component::Status,
                Component::ContentDigest,
                Component::RequestSignature
            ]
        );
        assert_eq!(input.components[2].0, "\"signature\";req;key=\"guichet\"");
        assert_eq!(input.parameter("keyid"), Some("core"));
        assert_eq!(input.parameter("created"), Some("1763800000"));
        assert_eq!(input.parameter("expires"), None);
        assert_eq!(Some(input.parameters_text), GOOD.strip_prefix("bank="));
        let turned = GOOD.replace(";req;key=\"guichet\"", ";key=\"guichet\";req");
        let turned = Input::read(&turned).unwrap();
        assert_eq!(turned.components[2].1, Component::RequestSignature);
    }

    #[test]
    fn everything_else_is_no_header_or_covers_something_else() {
        for wrong in [
            String::new(),
            "bank".to_owned(),
            "bank=".to_owned(),
            "bank=()".to_owned(),
            "BANK=(\"@status\")".to_owned(),
            "bank=(\"@status\"".to_owned(),
            "bank=(\"@status)".to_owned(),
            "bank=(@status)".to_owned(),
            "bank=(\"@status\"  \"content-digest\")".to_owned(),
            "bank=(\"@status\");".to_owned(),
            "bank=(\"@status\");keyid=".to_owned(),
            "bank=(\"a\\\"b\")".to_owned(),
            format!("{GOOD}, other=(\"@status\")"),
            format!("{GOOD} "),
            format!("bank=({})", "\"@status\" ".repeat(17)),
            format!("bank=(\"@status\"){}", ";a=1".repeat(17)),
            format!("bank=(\"{}\")", "a".repeat(LIMIT_CHARACTERS)),
        ] {
            assert_eq!(Input::read(&wrong), None, "{wrong}");
        }
        for other in [
            "\"@status\";req",
            "\"signature\"",
            "\"signature\";req",
            "\"signature\";req;key=\"bank\"",
            "\"content-digest\";req",
            "\"@method\";req",
        ] {
            let text = format!("bank=({other})");
            let input = Input::read(&text).unwrap();
            assert_eq!(input.components[0].1, Component::Unknown, "{other}");
        }
        let doubled = Input::read("bank=(\"@status\");keyid=\"a\";keyid=\"b\"").unwrap();
        assert_eq!(doubled.parameter("keyid"), None);
    }
}
