//! Single slices at the ends of a stack that are no part of it: a scout that does not say so, a
//! slice for a timer of contrast.

use super::{
    geometry::{Axes, Line, V3, median, times},
    series::Found,
};

/// A stray lies at least this many steps beyond the others …
const AWAY_STEPS: usize = 3;
/// … and to their side by more than this many pixels.
const ASIDE_PX: f64 = 5.0;
/// Fewer slices have no line to lie off.
const LEAST: usize = 4;
/// More are no strays, but a stack of another kind.
const MOST: usize = 4;

/// A slice far from the others.
#[derive(Debug)]
pub(super) struct Stray<'a> {
    pub(super) slice: Found<'a>,
    /// To the side of the line on which the others are.
    pub(super) aside_mm: f64,
    /// From the next slice, along the normal.
    pub(super) away_mm: f64,
}

/// Takes strays from both ends of slices that are in order.
pub(super) fn take<'a>(slices: &mut Vec<Found<'a>>, axes: &Axes) -> Vec<Stray<'a>> {
    let pixel = slices.first().and_then(|s| s.spacing).map_or(1.0, |[x, y]| x.min(y));
    let Some(mut split) =
        slices.iter().map(|s| s.position.map(|p| axes.split(p))).collect::<Option<Vec<V3>>>()
    else {
        return Vec::new();
    };
    let mut out = Vec::new();
    while out.len() < MOST && slices.len() > LEAST {
        let last = slices.len() - 1;
        let found = [0, last].into_iter().find_map(|at| {
            let (aside_mm, away_mm) = off(&split, at, pixel)?;
            Some((at, aside_mm, away_mm))
        });
        let Some((at, aside_mm, away_mm)) = found else { break };
        split.remove(at);
        out.push(Stray { slice: slices.remove(at), aside_mm, away_mm });
    }
    out
}

/// How far the slice at an end lies from the others, to the side and along; `None`: it is one of
/// them.
fn off(split: &[V3], at: usize, pixel: f64) -> Option<(f64, f64)> {
    let (others, next) = if at == 0 {
        (split.get(1..)?, split.get(1)?)
    } else {
        (split.get(..at)?, split.get(at - 1)?)
    };
    let (end, first) = (split.get(at)?, others.first()?);
    let step = median(others.windows(2).map(|pair| pair[1][2] - pair[0][2]).collect());
    let away_mm = (end[2] - next[2]).abs();
    if step <= 0.0 || times(away_mm, step) < AWAY_STEPS {
        return None;
    }
    let line = Line::through(others, pixel);
    let d = end[2] - first[2];
    let side = [0, 1].map(|i| end[i] - first[i] - line.start_mm[i] - line.slope[i] * d);
    let aside_mm = side[0].hypot(side[1]);
    (aside_mm > ASIDE_PX * pixel).then_some((aside_mm, away_mm))
}
