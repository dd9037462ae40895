//! Slices that cannot be read, given to the series that lack them.

use std::collections::{BTreeMap, BTreeSet};

use hounsfield::Note;

use super::{
    geometry::{self, Axes, V3},
    header::Header,
    lie::Lie,
    series::Series,
};
use crate::{item::Item, plan::file_name};

/// How many broken slices are named.
const NAMED: usize = 5;
/// Axes of slices of one series differ by less, as a series' own do.
const SAME_AXES_DEG: f64 = 1.0;

/// An image whose pixels cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub(super) name: String,
    pub(super) reason: String,
    /// Frames in it.
    pub(super) slices: usize,
    /// Of a single slice.
    pub(super) position: Option<V3>,
}

/// Gives each image that cannot be read to the series that it is most likely from:
/// of those with its Series Instance UID, class and size, one of its acquisition, that has no
/// slice at its place; then the longest. Where another lies at its place, it is nobody's.
pub(super) fn give_out(broken: &[(&Item, &Header)], all: &mut [Series]) {
    for (item, header) in broken {
        let Some(shape) = header.shape.filter(|_| !header.series.is_empty()) else { continue };
        let Some(frame) = header.frames.first() else { continue };
        let slices = header.frames.len();
        let position = geometry::position(frame.position_lps).filter(|_| slices == 1);
        let axes = frame.orientation_lps.as_ref().and_then(Axes::new);
        let fits = |series: &Series| {
            let h = &series.header;
            h.series == header.series
                && h.sop_class == header.sop_class
                && h.modality == header.modality
                && h.shape.is_some_and(|s| {
                    (s.columns, s.rows, s.samples_per_pixel)
                        == (shape.columns, shape.rows, shape.samples_per_pixel)
                })
                && axes.zip(series.axes).is_none_or(|(a, b)| a.angle_deg(&b) <= SAME_AXES_DEG)
        };
        let free = |series: &Series| {
            position.is_none() || series.slices.iter().all(|slice| slice.position != position)
        };
        let rank = |series: &Series| {
            let acquisition = series.header.acquisition_number == header.acquisition_number;
            (acquisition, free(series), series.slices.len())
        };
        if let Some(series) =
            all.iter_mut().filter(|series| fits(series)).max_by_key(|series| rank(series))
            // Else a good copy of it is there, and nothing is lost.
            && free(series)
        {
            series.broken.push(Broken {
                name: file_name(&item.name).to_owned(),
                reason: header.unusable.clone(),
                slices,
                position,
            });
        }
    }
}

/// Planes between slices whose own slice is broken.
pub(super) fn planes(series: &Series, lie: &Lie) -> BTreeSet<usize> {
    let first = series.slices.first().and_then(|slice| slice.position);
    let (Some(steps), Some(first)) = (&lie.steps, first) else { return BTreeSet::new() };
    let start = lie.axes.split(first)[2];
    let plane = |at: f64| {
        let next = lie.d_mm.partition_point(|d| *d <= at);
        let pair = next.checked_sub(1)?..=next;
        let (&[d0, d1], &[k0, k1]) = (lie.d_mm.get(pair.clone())?, steps.plane_of.get(pair)?)
        else {
            return None;
        };
        let plane = k0 + ((at - d0) / (d1 - d0) * (k1 - k0) as f64).round() as usize;
        (k0 < plane && plane < k1).then_some(plane)
    };
    let places = series.broken.iter().filter_map(|slice| slice.position);
    places.filter_map(|p| plane(lie.axes.split(p)[2] - start)).collect()
}

/// How many slices of a series are broken.
pub(super) fn count(series: &Series) -> usize {
    series.broken.iter().fold(0, |sum, image| image.slices.saturating_add(sum))
}

/// Says which slices are broken.
pub(super) fn note(series: &Series, notes: &mut Vec<Note>) {
    let n = count(series);
    if n == 0 {
        return;
    }
    let by_name: BTreeMap<&str, &str> =
        series.broken.iter().map(|slice| (slice.name.as_str(), slice.reason.as_str())).collect();
    let mut names: Vec<String> =
        by_name.iter().take(NAMED).map(|(name, why)| format!("“{name}” ({why})")).collect();
    if by_name.len() > NAMED {
        names.push(format!("and {} more", by_name.len() - NAMED));
    }
    let (verb, was) = if n == 1 { ("is", "was") } else { ("are", "were") };
    let all = series.slices.len().saturating_add(n);
    let names = names.join(", ");
    notes.push(Note::new(
        "broken_slices",
        format!("{n} of {all} slices {verb} broken and {was} left out: {names}."),
    ));
}
