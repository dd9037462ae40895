//! What is wrong with a stack, told in numbers.

use std::collections::BTreeSet;

use hounsfield::Note;

use super::{
    lie::{Lie, WANDER_PX},
    series::Series,
};
use crate::plan::{Gaps, file_name};

/// What is uneven, missing or there twice, in numbers. Planes of `broken` slices are told elsewhere.
pub(super) fn uneven(
    series: &Series,
    lie: &Lie,
    broken: &BTreeSet<usize>,
    gaps: Gaps,
    fill: i16,
    notes: &mut Vec<Note>,
) {
    if series.duplicates > 0 {
        let names: Vec<&str> = series.duplicate_names.iter().map(|name| file_name(name)).collect();
        let names = names.join("”, “");
        let more = series.duplicates.saturating_sub(series.duplicate_names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(Note::new(
            "duplicate_slices",
            format!(
                "{} slices lie where another one lies and were left out: “{names}”{more}.",
                series.duplicates
            ),
        ));
    }
    let Some(steps) = &lie.steps else { return };
    let missing = steps.missing().saturating_sub(broken.len());
    if missing > 0 {
        let mut at = String::new();
        let jumps = steps
            .plane_of
            .windows(2)
            .zip(series.slices.windows(2))
            .map(|(k, pair)| {
                let known = broken.range(k[0]..k[1]).count();
                ((k[1] - k[0] - 1).saturating_sub(known), pair)
            })
            .filter(|(n, _)| *n > 0);
        for (n, pair) in jumps.clone().take(3) {
            at += &format!(
                "{}{n} between “{}” and “{}”",
                if at.is_empty() { "" } else { ", " },
                pair[0].name,
                pair[1].name
            );
        }
        let more = jumps.count().saturating_sub(3);
        if more > 0 {
            at += &format!(", and in {more} more places");
        }
        let fate = match gaps {
            Gaps::Leave => format!("their planes are filled with {fill}"),
            Gaps::Interpolate => "their planes are interpolated and marked".into(),
        };
        notes.push(Note::new(
            "missing_slices",
            format!("{missing} of {} slices are missing ({at}); {fate}.", steps.planes),
        ));
    }
    if !steps.even {
        let [least, middle, most] = steps.found_mm;
        let pair = series.slices.get(steps.worst).zip(series.slices.get(steps.worst + 1));
        let at = pair.map_or_else(String::new, |(a, b)| {
            format!(", farthest off between “{}” and “{}”", a.name, b.name)
        });
        let fate = match gaps {
            Gaps::Leave => format!(
                "they are put on even planes {:.3} mm apart, up to {:.2} mm from where they lie",
                steps.step_mm, steps.off_mm
            ),
            Gaps::Interpolate => "they are interpolated onto even planes".into(),
        };
        notes.push(Note::new(
            "uneven_slices",
            format!("Slices are unevenly spaced: {least:.3} to {most:.3} mm, {middle:.3} mm in the middle{at}; {fate}."),
        ));
    }
}

/// Slices that lie to the side of the line on which the others are: how far, 0 within tolerance.
pub(super) fn wander(series: &Series, lie: &Lie, spacing: [f64; 2], notes: &mut Vec<Note>) -> f64 {
    let mm = lie.line.wander_mm;
    if mm > WANDER_PX * spacing[0].min(spacing[1])
        && let Some(slice) = series.slices.get(lie.line.wander_at)
    {
        notes.push(Note::new(
            "slices_off_line",
            format!("Slices do not lie on one line: “{}” lies {mm:.2} mm to the side of the others, and is not moved.", slice.name),
        ));
        return mm;
    }
    0.0
}
