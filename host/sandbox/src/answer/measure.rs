//! Measures a value by walking it with serde: the bytes of all texts and lists
//! together, without writing anything.

use serde::ser::{self, Serialize};

/// Refuses a value of more than `limit_bytes`.
pub(crate) fn within(value: &impl Serialize, limit_bytes: u32) -> Result<(), String> {
    let mut measure = Measure {
        left: u64::from(limit_bytes),
    };
    value
        .serialize(&mut measure)
        .map_err(|TooLarge| format!("the answer is larger than {limit_bytes} bytes"))
}

/// What every element counts, so that a flood of empty ones is one, too.
const ELEMENT_BYTES: u64 = 1;

struct Measure {
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("too large")]
struct TooLarge;

impl ser::Error for TooLarge {
    fn custom<T: std::fmt::Display>(_message: T) -> Self {
        Self
    }
}

impl Measure {
    fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        let bytes = bytes as u64 + ELEMENT_BYTES;
        self.left = self.left.checked_sub(bytes).ok_or(TooLarge)?;
        Ok(())
    }
}

macro_rules! scalars {
    ($($function:ident($scalar:ty);)*) => {$(
        fn $function(self, _value: $scalar) -> Result<(), TooLarge> {
            self.take(0)
        }
    )*};
}

impl ser::Serializer for &mut Measure {
    type Ok = ();
    type Error = TooLarge;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    scalars! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
    }

    fn serialize_str(self, value: &str) -> Result<(), TooLarge> {
        self.take(value.len())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), TooLarge> {
        self.take(value.len())
    }

    fn serialize_none(self) -> Result<(), TooLarge> {
        self.take(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), TooLarge> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), TooLarge> {
        self.take(0)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), TooLarge> {
        self.take(0)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
    ) -> Result<(), TooLarge> {
        self.take(0)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), TooLarge> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        value: &T,
    ) -> Result<(), TooLarge> {
        value.serialize(self)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Self, TooLarge> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self, TooLarge> {
        Ok(self)
    }
}

macro_rules! compounds {
    ($($name:ident::$function:ident($($key:ty)?);)*) => {$(
        impl ser::$name for &mut Measure {
            type Ok = ();
            type Error = TooLarge;

            fn $function<T: Serialize + ?Sized>(
                &mut self,
                $(_key: $key,)?
                value: &T,
            ) -> Result<(), TooLarge> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), TooLarge> {
                Ok(())
            }
        }
    )*};
}

compounds! {
    SerializeSeq::serialize_element();
    SerializeTuple::serialize_element();
    SerializeTupleStruct::serialize_field();
    SerializeTupleVariant::serialize_field();
    SerializeStruct::serialize_field(&'static str);
    SerializeStructVariant::serialize_field(&'static str);
}

impl ser::SerializeMap for &mut Measure {
    type Ok = ();
    type Error = TooLarge;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), TooLarge> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TooLarge> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), TooLarge> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_elements_count() {
        assert!(within(&"12345", 6).is_ok());
        assert!(within(&"12345", 5).is_err());
        assert!(within(&vec![""; 10], 10).is_ok());
        assert!(within(&vec![""; 11], 10).is_err());
        assert!(within(&vec![0_u8; 10], 10).is_ok());
        assert!(within(&Some(("ab", vec![Some("c")])), 4).is_err());
    }
}
