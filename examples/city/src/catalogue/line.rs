//! Lines of business: what is the same for every company of one trade. Where a
//! line is offered is its spread; the tables stand in `lines`.

use super::inputs::Input;
use super::service::{Bills, Dialect, Flow, Kind};
use super::traits::{Amounts, Season, Selection};

/// A line of business, such as water or parking.
#[derive(Debug)]
pub struct Line {
    /// Begins the service codes; the same as the category where that is served
    /// by one line.
    pub key: &'static str,
    /// Code of the taxonomy.
    pub category: &'static str,
    /// Which packages serve it: one of this family for each dialect.
    pub family: &'static str,
    /// Which export serves it.
    pub kind: Kind,
    /// What is paid or asked, in Chinese and English, without the place.
    pub title: (&'static str, &'static str),
    /// Whose it is.
    pub biller: BillerLine,
    /// Words that people look for beside the title.
    pub keywords: &'static [&'static str],
    /// Where it is offered.
    pub spread: Spread,
    /// Which dialects its billers speak.
    pub dialects: Dialects,
    /// Flows that its billers use, chosen by the fixed hash.
    pub flows: &'static [Flow],
    /// The form.
    pub inputs: &'static [Input],
    /// What bills look like.
    pub bills: Bills,
    /// Which amounts are accepted.
    pub amounts: Amounts,
    /// How many bills one payment takes.
    pub selection: Selection,
    /// Who pays.
    pub audience: Audience,
    /// Open in this part of the year only; heating has the climate's instead.
    pub season: Option<Season>,
    /// Before or after the use.
    pub timing: Timing,
    /// What the subject must agree to, for inquiries and credentials.
    pub consent: Option<&'static Consent>,
}

/// Names of a line's billers. `{place}` is the place's full name, `{n}` the
/// company's number where a place has several.
#[derive(Debug)]
pub struct BillerLine {
    /// Part of the biller's id; lines of one agency share it.
    pub key: &'static str,
    /// In Chinese, visibly simulated.
    pub zh: &'static str,
    /// In English, visibly simulated.
    pub en: &'static str,
}

/// Where a line is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Once for the whole country; real data where `coverage` says.
    National(Coverage),
    /// Once in every province and municipality.
    Provinces,
    /// By so many competing companies in every province and municipality.
    Operators(u8),
    /// Once in every city and directly governed county, or in a share of them;
    /// always in big cities.
    Cities {
        /// Percent of the cities.
        share: u8,
    },
    /// By companies with areas of their own: several in a big city, each for
    /// several districts, and one for the counties around.
    Companies {
        /// In a big city.
        in_big: u8,
        /// Whether the counties of an ordinary city have a company too.
        counties: Counties,
    },
    /// Like companies, in the cities of the heating table only.
    HeatedCities {
        /// In a big city.
        in_big: u8,
    },
    /// In every district of a big city; once in every other city.
    Districts,
    /// In every district of a big city, nowhere else.
    BigDistricts,
}

/// Whether the counties of an ordinary city have a company of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counties {
    /// One for all counties.
    Apart,
    /// The city's company serves them too.
    Together,
}

/// Where a national service really has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Everywhere.
    Whole,
    /// In the cities that a fixed hash picks, so many percent of them.
    Share(u8),
}

/// Which dialects a line's billers speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialects {
    /// One of the five declarative ones, by the biller's fixed hash.
    Mixed,
    /// This one.
    Only(Dialect),
}

/// Who pays or asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Citizens.
    Persons,
    /// Firms.
    Firms,
    /// Citizens and firms.
    Both,
}

/// Before or after the use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// A purchase or a top-up.
    Prepaid,
    /// Something is owed.
    Postpaid,
}

/// What a subject agrees to.
#[derive(Debug)]
pub struct Consent {
    /// Attributes that the agency learns or discloses.
    pub scopes: &'static [&'static str],
    /// What for, in Chinese and English.
    pub purpose: (&'static str, &'static str),
    /// How well the subject must be known.
    pub assurance: &'static str,
}
