//! A recipe: a list of steps, plain data, that replays bit for bit.
//!
//! The same list is a preset, the state of a panel and a paragraph of a methods section.

use serde::{Deserialize, Serialize};

use crate::{
    Error, Mask, Neighbourhood, Progress, Volume,
    components::Components,
    morphology::{self, Ball, Beyond},
    progress::Part,
    threshold::threshold,
};

/// One step. The first of a recipe must be [`Step::Threshold`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[serde(try_from = "Written")]
pub enum Step {
    /// Voxels of `min_hu` to `max_hu`. As a later step: of what is in the mask.
    Threshold {
        /// Lowest value inside.
        min_hu: i16,
        /// Highest value inside; `None`: no upper bound.
        #[serde(skip_serializing_if = "Option::is_none")]
        max_hu: Option<i16>,
    },
    /// The largest component alone.
    Largest {
        /// What counts as connected.
        neighbourhood: Neighbourhood,
    },
    /// Drops components below a size.
    DropSmall {
        /// Components of at least this volume stay.
        min_ml: f64,
        /// What counts as connected.
        neighbourhood: Neighbourhood,
    },
    /// Grows by a ball.
    Dilate {
        /// The ball's radius.
        radius_mm: f64,
    },
    /// Shrinks by a ball; not at the grid's faces.
    Erode {
        /// The ball's radius.
        radius_mm: f64,
    },
    /// Removes what a ball does not fit into.
    Open {
        /// The ball's radius.
        radius_mm: f64,
    },
    /// Closes gaps a ball does not fit into.
    Close {
        /// The ball's radius.
        radius_mm: f64,
    },
    /// Fills what the mask encloses.
    Fill {
        /// In each axial slice by itself, rather than in space.
        axial: bool,
    },
}

/// A step as it is written: every field of any. serde's own way to read an enum by its tag is five
/// times the code over the wire, 20 kB.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    op: Op,
    min_hu: Option<i16>,
    max_hu: Option<i16>,
    neighbourhood: Option<Neighbourhood>,
    min_ml: Option<f64>,
    radius_mm: Option<f64>,
    axial: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Op {
    Threshold,
    Largest,
    DropSmall,
    Dilate,
    Erode,
    Open,
    Close,
    Fill,
}

impl TryFrom<Written> for Step {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { op, min_hu, max_hu, neighbourhood, min_ml, radius_mm, axial } = written;
        let given = [
            ("minHu", min_hu.is_some()),
            ("maxHu", max_hu.is_some()),
            ("neighbourhood", neighbourhood.is_some()),
            ("minMl", min_ml.is_some()),
            ("radiusMm", radius_mm.is_some()),
            ("axial", axial.is_some()),
        ];
        let fields: &[&str] = match op {
            Op::Threshold => &["minHu", "maxHu"],
            Op::Largest => &["neighbourhood"],
            Op::DropSmall => &["minMl", "neighbourhood"],
            Op::Dilate | Op::Erode | Op::Open | Op::Close => &["radiusMm"],
            Op::Fill => &["axial"],
        };
        if let Some((name, _)) = given.iter().find(|(name, is)| *is && !fields.contains(name)) {
            return Err(format!("unknown field `{name}`, expected {}", fields.join(" or ")));
        }
        let missing = |name: &str| format!("missing field `{name}`");
        let neighbourhood = neighbourhood.unwrap_or(Neighbourhood::Corners26);
        let radius = || radius_mm.ok_or_else(|| missing("radiusMm"));
        Ok(match op {
            Op::Threshold => {
                Self::Threshold { min_hu: min_hu.ok_or_else(|| missing("minHu"))?, max_hu }
            }
            Op::Largest => Self::Largest { neighbourhood },
            Op::DropSmall => {
                Self::DropSmall { min_ml: min_ml.ok_or_else(|| missing("minMl"))?, neighbourhood }
            }
            Op::Dilate => Self::Dilate { radius_mm: radius()? },
            Op::Erode => Self::Erode { radius_mm: radius()? },
            Op::Open => Self::Open { radius_mm: radius()? },
            Op::Close => Self::Close { radius_mm: radius()? },
            Op::Fill => Self::Fill { axial: axial.unwrap_or(false) },
        })
    }
}

/// Applies one step to the mask of the steps before it (`None` before the first).
///
/// # Errors
/// [`Error::BadParameter`] for a value out of range or a first step that is no threshold,
/// [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn apply(
    step: &Step,
    volume: &Volume,
    mask: Option<&Mask>,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let grid = volume.grid();
    if let Step::Threshold { min_hu, max_hu } = *step {
        let max_hu = max_hu.unwrap_or(i16::MAX);
        let mut inside = threshold(&volume.hu()?, grid, min_hu, max_hu, progress)?;
        if let Some(mask) = mask {
            inside.intersect_with(mask)?;
        }
        return Ok(inside);
    }
    let mask = mask.ok_or_else(|| Error::BadParameter {
        name: "the recipe's first step",
        value: format!("{step:?}"),
        expected: "it must be a threshold: there is no mask to work on yet",
    })?;
    match *step {
        Step::Threshold { .. } => Ok(mask.clone()),
        Step::Largest { neighbourhood } => {
            let components = Components::of_with(mask, neighbourhood, progress)?;
            let largest = components.largest();
            components.select(|id| Some(id) == largest)
        }
        Step::DropSmall { min_ml, neighbourhood } => {
            if !(min_ml >= 0.0 && min_ml.is_finite()) {
                return Err(Error::BadParameter {
                    name: "minMl",
                    value: min_ml.to_string(),
                    expected: "it must be a volume of at least 0 ml",
                });
            }
            let components = Components::of_with(mask, neighbourhood, progress)?;
            components.select(|id| grid.volume_ml(components.sizes()[id]) >= min_ml)
        }
        Step::Dilate { radius_mm } => {
            morphology::dilate(mask, &Ball::new(radius_mm, grid)?, progress)
        }
        Step::Erode { radius_mm } => {
            morphology::erode(mask, &Ball::new(radius_mm, grid)?, Beyond::Inside, progress)
        }
        Step::Open { radius_mm } => morphology::open(mask, &Ball::new(radius_mm, grid)?, progress),
        Step::Close { radius_mm } => {
            morphology::close(mask, &Ball::new(radius_mm, grid)?, progress)
        }
        Step::Fill { axial: true } => morphology::fill_holes_axial(mask, usize::MAX, progress),
        Step::Fill { axial: false } => morphology::fill_holes(mask, progress),
    }
}

/// Applies all steps in order.
///
/// ```
/// use hounsfield::{Grid, Mask, Volume, Voxels, recipe::{Step, run}};
/// let grid = Grid::from_spacing([5, 1, 1], [1.0; 3])?;
/// let volume = Volume::new(grid, Voxels::I16(vec![500, 0, 400, 400, 0]))?;
/// let steps = [
///     Step::Threshold { min_hu: 300, max_hu: None },
///     Step::DropSmall { min_ml: 0.002, neighbourhood: 26.try_into()? },
/// ];
/// assert_eq!(run(&steps, &volume, &mut ())?, Mask::drawn("..##."));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// # Errors
/// As [`apply`], and [`Error::BadParameter`] for an empty recipe.
pub fn run(steps: &[Step], volume: &Volume, progress: &mut dyn Progress) -> Result<Mask, Error> {
    let mut mask = None;
    for (k, step) in steps.iter().enumerate() {
        let (start, end) = (k as f64 / steps.len() as f64, (k + 1) as f64 / steps.len() as f64);
        let part = &mut Part::new(progress, start, end);
        mask = Some(apply(step, volume, mask.as_ref(), part)?);
    }
    mask.ok_or_else(|| Error::BadParameter {
        name: "the recipe",
        value: "empty".into(),
        expected: "it must have at least one step",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grid, Voxels};

    fn volume(hu: Vec<i16>) -> Volume {
        let grid = Grid::from_spacing([hu.len(), 1, 1], [1.0; 3]).unwrap();
        Volume::new(grid, Voxels::I16(hu)).unwrap()
    }

    #[test]
    fn steps_work_on_what_the_steps_before_left() {
        let steps = [
            Step::Threshold { min_hu: 100, max_hu: None },
            Step::Close { radius_mm: 1.0 },
            Step::Threshold { min_hu: 0, max_hu: Some(400) },
            Step::Largest { neighbourhood: Neighbourhood::Faces6 },
        ];
        let volume = volume(vec![-5, 200, 0, 200, 900, 200, -5]);
        assert_eq!(run(&steps, &volume, &mut ()).unwrap(), Mask::drawn(".###..."));
    }

    #[test]
    fn a_recipe_begins_with_a_threshold() {
        let error = run(&[Step::Fill { axial: false }], &volume(vec![0]), &mut ()).unwrap_err();
        assert!(error.to_string().contains("Fill"), "{error}");
        assert_eq!(run(&[], &volume(vec![0]), &mut ()).unwrap_err().code(), "bad_parameter");
    }

    #[test]
    fn progress_is_of_the_whole_recipe() {
        let mut last = 0.0;
        let mut seen = |_: &'static str, fraction: f64| {
            assert!((0.0..=1.0).contains(&fraction) && fraction >= last);
            last = fraction;
            crate::Flow::Continue
        };
        let steps = [Step::Threshold { min_hu: 0, max_hu: None }, Step::Dilate { radius_mm: 1.0 }];
        run(&steps, &volume(vec![0; 9]), &mut seen).unwrap();
        assert!(last >= 0.5);
    }
}
