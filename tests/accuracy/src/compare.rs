//! How well one mask agrees with another: overlap, surfaces, and what leaked where.

use hounsfield::components::Components;
use hounsfield::curve::{Rule, choose, component_curve};
use hounsfield::morphology::{Ball, Beyond, close, dilate, erode, fill_holes};
use hounsfield::threshold::threshold;
use hounsfield::{Grid, Mask, Neighbourhood};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Failure, files, options};

/// Surfaces closer than this agree: a slice of 2.5 mm, and twice the noise of the references.
const WITHIN_MM: f64 = 2.5;
/// The plain threshold's lower bound, HU.
const RAW_HU: i16 = 150;
const MAX_BONE_HU: i16 = 1300;

/// Agreement of a mask with its reference; shares are 0…1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Agreement {
    pub(crate) dice: f64,
    precision: f64,
    recall: f64,
    pub(crate) volume_ml: f64,
    pub(crate) reference_ml: f64,
    /// Of the mask's surface voxels, those near the reference's surface.
    surface_share: f64,
    /// The other way round.
    reference_surface_share: f64,
    /// Of both surfaces together.
    pub(crate) symmetric_surface_share: f64,
}

pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

pub(crate) fn both(a: &Mask, b: &Mask) -> Result<usize, Failure> {
    let mut both = a.clone();
    both.intersect_with(b)?;
    Ok(both.count())
}

/// The voxels with a face towards the outside; the grid's own faces are no surface.
fn surface(mask: &Mask) -> Result<Mask, Failure> {
    let mut surface = mask.clone();
    surface.subtract(&erode(mask, &Ball::faces(), Beyond::Inside, &mut ())?)?;
    Ok(surface)
}

/// Compares; distances are exact between voxel centres, because a voxel lies within `within_mm` of
/// a surface exactly when the ball of that radius around the surface covers it.
pub(crate) fn agreement(
    mask: &Mask,
    reference: &Mask,
    grid: &Grid,
    within_mm: f64,
) -> Result<Agreement, Failure> {
    let (n, m, common) = (mask.count(), reference.count(), both(mask, reference)?);
    let ball = Ball::new(within_mm, grid)?;
    let (ours, theirs) = (surface(mask)?, surface(reference)?);
    let near_theirs = both(&ours, &dilate(&theirs, &ball, &mut ())?)?;
    let near_ours = both(&theirs, &dilate(&ours, &ball, &mut ())?)?;
    Ok(Agreement {
        dice: ratio(2 * common, n + m),
        precision: ratio(common, n),
        recall: ratio(common, m),
        volume_ml: grid.volume_ml(n),
        reference_ml: grid.volume_ml(m),
        surface_share: ratio(near_theirs, ours.count()),
        reference_surface_share: ratio(near_ours, theirs.count()),
        symmetric_surface_share: ratio(near_theirs + near_ours, ours.count() + theirs.count()),
    })
}

/// The published rule and cleaning: a threshold from every 14th HU, closed by one voxel, the
/// largest part, filled.
fn classical(hu: &[i16], grid: &Grid) -> Result<(Option<i16>, Mask), Failure> {
    let curve = component_curve(hu, grid, Neighbourhood::Corners26, None, &mut ())?;
    let choice = choose(&curve);
    let chosen =
        choice.others.iter().find(|p| p.rule == Rule::Classical14).and_then(|p| p.threshold_hu);
    let mask = threshold(hu, grid, chosen.unwrap_or(RAW_HU), MAX_BONE_HU, &mut ())?;
    let mask = close(&mask, &Ball::faces(), &mut ())?;
    let parts = Components::of(&mask, Neighbourhood::Corners26)?;
    let largest = parts.largest();
    let mask = parts.select(|id| Some(id) == largest)?;
    Ok((chosen, fill_holes(&mask, &mut ())?))
}

/// `score case CT MASK REFERENCE [--beside NAME=FILE[:LABEL,…]]…`
pub(crate) fn case(args: &[String]) -> Result<Value, Failure> {
    let [ct, ours, reference, ..] = args else {
        return Err("score case CT MASK REFERENCE …".into());
    };
    let scan = files::scan(ct)?.volume;
    let grid = scan.grid();
    let hu = scan.hu()?;
    let mask = files::mask(ours)?;
    let reference = files::mask(reference)?;
    let raw = threshold(&hu, grid, RAW_HU, i16::MAX, &mut ())?;
    let (classical_hu, classical) = classical(&hu, grid)?;
    let mut leaks = serde_json::Map::new();
    for beside in options(args, "--beside") {
        let (name, path) = beside.split_once('=').ok_or("--beside needs NAME=FILE")?;
        let mut structure = match files::mask(path) {
            Ok(structure) => structure,
            Err(failure) => {
                leaks.insert(name.into(), json!({ "skipped": failure.to_string() }));
                continue;
            }
        };
        // Where a reference calls a voxel bone as well, it is no leak.
        structure.subtract(&reference)?;
        let whole = structure.count();
        if whole > 0 {
            let share =
                |mask: &Mask| Ok::<f64, Failure>(100.0 * ratio(both(mask, &structure)?, whole));
            let percent = json!({ "percent": share(&mask)?, "rawPercent": share(&raw)?, "ml": grid.volume_ml(whole) });
            leaks.insert(name.into(), percent);
        }
    }
    Ok(json!({
        "ours": agreement(&mask, &reference, grid, WITHIN_MM)?,
        "raw": agreement(&raw, &reference, grid, WITHIN_MM)?,
        "classical": agreement(&classical, &reference, grid, WITHIN_MM)?,
        "classicalHu": classical_hu,
        "leaks": leaks,
        "spacingMm": grid.spacing_mm(),
        "sizeVoxel": grid.size_voxel(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_agrees_with_itself_and_a_shift_is_seen() {
        let grid = Grid::from_spacing([40, 40, 20], [1.0; 3]).unwrap();
        let cube = |from: usize| {
            Mask::from_fn([40, 40, 20], |x, y, z| {
                (from..from + 20).contains(&x) && (5..30).contains(&y) && (4..16).contains(&z)
            })
            .unwrap()
        };
        let same = agreement(&cube(5), &cube(5), &grid, WITHIN_MM).unwrap();
        assert_eq!((same.dice, same.symmetric_surface_share), (1.0, 1.0));
        let shifted = agreement(&cube(5), &cube(10), &grid, WITHIN_MM).unwrap();
        assert_eq!(shifted.dice, 0.75);
        assert!(shifted.symmetric_surface_share < 0.9);
        let near = agreement(&cube(5), &cube(7), &grid, WITHIN_MM).unwrap();
        assert_eq!(near.symmetric_surface_share, 1.0);
    }
}
