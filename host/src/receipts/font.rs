//! The fonts of a receipt. Latin text uses Helvetica, which every reader has.
//! Chinese text uses Droid Sans Fallback (Apache 2.0, `assets/README.md`), of which
//! the shapes that a receipt needs are put into its file, so that it looks the same
//! on a machine without Chinese fonts, and in thirty years. What that font does not
//! have (signs such as ℃) is left to the reader's own (PDF 1.7, section 9.7.5.2).

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::writers::{FontDescriptor, Resources};
use pdf_writer::{Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;
use ttf_parser::Face;

static CHINESE_FONT: &[u8] = include_bytes!("../../assets/DroidSansFallback.ttf");

/// Names of the fonts in a page's content.
pub(super) const LATIN: Name<'static> = Name(b"L");
pub(super) const BOLD: Name<'static> = Name(b"B");
pub(super) const CHINESE: Name<'static> = Name(b"C");
pub(super) const READERS: Name<'static> = Name(b"R");

/// How the embedded part is called: six letters before the font's own name.
const EMBEDDED: Name<'static> = Name(b"GUICHE+DroidSansFallback");
/// What a reader without the font of this name replaces.
const SONG: Name<'static> = Name(b"STSong-Light");

const NO_ORDER: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// The Chinese font, with the shapes that were asked for so far.
pub(super) struct Chinese {
    face: Face<'static>,
    shapes: GlyphRemapper,
    /// By the number in the file: the character, and how wide it is.
    shown: BTreeMap<u16, (char, u16)>,
    /// Whether a character was asked for that the font does not have.
    falls_short: bool,
}

impl Chinese {
    pub(super) fn new() -> Self {
        Self {
            face: Face::parse(CHINESE_FONT, 0).expect("the font is part of the program"),
            shapes: GlyphRemapper::new(),
            shown: BTreeMap::new(),
            falls_short: false,
        }
    }

    /// The number of a character's shape in the file; none where the font has none.
    pub(super) fn shape(&mut self, character: char) -> Option<u16> {
        let Some(glyph) = self.face.glyph_index(character) else {
            self.falls_short = true;
            return None;
        };
        let number = self.shapes.remap(glyph.0);
        let advance = self.face.glyph_hor_advance(glyph).unwrap_or_default();
        self.shown.insert(number, (character, advance));
        Some(number)
    }

    /// A measure of the font in thousandths of its size.
    fn thousandths(&self, units: impl Into<i32>) -> f32 {
        super::ink::points(units.into() * 1_000 / i32::from(self.face.units_per_em()))
    }
}

/// Writes the fonts from this number on, and gives the next one that is free.
pub(super) fn write(pdf: &mut Pdf, first: i32, chinese: &Chinese) -> i32 {
    for (number, name) in (first..).zip([&b"Helvetica"[..], b"Helvetica-Bold"]) {
        pdf.type1_font(Ref::new(number))
            .base_font(Name(name))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    if chinese.falls_short {
        write_readers(pdf, first + 2);
    }
    write_embedded(pdf, first + 5, chinese);
    first + 10
}

/// Lets a page use the fonts that `write` wrote from this number on.
pub(super) fn name(resources: &mut Resources<'_>, first: i32, chinese: &Chinese) {
    let mut fonts = resources.fonts();
    for (name, place) in [(LATIN, 0), (BOLD, 1), (CHINESE, 5)] {
        fonts.pair(name, Ref::new(first + place));
    }
    if chinese.falls_short {
        fonts.pair(READERS, Ref::new(first + 2));
    }
}

/// The font that is not embedded: it takes UTF-16.
fn write_readers(pdf: &mut Pdf, first: i32) {
    let [font, shapes, descriptor] = [0, 1, 2].map(|place| Ref::new(first + place));
    pdf.type0_font(font)
        .base_font(SONG)
        .encoding_predefined(Name(b"UniGB-UTF16-H"))
        .descendant_font(shapes);
    pdf.cid_font(shapes)
        .subtype(CidFontType::Type0)
        .base_font(SONG)
        .system_info(SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"GB1"),
            supplement: 4,
        })
        .font_descriptor(descriptor)
        .default_width(1000.0);
    let mut descriptor = pdf.font_descriptor(descriptor);
    describe(&mut descriptor, SONG, [880.0, -120.0]);
    descriptor.bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0));
}

/// The font that is: it takes numbers of shapes.
fn write_embedded(pdf: &mut Pdf, first: i32, chinese: &Chinese) {
    let [font, shapes, descriptor, file, texts] =
        [0, 1, 2, 3, 4].map(|place| Ref::new(first + place));
    pdf.type0_font(font)
        .base_font(EMBEDDED)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(shapes)
        .to_unicode(texts);
    let mut cid = pdf.cid_font(shapes);
    cid.subtype(CidFontType::Type2)
        .base_font(EMBEDDED)
        .system_info(NO_ORDER)
        .font_descriptor(descriptor)
        .cid_to_gid_map_predefined(Name(b"Identity"))
        .default_width(1000.0);
    let mut widths = cid.widths();
    for (number, (_, advance)) in &chinese.shown {
        widths.same(*number, *number, chinese.thousandths(*advance));
    }
    drop(widths);
    drop(cid);
    let face = &chinese.face;
    let heights = [face.ascender(), face.descender()].map(|height| chinese.thousandths(height));
    let mut described = pdf.font_descriptor(descriptor);
    describe(&mut described, EMBEDDED, heights);
    let area = face.global_bounding_box();
    let [left, foot, right, top] =
        [area.x_min, area.y_min, area.x_max, area.y_max].map(|place| chinese.thousandths(place));
    described.bbox(Rect::new(left, foot, right, top));
    described.font_file2(file);
    drop(described);
    let part = subsetter::subset(CHINESE_FONT, 0, &chinese.shapes);
    let part = part.expect("the font is part of the program");
    let length = i32::try_from(part.len()).expect("a part of a font of a few megabytes");
    pdf.stream(file, &part).pair(Name(b"Length1"), length);
    let mut meaning = UnicodeCmap::new(Name(b"Guichet-Chinese"), NO_ORDER);
    for (number, (character, _)) in &chinese.shown {
        meaning.pair(*number, *character);
    }
    pdf.cmap(texts, &meaning.finish());
}

fn describe(descriptor: &mut FontDescriptor<'_>, name: Name<'_>, [ascent, descent]: [f32; 2]) {
    descriptor
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .italic_angle(0.0)
        .ascent(ascent)
        .descent(descent)
        .cap_height(ascent)
        .stem_v(93.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_characters_of_names_have_a_shape_and_only_those_shown_are_embedded() {
        let mut chinese = Chinese::new();
        // The 20,902 Han characters of GBK, and with them those of GB 2312.
        assert!(('\u{4e00}'..='\u{9fa5}').all(|han| chinese.face.glyph_index(han).is_some()));
        assert!(
            "，。；：（）《》、￥"
                .chars()
                .all(|mark| chinese.shape(mark).is_some())
        );
        assert_eq!(chinese.shape('℃'), None);
        let mut pdf = Pdf::new();
        let mut few = Chinese::new();
        assert_eq!(few.shape('水'), few.shape('水'));
        write(&mut pdf, 1, &few);
        let pdf = pdf.finish();
        assert!(pdf.len() < 6_000);
        let names_song = |pdf: &[u8]| pdf.windows(6).any(|part| part == b"STSong");
        assert!(!names_song(&pdf));
        let mut pdf = Pdf::new();
        write(&mut pdf, 1, &chinese);
        assert!(names_song(&pdf.finish()));
    }
}
