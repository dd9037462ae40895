//! DICOM objects into series that can each be one volume.
//!
//! ```text
//! items ─▶ frames ─▶ by what cannot differ within a volume (Key)
//!                 ─▶ by orientation and pixel spacing, with a tolerance
//!                 ─▶ by time, where places repeat (repeats.rs)
//!                 ─▶ Series, with the broken slices that are theirs ─▶ plan (stack.rs)
//! ```
//!
//! A series in a folder is often several volumes: scouts beside the scan, two phases under one
//! Series Instance UID, reformats of other orientations. Each becomes an entry of its own.

use std::collections::{BTreeMap, BTreeSet};

use hounsfield::Note;

use super::{
    broken,
    geometry::{self, Axes},
    header::Header,
    listed, repeats,
    series::{Found, Series, aside},
    siblings, stray,
};
use crate::{
    item::{Item, Kind},
    openable::{Groups, LeftOut},
    plan::file_name,
};

/// Directions and logarithms of spacings that differ by less are equal: 0.06°, 0.1 %.
const SAME: f64 = 1e-3;
/// However small the steps, what differs by more is not equal: 0.3°, 0.5 %.
const MOST: f64 = 5e-3;
/// What cannot differ within one volume.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    series_number: Option<i32>,
    series: &'a str,
    sop_class: &'a str,
    modality: &'a str,
    columns: u32,
    rows: u32,
    samples_per_pixel: u16,
    aside: Option<&'static str>,
    inverted: bool,
    has_position: bool,
    has_axes: bool,
    has_spacing: bool,
    at_detector: bool,
}

impl Key<'_> {
    /// Without what may differ between slices that lie in one even stack.
    fn place(self) -> Self {
        let aside = self.aside.filter(|aside| *aside == "scout");
        Self { series_number: None, aside, ..self }
    }
}

/// Series of all DICOM items.
pub(crate) fn groups(items: &[Item]) -> Groups {
    let mut groups = Groups::default();
    let mut sets: BTreeMap<Key<'_>, Vec<Found<'_>>> = BTreeMap::new();
    let mut broken: Vec<(&Item, &Header)> = Vec::new();
    for item in items {
        let Kind::Dicom(header) = &item.kind else { continue };
        let reason = match header.shape {
            _ if !header.unusable.is_empty() => header.unusable.as_str(),
            Some(_) if !header.frames.is_empty() => "",
            _ => "A DICOM object without an image.",
        };
        let Some(shape) = header.shape.filter(|_| reason.is_empty()) else {
            groups.left_out.push(LeftOut::one("unusable", reason, &item.name));
            broken.push((item, header));
            continue;
        };
        // Without functional groups only the first of many frames has a position.
        let placed = header.frames.iter().all(|f| geometry::position(f.position_lps).is_some());
        for (number, frame) in (0..).zip(&header.frames) {
            let mut found = Found::new(item, header, frame, number);
            if !placed {
                found.position = None;
            }
            let key = Key {
                series_number: header.series_number,
                series: &header.series,
                sop_class: &header.sop_class,
                modality: &header.modality,
                columns: shape.columns,
                rows: shape.rows,
                samples_per_pixel: shape.samples_per_pixel,
                aside: aside(header),
                inverted: header.photometric == "MONOCHROME1",
                has_position: found.position.is_some(),
                has_axes: found.axes.is_some(),
                has_spacing: found.spacing.is_some(),
                at_detector: frame.spacing_at_detector,
            };
            sets.entry(key).or_default().push(found);
        }
    }
    let mut all = Vec::new();
    let sets = sets.into_iter().map(|(key, set)| (key.place(), set));
    for set in siblings::joined(sets) {
        for frame_of_reference in by_frame_of_reference(set) {
            for same in by_axes_and_spacing(frame_of_reference) {
                volumes(same, &mut all);
            }
        }
    }
    broken::give_out(&broken, &mut all);
    listed::tell_titles_apart(&mut all);
    siblings::tell(&mut all);
    for series in all {
        listed::list(series, &mut groups);
    }
    groups
}

/// Slices in different frames of reference have nothing to do with each other; unless every slice
/// has one of its own, which is what some programs that remove names make of it.
pub(super) fn by_frame_of_reference(set: Vec<Found<'_>>) -> Vec<Vec<Found<'_>>> {
    let uids: BTreeSet<&str> = set.iter().map(|s| s.header.frame_of_reference.as_str()).collect();
    if uids.len() * 2 > set.len() && set.len() > 2 {
        return vec![set];
    }
    let mut parts: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    for slice in set {
        parts.entry(&slice.header.frame_of_reference).or_default().push(slice);
    }
    parts.into_values().collect()
}

/// Splits where direction or spacing jumps by more than [`SAME`], one number after the other.
pub(super) fn by_axes_and_spacing(set: Vec<Found<'_>>) -> Vec<Vec<Found<'_>>> {
    fn numbers(slice: &Found<'_>) -> [f64; 8] {
        let ([a, b, c], [d, e, f]) = slice.axes.map_or(([0.0; 3], [0.0; 3]), |x| (x.row, x.column));
        let [x, y] = slice.spacing.map_or([0.0; 2], |mm| mm.map(f64::ln));
        [a, b, c, d, e, f, x, y]
    }
    let mut parts = vec![set];
    for i in 0..8 {
        let mut finer = Vec::with_capacity(parts.len());
        for mut part in parts {
            part.sort_by(|a, b| numbers(a)[i].total_cmp(&numbers(b)[i]));
            let mut run: Vec<Found<'_>> = Vec::new();
            for slice in part {
                let from = |other: Option<&Found<'_>>| {
                    other.map_or(0.0, |other| numbers(&slice)[i] - numbers(other)[i])
                };
                if from(run.last()) > SAME || from(run.first()) > MOST {
                    finer.push(std::mem::take(&mut run));
                }
                run.push(slice);
            }
            finer.push(run);
        }
        parts = finer;
    }
    parts
}

/// The volumes of slices that agree in all but place and time.
fn volumes(mut slices: Vec<Found<'_>>, all: &mut Vec<Series>) {
    // Of two copies the one that lost nothing.
    slices.sort_by(|a, b| (a.header.lossy, a.taken()).cmp(&(b.header.lossy, b.taken())));
    let copies = take_copies(&mut slices);
    slices.sort_by(|a, b| a.taken().cmp(&b.taken()));
    let uids: BTreeSet<&str> =
        slices.iter().map(|s| s.header.frame_of_reference.as_str()).collect();
    let uids = uids.len();
    let stated = slices.first().and_then(|s| s.axes);
    let axes = stated.unwrap_or(Axes::AXIAL);
    let height = |s: &Found<'_>| s.position.map(|p| p[2].to_bits());
    if stated.is_none() && slices.iter().all(|s| height(s) == slices.first().and_then(height)) {
        // Positions without axes, and not one above the other: they order nothing.
        slices.iter_mut().for_each(|s| s.position = None);
    }
    let mut singles = if slices.iter().all(|s| s.position.is_some()) {
        repeats::tell_apart(slices, &axes)
    } else {
        vec![repeats::Single {
            slices,
            label: String::new(),
            duplicates: Vec::new(),
            between: false,
        }]
    };
    if let Some(first) = singles.first_mut() {
        first.duplicates.extend(copies);
    }
    let volumes = singles.len();
    let joined = singles.first().and_then(|single| siblings::told(&single.slices));
    for single in singles {
        let mut notes = Vec::new();
        if uids > 1 {
            notes.push(Note::new(
                "frames_of_reference",
                format!("Slices are in {uids} frames of reference, nearly one each; they are taken for one."),
            ));
        }
        if volumes > 1 {
            let label = &single.label;
            let told = if label.contains(repeats::REPEAT) {
                "only the order of instance numbers tells them apart"
            } else {
                "the others are listed beside it"
            };
            notes.push(Note::new(
                "series_split",
                format!(
                    "The series holds {volumes} volumes {}; this is {label}, and {told}.",
                    if single.between { "between each other" } else { "at the same places" }
                ),
            ));
        }
        notes.extend(joined.clone());
        let mut duplicates = single.duplicates;
        let mut slices = single.slices;
        for stray in stray::take(&mut slices, &axes) {
            let told = format!(
                "“{}” lies {:.1} mm to the side of the other slices and {:.1} mm beyond them: it is no part of their volume, and listed by itself.",
                file_name(&stray.slice.item.name),
                stray.aside_mm,
                stray.away_mm
            );
            notes.push(Note::new("stray_slice", told));
            let label = [single.label.as_str(), "stray slice"].map(String::from).into_iter();
            let label: Vec<String> = label.filter(|word| !word.is_empty()).collect();
            let mut series = Series::new(&[stray.slice], &[], label.join(", "), notes.clone());
            series.axes = stated;
            all.push(series);
        }
        let parts = repeats::cut_far_apart(slices, &axes);
        let count = parts.len();
        for (nth, part) in (1..).zip(parts) {
            let (mut label, mut notes) = (single.label.clone(), notes.clone());
            if count > 1 {
                label += if label.is_empty() { "" } else { ", " };
                label += &format!("stack {nth} of {count}");
                notes.push(Note::new(
                    "series_cut",
                    format!("The series' slices lie in {count} stacks too far apart to be one volume; this is stack {nth}."),
                ));
            }
            let mut series = Series::new(&part, &std::mem::take(&mut duplicates), label, notes);
            series.axes = stated;
            all.push(series);
        }
    }
}

/// Takes out files that are there twice (the same instance, the same frame); the first stays.
fn take_copies<'a>(slices: &mut Vec<Found<'a>>) -> Vec<Found<'a>> {
    let mut seen = BTreeSet::new();
    let (mut kept, mut copies) = (Vec::with_capacity(slices.len()), Vec::new());
    for slice in slices.drain(..) {
        let position = slice.position.map(|p| p.map(f64::to_bits));
        let header = slice.header;
        let key = (&header.sop_instance, header.instance_number, slice.number, position);
        if header.sop_instance.is_empty() || seen.insert(key) {
            kept.push(slice);
        } else {
            copies.push(slice);
        }
    }
    *slices = kept;
    copies
}
