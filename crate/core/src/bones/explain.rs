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
            ("skeleton", format!("The largest connected part, {volume_ml:.1} ml"))
        } else {
            ("bone", separate(volume_ml, params.min_part_ml))
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
    parts::number(&listed)
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

fn separate(volume_ml: f64, min_part_ml: f64) -> String {
    if volume_ml >= min_part_ml {
        return format!(
            "A separate part of {volume_ml:.1} ml, above the limit of {min_part_ml} ml"
        );
    }
    // Size was asked of bright voxels; smoothing the surface took some, or cut a part in two.
    format!(
        "A separate part of {volume_ml:.1} ml, left of a part above the limit of {min_part_ml} ml when its surface was smoothed"
    )
}

fn reason(
    cause: Cause,
    volume_ml: f64,
    mean_hu: f64,
    params: &BonesParams,
    contrast: &Contrast,
) -> (&'static str, String) {
    let bright = contrast.bright_hu.unwrap_or(0.0);
    let what = format!("{volume_ml:.1} ml at {mean_hu:.0} HU");
    match cause {
        Cause::Blood if mean_hu > UNDILUTED_HU => (
            "denseContrast",
            format!("Undiluted contrast: {what} on average, denser than bone and not inside bone"),
        ),
        Cause::Dense => (
            "denseContrast",
            format!("A vein full of contrast: {what} around voxels denser than any bone"),
        ),
        Cause::Blood => (
            "contrast",
            format!(
                "A contrast-filled vessel or organ: {what}, joined to a smooth core without a bright rim"
            ),
        ),
        Cause::Contact => (
            "contrast",
            format!(
                "Mixing inside a vessel or the heart: {what}, a tenth or more of its surface touches contrast"
            ),
        ),
        Cause::Unreached => (
            "contrast",
            format!(
                "A vessel, an organ or calcified tissue: {what}, joined to no bone above {bright:.0} HU"
            ),
        ),
        Cause::Bone if params.keep == Keep::Largest => {
            ("crumb", format!("A part of {volume_ml:.2} ml, not connected to the largest part"))
        }
        Cause::Bone if volume_ml >= params.min_part_ml => {
            ("faint", format!("A calcification or contrast: {what}, without compact bone"))
        }
        Cause::Bone => (
            "crumb",
            format!("A part of {volume_ml:.2} ml, below the limit of {} ml", params.min_part_ml),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_smoothing_made_small_is_not_said_to_be_above_the_limit() {
        assert_eq!(separate(2.0, 1.5), "A separate part of 2.0 ml, above the limit of 1.5 ml");
        assert!(separate(0.9, 1.5).starts_with("A separate part of 0.9 ml, left of a part"));
    }
}
