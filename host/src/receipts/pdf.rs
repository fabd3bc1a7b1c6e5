//! A receipt on paper: one page or more, with the short signed form as a QR code
//! and the whole receipt attached. Draws what the statement says and nothing else.

use pdf_writer::types::AssociationKind;
use pdf_writer::{Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use super::document::Document;
use super::font::{self, BOLD, Chinese, LATIN};
use super::ink::{Ink, PAGE_HEIGHT, PAGE_WIDTH, Style, points, wrapped};
use super::paper::{Line, lines, title};
use super::statement::Statement;
use crate::language::Language;

const LEFT: i32 = 56;
const RIGHT: i32 = PAGE_WIDTH - LEFT;
const VALUES: i32 = LEFT + 150;
const TOP: i32 = 84;
/// What stands lower goes to the next page.
const BOTTOM: i32 = PAGE_HEIGHT - 72;
/// Of the QR code.
const SIDE: i32 = 150;

const TITLE: Style = Style {
    size: 20,
    latin: BOLD,
    grey: 0.0,
};
const LABEL: Style = Style {
    size: 10,
    latin: LATIN,
    grey: 0.35,
};
const VALUE: Style = Style {
    size: 10,
    latin: LATIN,
    grey: 0.0,
};
const SUM: Style = Style {
    size: 14,
    latin: BOLD,
    grey: 0.0,
};

/// Draws a receipt.
#[must_use]
pub fn draw(statement: &Statement, document: &Document, language: Language) -> Vec<u8> {
    let (pages, chinese) = pages(statement, document, language);
    assemble(&pages, &chinese, title(language), document)
}

/// The receipt that is attached to a PDF as `draw` makes it; none in other files.
#[must_use]
pub fn attached(pdf: &[u8]) -> Option<&[u8]> {
    let find = |from: usize, what: &[u8]| {
        let rest = pdf.get(from..)?;
        let place = rest.windows(what.len()).position(|part| part == what)?;
        Some(from + place + what.len())
    };
    if !pdf.starts_with(b"%PDF-") {
        return None;
    }
    let begin = find(find(0, b"/Type /EmbeddedFile")?, b"stream\n")?;
    let end = find(begin, b"\nendstream")? - b"\nendstream".len();
    pdf.get(begin..end)
}

/// The content of each page, and the font that it needs.
fn pages(
    statement: &Statement,
    document: &Document,
    language: Language,
) -> (Vec<Vec<u8>>, Chinese) {
    let mut ink = Ink::new();
    ink.text((LEFT, TOP), TITLE, title(language));
    let mut y = TOP + 18;
    for line in lines(statement, document, language) {
        let (style, height, values) = match &line {
            Line::Rule => (VALUE, 14, Vec::new()),
            Line::Fact(_, value) => (VALUE, 17, wrapped(value, VALUE.size, RIGHT - VALUES)),
            Line::Sum(_, value) => (SUM, 24, wrapped(value, SUM.size, RIGHT - VALUES)),
            Line::Note(text) => (LABEL, 15, wrapped(text, LABEL.size, RIGHT - LEFT)),
        };
        let rows = i32::try_from(values.len().max(1)).unwrap_or(i32::MAX);
        if y + rows.saturating_mul(height) > BOTTOM {
            ink.turn();
            y = TOP;
        }
        match &line {
            Line::Rule => ink.rule(y + height, (LEFT, RIGHT)),
            Line::Fact(label, _) | Line::Sum(label, _) => {
                ink.text((LEFT, y + height), LABEL, label);
            }
            Line::Note(_) => {}
        }
        let left = if matches!(line, Line::Note(_)) {
            LEFT
        } else {
            VALUES
        };
        for value in &values {
            y += height;
            ink.text((left, y), style, value);
        }
        if values.is_empty() {
            y += height;
        }
    }
    if y + SIDE > BOTTOM {
        ink.turn();
        y = TOP;
    }
    ink.code((LEFT, y + 16), SIDE, &document.code);
    ink.finish()
}

/// Numbers of the parts that every receipt has; pages come behind them.
struct Parts;

impl Parts {
    const CATALOG: i32 = 1;
    const PAGES: i32 = 2;
    const FILE: i32 = 3;
    const ATTACHED: i32 = 4;
    const INFORMATION: i32 = 5;
    const FONTS: i32 = 6;
}

fn assemble(pages: &[Vec<u8>], chinese: &Chinese, title: &str, document: &Document) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let first_page = font::write(&mut pdf, Parts::FONTS, chinese);
    let attached = Ref::new(Parts::FILE);
    let name = Str(b"receipt.json");
    let mut catalog = pdf.catalog(Ref::new(Parts::CATALOG));
    catalog.pages(Ref::new(Parts::PAGES));
    catalog
        .names()
        .embedded_files()
        .names()
        .insert(name, attached);
    catalog.insert(Name(b"AF")).array().item(attached);
    catalog.finish();
    let mut information = pdf.document_info(Ref::new(Parts::INFORMATION));
    information
        .title(TextStr(title))
        .producer(TextStr("Guichet"));
    information.finish();
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    let page_of = |number: i32| Ref::new(first_page + number * 2);
    pdf.pages(Ref::new(Parts::PAGES))
        .kids((0..count).map(page_of))
        .count(count);
    for (number, content) in (0..).zip(pages) {
        let content_of = Ref::new(first_page + number * 2 + 1);
        let mut page = pdf.page(page_of(number));
        page.media_box(Rect::new(0.0, 0.0, points(PAGE_WIDTH), points(PAGE_HEIGHT)));
        page.parent(Ref::new(Parts::PAGES)).contents(content_of);
        font::name(&mut page.resources(), Parts::FONTS, chinese);
        page.finish();
        pdf.stream(content_of, content);
    }
    let text = document.text();
    pdf.embedded_file(Ref::new(Parts::ATTACHED), text.as_bytes())
        .subtype(Name(b"application/json"));
    let mut file = pdf.file_spec(attached);
    file.path(name)
        .unic_file(TextStr("receipt.json"))
        .association_kind(AssociationKind::Source);
    file.embedded_file(Ref::new(Parts::ATTACHED));
    file.finish();
    pdf.finish()
}
