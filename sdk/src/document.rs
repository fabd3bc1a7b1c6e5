//! The contract's shapes of the service kind *inquiry*, with the shortest ways
//! to make them.

pub use crate::bindings::inquiry::exports::guichet::service::inquiry::{
    Attachment, Column, Content, Document, InquiryOutcome, Section, Table,
};

use crate::Field;

impl Document {
    /// A document without sections yet.
    #[must_use]
    pub fn new(title: &str, issuer: &str, issued_at: String) -> Self {
        Self {
            title: title.to_owned(),
            number: None,
            issuer: issuer.to_owned(),
            issued_at,
            valid_until: None,
            sections: Vec::new(),
            attachments: Vec::new(),
            notice: None,
            next: None,
            details: Vec::new(),
        }
    }
}

impl Section {
    /// A section of labelled values.
    #[must_use]
    pub fn fields(title: &str, fields: Vec<Field>) -> Self {
        Self::new(title, Content::Fields(fields))
    }

    /// A section that is a table. Each row must have a cell for every column.
    #[must_use]
    pub fn table(title: &str, columns: Vec<Column>, rows: Vec<Vec<String>>) -> Self {
        Self::new(
            title,
            Content::Table(Table {
                columns,
                rows,
                details: Vec::new(),
            }),
        )
    }

    /// A section of running text.
    #[must_use]
    pub fn text(title: &str, text: &str) -> Self {
        Self::new(title, Content::Text(text.to_owned()))
    }

    fn new(title: &str, content: Content) -> Self {
        Self {
            title: title.to_owned(),
            content,
            details: Vec::new(),
        }
    }
}

impl Column {
    /// A column; formats are those of [`Field`].
    #[must_use]
    pub fn new(name: &str, label: &str, format: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            format: format.to_owned(),
            details: Vec::new(),
        }
    }
}

impl Attachment {
    /// A sealed file as the agency issued it.
    #[must_use]
    pub fn new(name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            bytes,
            verification_code: None,
            details: Vec::new(),
        }
    }
}
