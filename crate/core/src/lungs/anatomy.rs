//! Our recipe, in its order; each step is a file beside this one.
//!
//! ```text
//! body ─▶ air in it ─▶ trachea ─▶ airways ─▶ parts ─▶ gas out ─▶ left | right ─▶ closed, filled, smoothed
//! ```

use super::{
    Airways, Found, LungsParams, airways, body, gas,
    parts::{self, Parts},
    sides, surface,
    trachea::{self, Chain},
};
use crate::{
    Error, Grid, Mask, Note, Progress,
    progress::{Part as Span, checkpoint},
    threshold::threshold_three,
};

/// Fat and everything denser.
const DENSE_HU: i16 = -300;
/// What is darker is no air, but a value for "outside the field of view".
pub(super) const PADDING_HU: i16 = -1500;

/// Runs the recipe; see [`super::run`].
pub(super) fn segment(
    hu: &[i16],
    grid: &Grid,
    border_hu: i16,
    params: &LungsParams,
    progress: &mut dyn Progress,
) -> Result<Found, Error> {
    let ranges = [[DENSE_HU + 1, i16::MAX], [PADDING_HU + 1, border_hu], [i16::MIN, PADDING_HU]];
    let [dense, mut air, dark] =
        threshold_three(hu, grid, ranges, &mut Span::new(progress, 0.0, 0.1))?;
    let padding = body::padding(hu, grid, dark)?;
    let body = body::body(hu, grid, &dense, &padding, &mut Span::new(progress, 0.1, 0.35))?;
    drop(dense);
    air.intersect_with(&body)?;
    let body_x = super::middle_x(&body).unwrap_or(0.0);
    drop(body);
    let mut span = Span::new(progress, 0.35, 0.4);
    let chain = trachea::trachea(hu, grid, &air, body_x, &mut span)?;
    let mut found = Found::nothing(grid)?;
    let mut airways = None;
    let mut parts = match &chain {
        None => parts::parts(hu, grid, &air, &mut Span::new(progress, 0.45, 0.55))?,
        Some(chain) => {
            let mut span = Span::new(progress, 0.4, 0.45);
            let mut tree = airways::airways(hu, grid, &air, chain, &mut span)?;
            let mut rest = air.try_clone()?;
            rest.subtract(&tree.block)?;
            let mut span = Span::new(progress, 0.45, 0.55);
            let parts = parts::parts(hu, grid, &rest, &mut span)?;
            match comes_from(grid, chain, &parts) {
                Some(end) => {
                    found.upside_down = end == End::Below;
                    if params.airways == Airways::In {
                        // The bronchi at the hilum come back, too.
                        let mut bronchi = tree.block.try_clone()?;
                        bronchi.intersect_with(&air)?;
                        tree.main.union_with(&bronchi)?;
                    }
                    airways = Some((tree, chain));
                    parts
                }
                None => parts::parts(hu, grid, &air, &mut Span::new(progress, 0.5, 0.55))?,
            }
        }
    };
    drop(air);
    found.trachea = airways.as_ref().map(|(tree, _)| tree.level_hu);
    if parts.kept.is_empty() {
        return Ok(found);
    }
    let mut lungs = parts.mask()?;
    let mut span = Span::new(progress, 0.55, 0.6);
    if gas::remove(hu, grid, &mut lungs, parts.median_hu, &mut span)? {
        parts = parts::parts(hu, grid, &lungs, &mut Span::new(progress, 0.6, 0.65))?;
        found.notes.push(Note::new(
            "gas_removed",
            "gas in stomach or bowel that touched a lung was cut off",
        ));
    }
    drop(lungs);
    let trachea_x = airways.as_ref().map(|(_, chain)| chain.middle_x);
    let mut span = Span::new(progress, 0.65, 0.75);
    let told = sides::sides(grid, &parts, trachea_x, body_x, &mut span)?;
    drop(parts);
    found.split_mm = told.split_mm;
    found.across = told.across;
    let block = match (&airways, params.airways) {
        (Some((tree, _)), Airways::Out | Airways::Label) => Some(&tree.block),
        _ => None,
    };
    let mut finish = |lung: &Mask, other: &Mask, from: f64| {
        let not: Vec<&Mask> = block.into_iter().chain([other, &padding]).collect();
        let mut span = Span::new(progress, from, from + 0.12);
        surface::finish(grid, lung, &not, params.close_mm, params.fill, &mut span)
    };
    found.left = finish(&told.left, &told.right, 0.75)?;
    // A voxel between the lungs that both closed over is the left one's.
    let mut taken = told.left;
    taken.union_with(&found.left)?;
    found.right = finish(&told.right, &taken, 0.87)?;
    let cut = [&found.left, &found.right].map(|lung| body::cut_voxels(lung, &padding));
    let [x_mm, y_mm, z_mm] = grid.spacing_mm();
    found.cut_aside_mm2 = (cut[0] + cut[1]) as f64 * (x_mm * y_mm).sqrt() * z_mm;
    checkpoint(progress, "airways", 0.99)?;
    match (airways, params.airways) {
        (Some((mut tree, _)), Airways::Label) => {
            tree.main.subtract(&found.left)?;
            tree.main.subtract(&found.right)?;
            found.airways = Some(tree.main);
        }
        (Some((tree, chain)), Airways::In) => {
            let middle = chain.middle_x.round() as usize;
            add_by_side(&tree.main, middle, &mut found)?;
        }
        (None, Airways::Label) => found.airways = Some(Mask::empty(grid.size_voxel())?),
        _ => {}
    }
    Ok(found)
}

/// Where a trachea comes from.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Above,
    Below,
}

/// Does the tube lead to the lungs, rather than being bowel below them? It begins near their top;
/// or, in a scan that is upside down, near their bottom, and lies beside them for a while.
fn comes_from(grid: &Grid, chain: &Chain, parts: &Parts) -> Option<End> {
    let z_mm = grid.spacing_mm()[2];
    let last = grid.size_voxel()[2] - 1;
    let ends = parts.kept.iter().map(|part| [part.place.min_voxel[2], part.place.max_voxel[2]]);
    let [low, high] = ends.reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])])?;
    let mm = |from: usize, to: usize| (to as f64 - from as f64) * z_mm;
    let beside_mm = mm(chain.z[0].max(low), chain.z[1].min(high));
    // Where the scan cuts the lungs, their end is not known.
    let slack_mm = |cut: bool| if cut { NEAR_MM } else { NEAR_MM.max(0.25 * mm(low, high)) };
    let from_above = mm(chain.z[1], high) <= slack_mm(high == last) && beside_mm >= 0.0;
    let from_below = mm(low, chain.z[0]) <= slack_mm(low == 0) && beside_mm >= UPSIDE_DOWN_MM;
    match () {
        () if from_above => Some(End::Above),
        () if from_below => Some(End::Below),
        () => None,
    }
}

/// A trachea begins at most this far below the top of the lungs.
const NEAR_MM: f64 = 15.0;
/// Upside down, it must lie beside the lungs for this long: the stomach's gas does not.
const UPSIDE_DOWN_MM: f64 = 60.0;

fn add_by_side(airways: &Mask, middle: usize, found: &mut Found) -> Result<(), Error> {
    let mut free = airways.try_clone()?;
    free.subtract(&found.left)?;
    free.subtract(&found.right)?;
    let mut right = free.try_clone()?;
    let words = right.words_per_row();
    for row in right.words_mut().chunks_exact_mut(words) {
        super::clear_below(row, middle);
    }
    free.subtract(&right)?;
    found.right.union_with(&right)?;
    found.left.union_with(&free)
}
