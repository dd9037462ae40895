//! Slices of one series that differ: joined where they lie in one even stack, else told of in each
//! other's entries.
//!
//! ```text
//! one Series Instance UID ─▶ sets by Key ─joined─▶ volumes ─tell─▶ "6 more slices are listed by themselves"
//! ```

use std::collections::{BTreeMap, BTreeSet};

use hounsfield::Note;

use super::{
    geometry::{Axes, Steps, dot},
    grouping::by_axes_and_spacing,
    listed,
    series::{self, Found, Series},
};

/// Normals that differ by less are of slices that lie alike (a part of the same scan, not a scout).
const ALIKE_COSINE: f64 = 0.99;
/// Directions of rows and columns of one volume differ by less.
const SAME_AXES_DEG: f64 = 0.05;
/// Pixel spacings of one volume differ by a smaller share.
const SAME_SPACING: f64 = 1e-3;
/// Slices nearer than this share of a pixel are at the same place.
const SAME_PLACE_PX: f64 = 0.05;
/// A series in more parts than this is no scan with something split off.
const MOST_PARTS: usize = 64;
/// How many differences are named.
const NAMED: usize = 4;

/// Slices of the same series that are listed by themselves.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Elsewhere {
    /// Those that lie alike and are no scouts.
    pub(super) slices: usize,
    /// How many of them lie between this part's slices.
    pub(super) between: usize,
}

/// Sets of slices that differ only in what their keys leave out (series number, Image Type): one,
/// where all of them lie in one even stack.
pub(super) fn joined<'a, K: Ord>(
    sets: impl Iterator<Item = (K, Vec<Found<'a>>)>,
) -> Vec<Vec<Found<'a>>> {
    let (mut all, mut by_place) = (Vec::new(), BTreeMap::<K, Vec<usize>>::new());
    for (at, (key, set)) in sets.enumerate() {
        by_place.entry(key).or_default().push(at);
        all.push(set);
    }
    for alike in by_place.into_values().filter(|alike| alike.len() > 1) {
        let sets = || alike.iter().filter_map(|at| all.get(*at));
        let together: Vec<Found<'a>> = sets().flatten().copied().collect();
        if are_one_stack(together.clone()) {
            for at in &alike {
                all[*at].clear();
            }
            all[alike[0]] = together;
        }
    }
    // In the order in which they were, which ranks equals.
    all.retain(|set| !set.is_empty());
    all
}

/// Do slices of one series lie in one even stack, with none missing and none twice?
fn are_one_stack(slices: Vec<Found<'_>>) -> bool {
    let known = |s: &Found<'_>| s.position.is_some() && s.axes.is_some() && s.spacing.is_some();
    if !slices.iter().all(|s| known(s) && !s.header.series.is_empty()) {
        return false;
    }
    let uids: BTreeSet<&str> =
        slices.iter().map(|s| s.header.frame_of_reference.as_str()).collect();
    if uids.len() > 1 {
        return false;
    }
    let [slices] = <[_; 1]>::try_from(by_axes_and_spacing(slices)).unwrap_or_default();
    let Some(normal) = slices.first().and_then(|s: &Found<'_>| s.axes).map(|a| a.normal) else {
        return false;
    };
    let mut d: Vec<f64> =
        slices.iter().filter_map(|s| s.position).map(|p| dot(p, normal)).collect();
    d.sort_by(f64::total_cmp);
    let first = d.first().copied().unwrap_or(0.0);
    d.iter_mut().for_each(|d| *d -= first);
    let pixel = slices.first().and_then(|s| s.spacing).map_or(1.0, |[x, y]| x.min(y));
    let apart = d.windows(2).all(|pair| pair[1] - pair[0] > SAME_PLACE_PX * pixel);
    apart && Steps::of(&d).is_some_and(|steps| steps.even && steps.missing() == 0)
}

/// Says that slices were joined although they differ.
pub(super) fn told(slices: &[Found<'_>]) -> Option<Note> {
    let numbers: BTreeSet<Option<i32>> = slices.iter().map(|s| s.header.series_number).collect();
    let asides: BTreeSet<Option<&str>> = slices.iter().map(|s| series::aside(s.header)).collect();
    let what = match (numbers.len() > 1, asides.len() > 1) {
        (true, true) => "Series Number and Image Type",
        (true, false) => "Series Number",
        (false, true) => "Image Type",
        (false, false) => return None,
    };
    Some(Note::new(
        "series_joined",
        format!(
            "Slices of this series differ in {what}, but lie in one even stack; they are taken for one."
        ),
    ))
}

/// Each part of a series says how many slices of it are listed by themselves, and why.
pub(super) fn tell(all: &mut [Series]) {
    let mut by_uid: BTreeMap<String, Vec<&mut Series>> = BTreeMap::new();
    for series in all.iter_mut().filter(|series| !series.header.series.is_empty()) {
        by_uid.entry(series.header.series.clone()).or_default().push(series);
    }
    for mut parts in by_uid.into_values().filter(|parts| parts.len() > 1) {
        if parts.len() > MOST_PARTS {
            let count = parts.len();
            let message = format!(
                "The series is in {count} parts that are no one volume; each is listed by itself."
            );
            for part in &mut parts {
                part.notes.push(Note::new("series_split", message.clone()));
            }
            continue;
        }
        let told: Vec<(Elsewhere, Option<Note>)> = (0..parts.len())
            .filter_map(|at| Some((at, parts.get(at)?)))
            .map(|(at, part)| {
                let others = parts.iter().enumerate().filter(|(n, _)| *n != at);
                about(part, others.map(|(_, other)| &**other))
            })
            .collect();
        for (part, (elsewhere, note)) in parts.iter_mut().zip(told) {
            part.elsewhere = elsewhere;
            part.notes.extend(note);
        }
        label(&mut parts);
    }
}

/// What is elsewhere, seen from one part.
fn about<'s>(part: &Series, others: impl Iterator<Item = &'s Series>) -> (Elsewhere, Option<Note>) {
    let mut elsewhere = Elsewhere::default();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for other in others {
        let Some(reason) = difference(part, other) else { continue };
        let count = other.slices.len();
        let known = reasons.len() < NAMED || reasons.contains_key(&reason);
        *reasons.entry(if known { reason } else { "and others".into() }).or_default() += count;
        if lie_alike(part, other) {
            elsewhere.slices += count;
            elsewhere.between += between(part, other);
        }
    }
    let count: usize = reasons.values().sum();
    if count == 0 {
        return (elsewhere, None);
    }
    let reasons: Vec<String> = match reasons.len() {
        1 => reasons.into_keys().collect(),
        _ => reasons.into_iter().map(|(reason, n)| format!("{reason} ({n})")).collect(),
    };
    let words = if count == 1 {
        "1 more slice of this series is listed by itself".to_owned()
    } else {
        format!("{count} more slices of this series are listed by themselves")
    };
    (elsewhere, Some(Note::new("series_split", format!("{words}: {}.", reasons.join(", ")))))
}

/// Why `other` is not in one volume with `part`; `None`: time or distance tells them apart, which
/// is told where they were split.
fn difference(part: &Series, other: &Series) -> Option<String> {
    let (a, b) = (&part.header, &other.header);
    let size = |series: &Series| series.header.shape.map(|s| (s.columns, s.rows));
    let spacing = |series: &Series| series.slices.first().and_then(|s| s.spacing);
    if series::aside(b) == Some("scout") && series::aside(a) != Some("scout") {
        return Some("a scout".into());
    }
    if let (Some([ac, ar]), Some([bc, br])) =
        (size(part).map(<[u32; 2]>::from), size(other).map(<[u32; 2]>::from))
        && [ac, ar] != [bc, br]
    {
        return Some(format!("another size ({bc} × {br} pixels)"));
    }
    match (part.axes, other.axes) {
        (Some(a), Some(b)) if a.angle_deg(&b) > SAME_AXES_DEG => {
            return Some("another orientation".into());
        }
        (a, b) if a.is_some() != b.is_some() => return Some("another orientation".into()),
        _ => {}
    }
    match (spacing(part), spacing(other)) {
        (Some([ax, ay]), Some([bx, by]))
            if (ax / bx).ln().abs() > SAME_SPACING || (ay / by).ln().abs() > SAME_SPACING =>
        {
            return Some(format!("another pixel spacing ({bx:.4} × {by:.4} mm)"));
        }
        (a, b) if a.is_some() != b.is_some() => return Some("another pixel spacing".into()),
        _ => {}
    }
    if a.frame_of_reference != b.frame_of_reference {
        return Some("another frame of reference".into());
    }
    if series::aside(a) != series::aside(b) {
        return Some("another image type".into());
    }
    if a.series_number != b.series_number {
        return Some("another series number".into());
    }
    if a.sop_class != b.sop_class || a.modality != b.modality || a.photometric != b.photometric {
        return Some("another kind of image".into());
    }
    None
}

/// Could both be parts of one scan?
fn lie_alike(part: &Series, other: &Series) -> bool {
    let alike = |a: Axes, b: Axes| dot(a.normal, b.normal).abs() > ALIKE_COSINE;
    let scout = |series: &Series| series::aside(&series.header) == Some("scout");
    !scout(part)
        && !scout(other)
        && part.header.modality == other.header.modality
        && part.axes.zip(other.axes).is_none_or(|(a, b)| alike(a, b))
}

/// How many slices of `other` lie between those of `part`, and not at their places.
fn between(part: &Series, other: &Series) -> usize {
    let normal = part.axes.unwrap_or(Axes::AXIAL).normal;
    let heights = |series: &Series| -> Vec<f64> {
        series.slices.iter().filter_map(|s| s.position).map(|p| dot(p, normal)).collect()
    };
    let mut d = heights(part);
    d.sort_by(f64::total_cmp);
    let spacing = part.slices.first().and_then(|s| s.spacing);
    let near = SAME_PLACE_PX * spacing.map_or(1.0, |[x, y]| x.min(y));
    let inside = |at: &f64| {
        let next = d.partition_point(|d| d < at);
        let after = d.get(next).is_some_and(|d| d - at > near);
        let before = next.checked_sub(1).and_then(|n| d.get(n)).is_some_and(|d| at - d > near);
        after && before
    };
    heights(other).iter().filter(|at| inside(at)).count()
}

/// Numbers parts whose titles are still alike.
fn label(parts: &mut [&mut Series]) {
    let mut same: BTreeMap<String, Vec<&mut Series>> = BTreeMap::new();
    for part in parts.iter_mut() {
        same.entry(listed::title(part)).or_default().push(part);
    }
    for group in same.into_values().filter(|group| group.len() > 1) {
        let count = group.len();
        for (nth, part) in (1..).zip(group) {
            part.label += if part.label.is_empty() { "" } else { ", " };
            part.label += &format!("part {nth} of {count}");
        }
    }
}
