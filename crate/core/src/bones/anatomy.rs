//! Our recipe: a filled skeleton, with contrast-filled vessels and organs told apart and left out.
//!
//! ```text
//! body → smooth cores → blood or marrow (rim) → seeds → flood → contact ─┐
//!   └──────────── no contrast found: everything bright ──────────────────┴→ pieces → fill → canal
//! ```
//!
//! Blood with contrast is as bright as bone, but smooth, and without the bright rim that cortex
//! makes around marrow. Those two facts decide; everything else follows from what touches what.

use super::{
    Bones, BonesParams, Keep,
    active::{Active, Look, Looking, look},
    body::{body, noise_half_hu},
    canal::{Body, canal},
    contrast::{Contrast, tell_apart},
    explain,
    fill::{fill, trim},
    quiet::Quiet,
    window,
};
use crate::{
    Error, Grid, Mask, Neighbourhood, Note, Progress,
    components::Components,
    error::try_vec,
    morphology::majority_axial,
    progress::{Part as Span, checkpoint},
};

/// Bone begins here in sharp images …
const SHARP_HU: f64 = 150.0;
/// … and here in blurred ones, where thin cortex shares its voxels with what lies beside it.
const BLURRED_HU: f64 = 125.0;
/// Sharp: pixels up to this; blurred: from there on; in between, in between.
const SHARP_MM: f64 = 1.0;
const BLURRED_MM: f64 = 1.5;
/// One binomial pass blurs like pixels this much larger.
const BLUR_PER_PASS: f64 = 0.85;
/// Above this noise slices are averaged first: rims and seeds would drown.
const MAX_NOISE_HALF_HU: i64 = 36;
const MAX_PASSES: usize = 2;
/// Pixels at the edge must be brighter than bone's bound by this: half way between soft tissue and
/// cortex rather than where marrow begins.
const EDGE_ABOVE_HU: f64 = 30.0;
/// On coarser pixels nothing is trimmed: thin bone is a single pixel there, and all of it edge.
const MAX_TRIMMED_MM: f64 = 1.75;
/// In the end pixels vote within a window of this side …
const VOTE_MM: f64 = 2.1;
/// … unless they are coarser than this: the window would be wider than a rib.
const MAX_VOTING_MM: f64 = 1.4;

/// Runs the recipe; see [`super::segment`].
pub(super) fn segment(
    hu: &[i16],
    grid: &Grid,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Bones, Error> {
    let mut notes = Vec::new();
    let inside = body(hu, grid, &mut Span::new(progress, 0.0, 0.2))?;
    let middle = Body::of(&inside)?;
    let reach = window::reach(grid);
    let mut span = Span::new(progress, 0.2, 0.22);
    let (quiet, passes, noise) = quieten(hu, grid, &inside, reach, &mut span)?;
    if passes > 0 {
        notes.push(Note::new(
            "noisy",
            format!(
                "the scan is noisy (more than {} HU in soft tissue): it was looked at through {passes} smoothing passes, so thin bone may be missing",
                MAX_NOISE_HALF_HU / 2
            ),
        ));
    }
    let threshold_hu = params.threshold_hu.unwrap_or_else(|| bone_hu(grid, passes));
    let looking = Looking {
        above_hu: threshold_hu.saturating_sub(1),
        reach,
        noise_half_hu: noise,
        max_active: hu.len() / 32 + 8_000_000,
    };
    let found = look(&quiet, &inside, looking, &mut Span::new(progress, 0.22, 0.4))?;
    drop(inside);
    if found.too_many {
        notes.push(Note::new(
            "too_bright",
            format!("too much of the scan lies above {threshold_hu} HU to look for contrast: are these Hounsfield units?"),
        ));
    }
    let Look { active, smooth, dense, too_many } = found;
    let mut span = Span::new(progress, 0.4, 0.7);
    let noise_hu = noise as f64 / 2.0;
    let contrast = match too_many {
        true => Contrast::none("not looked for".to_owned()),
        false => tell_apart(&active, smooth, dense, grid, noise_hu, &mut span)?,
    };
    let bone = pieces(&active, &contrast, grid, params, &mut Span::new(progress, 0.7, 0.72))?;
    let mask = if params.fill {
        let filled = fill(&bone, grid, params.close_mm, &mut Span::new(progress, 0.72, 0.85))?;
        let mut span = Span::new(progress, 0.85, 0.92);
        let canal = canal(&quiet, grid, &middle, &bone, &filled, reach, &mut span)?;
        let mut mask = filled;
        mask.subtract(&canal)?;
        drop(canal);
        surface(mask, &active, grid, &mut Span::new(progress, 0.92, 0.96))?
    } else {
        bone.try_clone()?
    };
    checkpoint(progress, "list parts", 0.96)?;
    let mut dropped = active.mask.try_clone()?;
    dropped.subtract(&bone)?;
    drop(bone);
    let mut span = Span::new(progress, 0.96, 0.97);
    let mask = last_choice(mask, &mut dropped, grid, params, &mut span)?;
    dropped.subtract(&mask)?;
    let mut span = Span::new(progress, 0.97, 1.0);
    let parts = explain::parts(&mask, &dropped, hu, grid, &active, &contrast, params, &mut span)?;
    Ok(Bones { mask, dropped, threshold_hu, parts, contrast: contrast.sentence, notes })
}

/// Puts the surface where bone ends, and rounds off single pixels.
fn surface(
    mut mask: Mask,
    active: &Active,
    grid: &Grid,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let pixel_mm = (x_mm * y_mm).sqrt();
    if pixel_mm <= MAX_TRIMMED_MM && !active.level.is_empty() {
        let edge = active.level_above_bound(EDGE_ABOVE_HU);
        let bright = active.select(|id| active.level.get(id).is_some_and(|level| *level > edge))?;
        trim(&mut mask, &bright, &mut Span::new(progress, 0.0, 0.4))?;
    }
    if pixel_mm > MAX_VOTING_MM {
        return Ok(mask);
    }
    let reach = (((VOTE_MM / pixel_mm - 1.0) / 2.0).round() as usize).max(1);
    majority_axial(&mask, reach, &mut Span::new(progress, 0.4, 1.0))
}

/// The scan with as many passes as its noise needs, and the noise that is left, in half HU.
fn quieten<'a>(
    hu: &'a [i16],
    grid: &Grid,
    body: &Mask,
    reach: usize,
    progress: &mut dyn Progress,
) -> Result<(Quiet<'a>, usize, i64), Error> {
    let mut passes = 0;
    loop {
        let quiet = Quiet::new(hu, grid, passes);
        let noise = noise_half_hu(&quiet, body, reach, progress)?;
        if noise <= MAX_NOISE_HALF_HU || passes == MAX_PASSES {
            return Ok((quiet, passes, noise));
        }
        passes += 1;
    }
}

/// Where bone begins, by how sharp the image is.
fn bone_hu(grid: &Grid, passes: usize) -> i16 {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    let pixel_mm = (x_mm * y_mm).sqrt() * (1.0 + BLUR_PER_PASS * passes as f64);
    let blur = ((pixel_mm - SHARP_MM) / (BLURRED_MM - SHARP_MM)).clamp(0.0, 1.0);
    (SHARP_HU + blur * (BLURRED_HU - SHARP_HU)).round() as i16
}

/// Parts below this must hold some voxels brighter than blood.
const SURE_ML: f64 = 20.0;
const SURE_SHARE: f64 = 0.01;
/// Any part with contrast around must hold this share of voxels of compact bone.
const COMPACT_HU: f64 = 300.0;
const COMPACT_SHARE: f64 = 0.02;

/// The bright voxels that are bone, without parts that are too small or too faint.
fn pieces(
    active: &Active,
    contrast: &Contrast,
    grid: &Grid,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let bone = active.select(|id| contrast.is_bone(id))?;
    let pieces = Components::of_with(&bone, Neighbourhood::Corners26, progress)?;
    drop(bone);
    let sizes = pieces.sizes();
    let Some(bright_hu) = contrast.bright_hu else {
        return pieces.select(|id| grid.volume_ml(sizes[id]) >= params.min_part_ml);
    };
    let (sure, compact) = (active.level_of(bright_hu + 50.0), active.level_of(COMPACT_HU));
    let mut counts = try_vec([0_usize; 2], pieces.count(), "pieces")?;
    pieces.for_each_run(|piece, y, z, start, end| {
        active.for_each_of_run([start, end], y, z, |id| {
            if let (Some(level), Some([a, b])) = (active.level.get(id), counts.get_mut(piece)) {
                *a += usize::from(*level > sure);
                *b += usize::from(*level > compact);
            }
        });
    });
    pieces.select(|id| {
        let (voxels, [sure, compact]) = (sizes[id], counts[id]);
        let ml = grid.volume_ml(voxels);
        ml >= params.min_part_ml
            && (ml >= SURE_ML || sure as f64 >= SURE_SHARE * voxels as f64)
            && compact as f64 >= COMPACT_SHARE * voxels as f64
    })
}

/// Drops what smoothing cut off, and, when asked, all but the largest part.
fn last_choice(
    mask: Mask,
    dropped: &mut Mask,
    grid: &Grid,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let parts = Components::of_with(&mask, Neighbourhood::Corners26, progress)?;
    let largest = parts.largest();
    let sizes = parts.sizes();
    let keeps = |id: usize| match params.keep {
        Keep::Largest => Some(id) == largest,
        // Smoothing may take a little off a part that was just large enough.
        Keep::Parts => grid.volume_ml(sizes[id]) >= params.min_part_ml / 2.0,
    };
    if (0..parts.count()).all(keeps) {
        return Ok(mask);
    }
    drop(mask);
    dropped.union_with(&parts.select(|id| !keeps(id))?)?;
    parts.select(keeps)
}
