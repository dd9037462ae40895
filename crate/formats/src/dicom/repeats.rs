//! Slices at the same place: several volumes, or duplicates?
//!
//! ```text
//! every place several times, told apart by moment, acquisition or image type ─▶ volumes of their own
//! nearly every place several times, nothing tells them apart ─▶ by order of instance number
//! moments or acquisitions between each other, each even, all together not ─▶ volumes of their own
//! a few places twice (ranges that overlap, a slice sent again) ─▶ duplicates: the first is kept
//! ```

use std::collections::BTreeMap;

use super::{
    geometry::{Axes, Steps, dot, median, times},
    series::Found,
};

/// Slices nearer to each other than this share of a pixel lie at the same place.
const SAME_PLACE_PX: f64 = 0.05;

/// Fewer slices are even by chance.
const LEAST_EVEN: usize = 4;

/// One volume's slices, in order along the normal.
pub(super) struct Single<'a> {
    pub(super) slices: Vec<Found<'a>>,
    /// What tells it from its siblings: "acquisition 2"; empty where it has none.
    pub(super) label: String,
    /// Slices left out because another lies at the same place.
    pub(super) duplicates: Vec<Found<'a>>,
    /// Do its slices lie between its siblings', rather than at the same places?
    pub(super) between: bool,
}

/// How volumes are called that only their order tells apart.
pub(super) const REPEAT: &str = "repeat";

/// Something by which slices at one place may differ, in a form that sorts, and its name.
type Tell = for<'a> fn(&Found<'a>) -> (i64, String);

const TELLS: [(Tell, &str); 4] = [
    (|s| (s.frame.moment.map_or(i64::MIN, i64::from), String::new()), "moment"),
    (|s| (number(s.header.acquisition_number), String::new()), "acquisition"),
    (|s| (0, s.header.image_type.join("/")), "type"),
    // An object of many frames is a volume by itself.
    (
        |s| {
            (
                if s.header.frames.len() > 1 { number(s.header.instance_number) } else { 0 },
                String::new(),
            )
        },
        "object",
    ),
];

fn number(stated: Option<i32>) -> i64 {
    stated.map_or(i64::MIN, i64::from)
}

/// Slices of one series with the same axes, all with positions, in any order.
pub(super) fn tell_apart<'a>(slices: Vec<Found<'a>>, axes: &Axes) -> Vec<Single<'a>> {
    let mut out = Vec::new();
    let placed = in_places(slices, axes);
    let Some((name, parts)) = between_each_other(&placed, axes) else {
        split(placed, &TELLS, String::new(), &mut out);
        return out;
    };
    for ((number, _), part) in parts {
        split(part, &TELLS, labelled(name, number, String::new()), &mut out);
    }
    out.iter_mut().for_each(|single| single.between = true);
    out
}

/// Slices with their places, by what tells them apart.
type Parts<'a> = BTreeMap<(i64, String), Vec<(usize, Found<'a>)>>;

fn parts_by<'a>(slices: &[(usize, Found<'a>)], tell: Tell) -> Parts<'a> {
    let mut parts = Parts::new();
    for (place, slice) in slices {
        parts.entry(tell(slice)).or_default().push((*place, *slice));
    }
    parts
}

fn labelled(name: &str, number: i64, word: String) -> String {
    let value = if !word.is_empty() {
        word
    } else if number == i64::MIN {
        "not stated".into()
    } else {
        number.to_string()
    };
    format!("{name} {value}")
}

/// Moments or acquisitions whose slices lie between each other's: each is even by itself, all
/// together are not.
fn between_each_other<'a>(
    slices: &[(usize, Found<'a>)],
    axes: &Axes,
) -> Option<(&'static str, Parts<'a>)> {
    let heights = |part: &[(usize, Found<'_>)]| -> Vec<f64> {
        let mut d: Vec<(usize, f64)> = part
            .iter()
            .map(|(place, s)| (*place, s.position.map_or(0.0, |p| dot(p, axes.normal))))
            .collect();
        d.dedup_by_key(|(place, _)| *place);
        d.into_iter().map(|(_, d)| d).collect()
    };
    if is_even(&heights(slices)) {
        return None;
    }
    TELLS.iter().take(2).find_map(|(tell, name)| {
        let parts = parts_by(slices, *tell);
        let each: Vec<Vec<f64>> = parts.values().map(|part| heights(part)).collect();
        let apart = each.len() > 1
            && each.iter().all(|d| d.len() >= LEAST_EVEN && is_even(d))
            && each.iter().enumerate().all(|(n, a)| {
                each.iter().enumerate().any(|(m, b)| n != m && overlap_by_half(a, b))
            });
        apart.then_some((*name, parts))
    })
}

/// Is nothing missing, and nothing off its place?
fn is_even(d_mm: &[f64]) -> bool {
    let Some(first) = d_mm.first() else { return false };
    let from_first: Vec<f64> = d_mm.iter().map(|d| d - first).collect();
    Steps::of(&from_first).is_some_and(|steps| steps.even && steps.missing() == 0)
}

/// Does half of the shorter of two ranges, or more, lie within the other?
fn overlap_by_half(a: &[f64], b: &[f64]) -> bool {
    let ends = |d: &[f64]| d.first().copied().zip(d.last().copied());
    let (Some((a0, a1)), Some((b0, b1))) = (ends(a), ends(b)) else { return false };
    2.0 * (a1.min(b1) - a0.max(b0)) >= (a1 - a0).min(b1 - b0)
}

/// Each slice with the number of its place along the normal; sorted by place, then by what was
/// taken first.
fn in_places<'a>(slices: Vec<Found<'a>>, axes: &Axes) -> Vec<(usize, Found<'a>)> {
    let mut sorted: Vec<(f64, Found<'a>)> = slices
        .into_iter()
        .map(|slice| (slice.position.map_or(0.0, |p| dot(p, axes.normal)), slice))
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pixel = sorted.first().and_then(|(_, s)| s.spacing).map_or(1.0, |[x, y]| x.min(y));
    let mut place = 0;
    let mut start = sorted.first().map_or(0.0, |(d, _)| *d);
    let mut placed: Vec<(usize, Found<'a>)> = sorted
        .into_iter()
        .map(|(d, slice)| {
            if d - start > SAME_PLACE_PX * pixel {
                (place, start) = (place + 1, d);
            }
            (place, slice)
        })
        .collect();
    placed.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.taken().cmp(&b.1.taken())));
    placed
}

fn split<'a>(
    slices: Vec<(usize, Found<'a>)>,
    tells: &[(Tell, &str)],
    label: String,
    out: &mut Vec<Single<'a>>,
) {
    let places = count(slices.iter().map(|(place, _)| *place));
    let repeated = places.values().filter(|n| **n > 1).count();
    if repeated == 0 {
        let slices = slices.into_iter().map(|(_, slice)| slice).collect();
        out.push(Single { slices, label, duplicates: Vec::new(), between: false });
        return;
    }
    let more = |what: String| if label.is_empty() { what } else { format!("{label}, {what}") };
    for (at, (tell, name)) in tells.iter().enumerate() {
        let parts = parts_by(&slices, *tell);
        if parts.len() > 1 && repeat_each_other(parts.values()) {
            for ((number, word), part) in parts {
                split(part, &tells[at + 1..], more(labelled(name, number, word)), out);
            }
            return;
        }
    }
    // Nothing tells them apart, but nearly every place has several: by order.
    if repeated * 10 >= places.len() * 9 {
        let most = places.values().copied().max().unwrap_or(0);
        let volume_of =
            one_after_the_other(&slices, most).unwrap_or_else(|| nth_at_place(&slices).collect());
        let mut parts: BTreeMap<usize, Vec<Found<'a>>> = BTreeMap::new();
        for (nth, (_, slice)) in volume_of.into_iter().zip(&slices) {
            parts.entry(nth).or_default().push(*slice);
        }
        for (nth, slices) in parts {
            let label = more(format!("{REPEAT} {}", nth + 1));
            out.push(Single { slices, label, duplicates: Vec::new(), between: false });
        }
        return;
    }
    let mut single = Single { slices: Vec::new(), label, duplicates: Vec::new(), between: false };
    for (nth, (_, slice)) in nth_at_place(&slices).zip(&slices) {
        if nth == 0 { &mut single.slices } else { &mut single.duplicates }.push(*slice);
    }
    out.push(single);
}

/// The volume of each slice, when by instance number they run through the places, up or down, as
/// often as the fullest place has slices: then one that is missing displaces no other.
fn one_after_the_other(slices: &[(usize, Found<'_>)], most: usize) -> Option<Vec<usize>> {
    let mut by_number: Vec<usize> = (0..slices.len()).collect();
    by_number.sort_by(|a, b| slices[*a].1.taken().cmp(&slices[*b].1.taken()));
    let mut volume_of = vec![0; slices.len()];
    let (mut run, mut before, mut way) = (0, None, None);
    for at in by_number {
        let place = slices[at].0;
        if let Some(before) = before {
            let step = place.cmp(&before);
            if step.is_eq() || way.is_some_and(|way| way != step) {
                (run, way) = (run + 1, None);
            } else {
                way = Some(step);
            }
        }
        before = Some(place);
        volume_of[at] = run;
    }
    (run + 1 == most).then_some(volume_of)
}

fn count(places: impl Iterator<Item = usize>) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for place in places {
        *counts.entry(place).or_insert(0) += 1;
    }
    counts
}

/// For slices sorted by place: how many came before each at its place.
fn nth_at_place(slices: &[(usize, Found<'_>)]) -> impl Iterator<Item = usize> {
    let (mut before, mut nth) = (None, 0);
    slices.iter().map(move |(place, _)| {
        nth = if before == Some(*place) { nth + 1 } else { 0 };
        before = Some(*place);
        nth
    })
}

/// Do parts lie at the same places? Ranges that merely overlap at their ends do not; a part too
/// small beside the largest (a slice that was sent again) is no volume.
fn repeat_each_other<'p, 'a: 'p>(parts: impl Iterator<Item = &'p Vec<(usize, Found<'a>)>>) -> bool {
    let mut parts: Vec<Vec<usize>> = parts
        .map(|part| count(part.iter().map(|(place, _)| *place)).into_keys().collect())
        .collect();
    parts.sort_by_key(Vec::len);
    let shared = count(parts.iter().flatten().copied());
    let Some(largest) = parts.pop() else { return false };
    let least = if largest.len() < 4 { 1 } else { (largest.len() / 10).max(2) };
    parts.iter().any(|part| {
        let again = part.iter().filter(|place| shared.get(place).is_some_and(|n| *n > 1)).count();
        part.len() >= least && again * 2 >= part.len()
    })
}

/// Cuts where slices lie so far apart that the planes between them would be most of the volume.
/// What stays has at most ten missing planes for each slice.
pub(super) fn cut_far_apart<'a>(slices: Vec<Found<'a>>, axes: &Axes) -> Vec<Vec<Found<'a>>> {
    let d: Vec<f64> =
        slices.iter().map(|s| s.position.map_or(0.0, |p| dot(p, axes.normal))).collect();
    let gaps: Vec<f64> = d.iter().zip(d.iter().skip(1)).map(|(a, b)| b - a).collect();
    let step = median(gaps.clone());
    if step <= 0.0 {
        return vec![slices];
    }
    let missing = |gap: f64| times(gap, step) - 1;
    let mut longest_first: Vec<usize> = (0..gaps.len()).collect();
    longest_first.sort_by(|a, b| gaps[*b].total_cmp(&gaps[*a]));
    let mut left = gaps.iter().fold(0usize, |sum, gap| sum.saturating_add(missing(*gap)));
    let mut cuts = Vec::new();
    for at in longest_first {
        if left <= slices.len().saturating_mul(10) {
            break;
        }
        // A saturated sum only shrinks too slowly: then more is cut than need be.
        left = left.saturating_sub(missing(gaps[at]));
        cuts.push(at);
    }
    cuts.sort_unstable();
    let mut out = Vec::new();
    let mut rest = slices.into_iter();
    let mut taken = 0;
    for cut in cuts {
        out.push(rest.by_ref().take(cut + 1 - taken).collect());
        taken = cut + 1;
    }
    out.push(rest.collect());
    out
}
