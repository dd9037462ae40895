//! The CT check: is this what it seems to be? Shown before any result, kept beside every result.

use serde::{Deserialize, Serialize};

use crate::{Error, Facts, Volume};

/// How an item came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Pass,
    /// Results may be off; the sentence says how.
    Warn,
    /// Results are likely wrong. It forbids nothing.
    Fail,
}

/// One question about a scan, and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckItem {
    /// For programs: `"modality"`, `"hu"`, `"padding"`, `"spacing"`, `"missing"`, `"tilt"`,
    /// `"orientation"`, `"rescale"`, `"contrast"`, ….
    pub id: String,
    /// A few words: "Hounsfield units".
    pub title: String,
    /// How it came out.
    pub status: Status,
    /// The numbers behind it, short: "air −998 HU, soft tissue 42 HU".
    pub value: String,
    /// One sentence for people.
    pub message: String,
}

/// All items, in a fixed order.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn check(_volume: &Volume, _facts: &Facts) -> Result<Vec<CheckItem>, Error> {
    Ok(Vec::new())
}
