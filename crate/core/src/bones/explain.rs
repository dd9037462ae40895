//! Every part kept or dropped, with the reason in a sentence.

use super::{
    BonesParams, Keep, Part,
    active::Active,
    contrast::{Cause, Contrast},
    parts,
};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::try_vec,
    progress::{Part as Span, checkpoint},
};

/// Dropped parts below this are not worth a line.
const MIN_LISTED_ML: f64 = 0.05;
/// On average denser than this: contrast as it came out of the syringe.
const UNDILUTED_HU: f64 = 1000.0;

/// The table of parts, by falling volume.
///
/// Reports stage `"list parts"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
#[allow(clippy::too_many_arguments, reason = "everything that was found, and how it was asked for")]
pub(super) fn parts(
    mask: &Mask,
    dropped: &Mask,
    hu: &[i16],
    grid: &Grid,
    active: &Active,
    contrast: &Contrast,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<Vec<Part>, Error> {
    const STAGE: &str = "list parts";
    let mut span = Span::new(progress, 0.0, 0.3);
    let kept = Components::of_with(mask, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, STAGE, 0.3)?;
    let largest = kept.largest();
    let mut listed = parts::list(&kept, hu, grid, true, |id, volume_ml, _| {
        Some(if Some(id) == largest {
            ("skeleton", format!("the largest connected part, {volume_ml:.1} ml"))
        } else {
            (
                "bone",
                format!(
                    "a separate part of {volume_ml:.1} ml, above the limit of {} ml",
                    params.min_part_ml
                ),
            )
        })
    })?;
    drop(kept);
    let mut span = Span::new(progress, 0.5, 0.8);
    let components = Components::of_with(dropped, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, STAGE, 0.8)?;
    let causes = causes(&components, active, contrast)?;
    listed.extend(parts::list(&components, hu, grid, false, |id, volume_ml, mean_hu| {
        (volume_ml >= MIN_LISTED_ML).then(|| {
            let cause = causes.get(id).copied().unwrap_or(Cause::Unreached);
            reason(cause, volume_ml, mean_hu, params, contrast)
        })
    })?);
    Ok(parts::number(listed))
}

/// What most of each part's voxels are.
fn causes(
    components: &Components,
    active: &Active,
    contrast: &Contrast,
) -> Result<Vec<Cause>, Error> {
    const ALL: [Cause; 5] =
        [Cause::Bone, Cause::Unreached, Cause::Blood, Cause::Contact, Cause::Dense];
    let mut counts = try_vec([0_usize; 5], components.count(), "reasons")?;
    components.for_each_run(|part, y, z, start, end| {
        active.for_each_of_run([start, end], y, z, |id| {
            let cause = contrast.cause(id);
            if let (Some(index), Some(counts)) =
                (ALL.iter().position(|c| *c == cause), counts.get_mut(part))
            {
                counts[index] += 1;
            }
        });
    });
    let most = |counts: &[usize; 5]| {
        let best = ALL.iter().zip(counts).rev().max_by_key(|(_, count)| **count);
        best.map_or(Cause::Bone, |(cause, _)| *cause)
    };
    Ok(counts.iter().map(most).collect())
}

fn reason(
    cause: Cause,
    volume_ml: f64,
    mean_hu: f64,
    params: &BonesParams,
    contrast: &Contrast,
) -> (&'static str, String) {
    let bright = contrast.bright_hu.unwrap_or(0.0);
    match cause {
        Cause::Blood if mean_hu > UNDILUTED_HU => (
            "denseContrast",
            format!(
                "{mean_hu:.0} HU on average, denser than bone and not inside bone: undiluted contrast"
            ),
        ),
        Cause::Dense => (
            "denseContrast",
            format!(
                "{volume_ml:.1} ml at {mean_hu:.0} HU around voxels denser than any bone: a vein full of contrast"
            ),
        ),
        Cause::Blood => (
            "contrast",
            format!(
                "{volume_ml:.1} ml at {mean_hu:.0} HU, joined to a smooth core without a bright rim: a contrast-filled vessel or organ"
            ),
        ),
        Cause::Contact => (
            "contrast",
            format!(
                "{volume_ml:.1} ml at {mean_hu:.0} HU, a tenth or more of its surface touches contrast: mixing inside a vessel or the heart"
            ),
        ),
        Cause::Unreached => (
            "contrast",
            format!(
                "{volume_ml:.1} ml at {mean_hu:.0} HU, joined to no bone above {bright:.0} HU: a vessel, an organ or calcified tissue"
            ),
        ),
        Cause::Bone if params.keep == Keep::Largest => {
            ("crumb", format!("{volume_ml:.2} ml, not connected to the largest part"))
        }
        Cause::Bone if volume_ml >= params.min_part_ml => (
            "faint",
            format!(
                "{volume_ml:.1} ml at {mean_hu:.0} HU without compact bone: a calcification or contrast"
            ),
        ),
        Cause::Bone => {
            ("crumb", format!("{volume_ml:.2} ml, below the limit of {} ml", params.min_part_ml))
        }
    }
}
