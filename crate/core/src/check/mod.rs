//! The CT check: is this what it seems to be? Shown before any result, kept beside every result.
//!
//! What the file says ([`Facts`]) is held against what its voxels say: in a CT in Hounsfield units,
//! air lies near −1000 and muscle and blood near 50, whatever the header claims. The voxels are
//! counted once into a histogram (every row, or one in so many: at most four million voxels), so
//! the check takes milliseconds and the same two megabytes for any scan.

use serde::{Deserialize, Serialize};

use crate::{Error, Facts, Volume, tally::Spread};

mod blood;
mod geometry;
mod hu;
mod values;

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
    /// `"orientation"`, `"rescale"`, `"contrast"`; where they apply `"lossy"`, `"coneBeam"`.
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

impl CheckItem {
    fn new(
        id: &str,
        title: &str,
        status: Status,
        value: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            status,
            value: value.into(),
            message: message.into(),
        }
    }
}

/// All items, in a fixed order: `modality`, `hu`, `padding`, `spacing`, `missing`, `tilt`,
/// `orientation`, `rescale`, `contrast`, and where they apply `lossy` and `coneBeam`.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn check(volume: &Volume, facts: &Facts) -> Result<Vec<CheckItem>, Error> {
    let spread = Spread::of_sample(volume)?;
    let hu = hu::item(&spread, facts)?;
    let in_hu = hu.status != Status::Fail;
    let grid = volume.grid();
    let mut items = vec![
        values::modality(facts, in_hu),
        hu,
        values::padding(&spread, facts),
        geometry::spacing(grid, facts),
        geometry::missing(facts),
        geometry::tilt(grid, facts),
        geometry::orientation(facts),
        values::rescale(facts),
        values::contrast(volume, &spread, facts, in_hu),
    ];
    items.extend(values::lossy(facts));
    items.extend(values::cone_beam(facts));
    Ok(items)
}

/// What the values alone say, without a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// They look like Hounsfield units.
    pub(crate) in_hu: bool,
    /// And as if there were contrast in the vessels.
    pub(crate) contrast: bool,
}

/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn seen(volume: &Volume) -> Result<Seen, Error> {
    let spread = Spread::of_sample(volume)?;
    let in_hu = hu::fits(&spread);
    Ok(Seen { in_hu, contrast: in_hu && values::pools(volume, &spread).1 })
}

/// Longest [`summary`]: it fits the 80 bytes of a NIfTI's `descrip` together with who wrote it.
const SUMMARY_BYTES: usize = 62;
const SUMMARY_STARTS: &str = "CT check: ";

/// One line of ASCII for exports: `"CT check: fail hu, missing; warn spacing"`; at most 62 bytes.
#[must_use]
pub fn summary(items: &[CheckItem]) -> String {
    let of = |status: Status| -> Vec<&str> {
        items.iter().filter(|item| item.status == status).map(|item| item.id.as_str()).collect()
    };
    let (fails, warns) = (of(Status::Fail), of(Status::Warn));
    let named = |word: &str, ids: &[&str]| format!("{word} {}", ids.join(", "));
    let counted = |word: &str, ids: &[&str]| format!("{word} {}", ids.len());
    let line = |fails: Option<String>, warns: Option<String>| {
        let parts: Vec<String> = fails.into_iter().chain(warns).collect();
        format!(
            "{SUMMARY_STARTS}{}",
            if parts.is_empty() { "pass".into() } else { parts.join("; ") }
        )
    };
    let some = |ids: &[&str], text: String| (!ids.is_empty()).then_some(text);
    let [f, w] = [some(&fails, named("fail", &fails)), some(&warns, named("warn", &warns))];
    let short = some(&warns, counted("warn", &warns));
    [line(f.clone(), w), line(f, short.clone())]
        .into_iter()
        .find(|text| text.len() <= SUMMARY_BYTES)
        .unwrap_or_else(|| line(some(&fails, counted("fail", &fails)), short))
}

/// Is this a [`summary`], as it may stand in somebody's file?
#[must_use]
pub fn is_summary(text: &str) -> bool {
    text.starts_with(SUMMARY_STARTS)
        && text.len() <= SUMMARY_BYTES
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// One [`summary`] for a file of several parts with one each (empty: nobody checked); empty without any.
#[must_use]
pub fn summary_of_parts(parts: &[&str]) -> String {
    let Some(first) = parts.first().filter(|_| parts.iter().any(|part| !part.is_empty())) else {
        return String::new();
    };
    if parts.iter().all(|part| part == first) {
        return (*first).into();
    }
    let fails = parts.iter().filter(|part| part.contains("fail")).count();
    let checked = parts.iter().filter(|part| !part.is_empty()).count();
    let how = if fails > 0 { format!("fail for {fails} of") } else { "not the same for".into() };
    format!("{SUMMARY_STARTS}{how} {} parts, {checked} checked", parts.len())
}

#[cfg(test)]
mod tests;
