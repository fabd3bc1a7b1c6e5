//! Values that go into and come out of both databases: text, 64-bit integers
//! and bytes, each possibly absent. States are kept as words, times as
//! microseconds, so that nothing else is needed.

use guichet_domain::Moment;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, Column as _, Row as _, TypeInfo as _};

use super::StoreError;

/// One parameter or one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, possibly absent.
    Text(Option<String>),
    /// A number, possibly absent.
    Int(Option<i64>),
    /// Bytes, possibly absent.
    Bytes(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(Some(i64::from(number)))
    }
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Int(Some(moment.micros()))
    }
}

impl From<Option<Moment>> for Value {
    fn from(moment: Option<Moment>) -> Self {
        Self::Int(moment.map(Moment::micros))
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Bytes(bytes)
    }
}

/// One row; cells are read by their position in the `select`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    pub(super) const fn of(cells: Vec<Value>) -> Self {
        Self(cells)
    }

    /// A text that must be there.
    pub fn text(&self, position: usize) -> Result<&str, StoreError> {
        self.text_or_none(position)?
            .ok_or(StoreError::Shape(position))
    }

    /// A text that may be absent.
    pub fn text_or_none(&self, position: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(position) {
            Some(Value::Text(text)) => Ok(text.as_deref()),
            // SQLite does not know the type of an absent cell.
            Some(Value::Int(None) | Value::Bytes(None)) => Ok(None),
            Some(Value::Int(Some(_)) | Value::Bytes(Some(_))) | None => {
                Err(StoreError::Shape(position))
            }
        }
    }

    /// A number that must be there.
    pub fn int(&self, position: usize) -> Result<i64, StoreError> {
        self.int_or_none(position)?
            .ok_or(StoreError::Shape(position))
    }

    /// A number that may be absent.
    pub fn int_or_none(&self, position: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(position) {
            Some(Value::Int(number)) => Ok(*number),
            Some(Value::Text(None) | Value::Bytes(None)) => Ok(None),
            Some(Value::Text(Some(_)) | Value::Bytes(Some(_))) | None => {
                Err(StoreError::Shape(position))
            }
        }
    }

    /// Bytes that must be there.
    pub fn bytes(&self, position: usize) -> Result<&[u8], StoreError> {
        self.bytes_or_none(position)?
            .ok_or(StoreError::Shape(position))
    }

    /// Bytes that may be absent.
    pub fn bytes_or_none(&self, position: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.0.get(position) {
            Some(Value::Bytes(bytes)) => Ok(bytes.as_deref()),
            Some(Value::Text(None) | Value::Int(None)) => Ok(None),
            Some(Value::Text(Some(_)) | Value::Int(Some(_))) | None => {
                Err(StoreError::Shape(position))
            }
        }
    }

    /// A moment that must be there.
    pub fn moment(&self, position: usize) -> Result<Moment, StoreError> {
        self.int(position).map(Moment::from_micros)
    }

    /// A moment that may be absent.
    pub fn moment_or_none(&self, position: usize) -> Result<Option<Moment>, StoreError> {
        Ok(self.int_or_none(position)?.map(Moment::from_micros))
    }

    /// A text parsed into a validated name or word.
    pub fn parsed<T: std::str::FromStr>(&self, position: usize) -> Result<T, StoreError> {
        self.text(position)?
            .parse()
            .map_err(|_| StoreError::Shape(position))
    }
}

pub(super) fn postgres_arguments(values: &[Value]) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text.as_deref()),
            Value::Int(number) => arguments.add(number),
            Value::Bytes(bytes) => arguments.add(bytes.as_deref()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// One array for each column of the rows, of the type that the first row shows.
pub(super) fn postgres_columns(rows: &[Vec<Value>]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for (column, shown) in rows.iter().take(1).flatten().enumerate() {
        let cells = rows.iter().map(|row| row.get(column));
        match shown {
            Value::Text(_) => arguments.add(array(cells, |cell| match cell {
                Value::Text(text) => Some(text.as_deref()),
                Value::Int(_) | Value::Bytes(_) => None,
            })?),
            Value::Int(_) => arguments.add(array(cells, |cell| match cell {
                Value::Int(number) => Some(*number),
                Value::Text(_) | Value::Bytes(_) => None,
            })?),
            Value::Bytes(_) => arguments.add(array(cells, |cell| match cell {
                Value::Bytes(bytes) => Some(bytes.as_deref()),
                Value::Text(_) | Value::Int(_) => None,
            })?),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// The cells of one column, which are all of one type.
fn array<'a, T>(
    cells: impl Iterator<Item = Option<&'a Value>>,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let read = |(row, cell): (usize, Option<&'a Value>)| {
        cell.and_then(&read).ok_or(StoreError::Shape(row))
    };
    cells.enumerate().map(read).collect()
}

pub(super) fn from_postgres(row: &PgRow) -> Result<Row, sqlx::Error> {
    let mut cells = Vec::with_capacity(row.len());
    for (position, column) in row.columns().iter().enumerate() {
        cells.push(match column.type_info().name() {
            "INT8" => Value::Int(row.try_get(position)?),
            "INT4" => Value::Int(row.try_get::<Option<i32>, _>(position)?.map(i64::from)),
            "BYTEA" => Value::Bytes(row.try_get(position)?),
            _ => Value::Text(row.try_get(position)?),
        });
    }
    Ok(Row(cells))
}
