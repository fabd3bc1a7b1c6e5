//! Day files come back as they were written, whatever stands in them; the
//! judgement knows every combination.

mod files;
mod judging;
mod limits;
mod orders;
mod places;
mod sides;
mod standing;
