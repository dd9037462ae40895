//! The whole way from a scan to a skeleton and its report: what the command, the worker and the
//! tests all call.

use serde::Serialize;

use super::{BonesParams, Method, Part, segment};
use crate::{
    Error, Grid, Mask, Neighbourhood, Note, Progress, Volume,
    components::Components,
    curve::{Choice, Curve, MAX_HU, Rule, Sizes, choose, component_curve},
    morphology::radius,
    progress::{Part as Span, checkpoint},
};

/// Parts of at least this many millilitres count as large when the curve looks for stability.
/// A phalanx has about 1 ml; specks of noise and calcifications stay below.
const LARGE_PART_ML: f64 = 1.0;

/// The numbers of a run, as JSON with units in its names.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The threshold used.
    pub threshold_hu: i16,
    /// Voxels of the mask.
    pub voxels: usize,
    /// Volume of the mask.
    pub volume_ml: f64,
    /// 26-connected components of the mask.
    pub components: usize,
    /// Components at every threshold.
    pub curve: Curve,
    /// Which threshold, and why.
    pub choice: Choice,
    /// What was kept and dropped, by falling volume.
    pub parts: Vec<Part>,
    /// What was found out about contrast, or empty.
    pub contrast: String,
    /// What a reader must know.
    pub notes: Vec<Note>,
    /// The parameters as given, defaults filled in: the recipe that replays this result.
    pub params: BonesParams,
}

/// A skeleton, its report, and what is needed to put parts in or out.
#[derive(Debug, Clone)]
pub struct BonesRun {
    /// The skeleton.
    pub mask: Mask,
    /// The numbers.
    pub report: Report,
    /// The voxels of each listed part.
    extents: Vec<Extent>,
    voxel_volume_ml: f64,
}

/// One part's runs: (row of the mask, first x, x after the last).
type Extent = Vec<(u32, u16, u16)>;

/// Chooses a threshold and segments bones.
///
/// Stages: `"component curve"`, then those of the method.
///
/// # Errors
/// [`Error::BadParameter`] for a parameter outside its range, [`Error::OutOfMemory`],
/// [`Error::Stopped`].
pub fn run(
    volume: &Volume,
    params: &BonesParams,
    progress: &mut dyn Progress,
) -> Result<BonesRun, Error> {
    let grid = volume.grid();
    check(params, grid)?;
    let hu = volume.hu()?;
    let voxel_volume_ml = grid.volume_ml(1);
    let mut first_third = Span::new(progress, 0.0, 0.3);
    let (curve, mut choice) = curve_of(&hu, grid, params.neighbourhood, &mut first_third)?;
    let threshold_hu = params.threshold_hu.unwrap_or(choice.threshold_hu);
    let mut rest = Span::new(progress, 0.3, 0.95);
    let mut bones = segment(&hu, grid, threshold_hu, params, &mut rest)?;
    let closed_mm = radius::max_closing_mm(grid);
    let closes = params.fill || params.method == Method::Threshold;
    if closes && params.close_mm > closed_mm {
        bones.notes.push(Note::new(
            "closed_less",
            format!(
                "gaps were closed with a radius of {closed_mm:.2} mm, 64 voxels, instead of {} mm",
                params.close_mm
            ),
        ));
    }
    match (params.threshold_hu, params.method) {
        (Some(threshold_hu), _) => choice = choice.with(Rule::Given, threshold_hu, "As given"),
        (None, Method::Anatomy) => {
            let reason = resolution_reason(bones.threshold_hu, grid);
            choice = choice.with(Rule::Resolution, bones.threshold_hu, reason);
        }
        (None, Method::Threshold) => {}
    }
    let mut span = Span::new(progress, 0.95, 0.97);
    let components = Components::of_with(&bones.mask, Neighbourhood::Corners26, &mut span)?;
    let mut span = Span::new(progress, 0.97, 0.99);
    let dropped = Components::of_with(&bones.dropped, Neighbourhood::Corners26, &mut span)?;
    checkpoint(progress, "list parts", 0.99)?;
    let extents = extents(&bones.parts, &components, &dropped, grid.size_voxel()[1]);
    let voxels = bones.mask.count();
    let report = Report {
        threshold_hu: bones.threshold_hu,
        voxels,
        volume_ml: voxels as f64 * voxel_volume_ml,
        components: components.count(),
        curve,
        choice,
        parts: bones.parts,
        contrast: bones.contrast,
        notes: bones.notes,
        params: params.clone(),
    };
    Ok(BonesRun { mask: bones.mask, report, extents, voxel_volume_ml })
}

fn resolution_reason(threshold_hu: i16, grid: &Grid) -> String {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    format!(
        "Bone begins at {threshold_hu} HU in pixels of {:.2} mm; vessels are told apart by what surrounds them, not by a higher threshold",
        (x_mm * y_mm).sqrt()
    )
}

/// The component curve and the threshold that would be chosen from it, without segmenting.
///
/// Reports stage `"component curve"`.
///
/// # Errors
/// As [`component_curve`].
pub fn curve_and_choice(
    volume: &Volume,
    neighbourhood: Neighbourhood,
    progress: &mut dyn Progress,
) -> Result<(Curve, Choice), Error> {
    curve_of(&volume.hu()?, volume.grid(), neighbourhood, progress)
}

fn curve_of(
    hu: &[i16],
    grid: &Grid,
    neighbourhood: Neighbourhood,
    progress: &mut dyn Progress,
) -> Result<(Curve, Choice), Error> {
    let sizes = Sizes { large_voxels: (LARGE_PART_ML / grid.volume_ml(1)).ceil() as u64 };
    let curve = component_curve(hu, grid, neighbourhood, Some(sizes), progress)?;
    let choice = choose(&curve);
    Ok((curve, choice))
}

/// The most bytes that a run takes, voxels included: known before a file is read.
///
/// `as_f32`: the voxels are held as floats, and rounded to a copy first.
#[must_use]
pub fn peak_bytes(voxel_count: u64, as_f32: bool) -> u64 {
    let held = voxel_count.saturating_mul(if as_f32 { 6 } else { 2 });
    // Five or six masks of a bit a voxel, tables of runs, and what does not grow with the scan.
    held.saturating_add(voxel_count / 10 * 7).saturating_add(64_000_000)
}

fn check(params: &BonesParams, grid: &Grid) -> Result<(), Error> {
    let bad = |name, value: String, expected| Err(Error::BadParameter { name, value, expected });
    if let Some(hu) = params.threshold_hu
        && !(-1024..MAX_HU).contains(&hu)
    {
        return bad("thresholdHu", hu.to_string(), "it must lie between -1024 and 1299 HU");
    }
    if !(0.0..=1e4).contains(&params.min_part_ml) {
        return bad("minPartMl", params.min_part_ml.to_string(), "it must lie between 0 and 10000");
    }
    if !(0.0..=20.0).contains(&params.close_mm) {
        return bad("closeMm", params.close_mm.to_string(), "it must lie between 0 and 20");
    }
    // What nobody asked for is never refused: the recipe closes less on its own.
    let limit_mm = radius::max_closing_mm(grid).max(BonesParams::default().close_mm);
    if params.close_mm > limit_mm {
        return bad(
            "closeMm",
            format!("{} mm, beyond this scan's limit of {limit_mm:.2} mm", params.close_mm),
            "it must be at most 64 voxels, or the usual 2 mm",
        );
    }
    Ok(())
}

/// The runs of every listed part: a kept one is the component of the mask around its seed, a
/// dropped one that of the dropped voxels.
fn extents(parts: &[Part], mask: &Components, dropped: &Components, ny: usize) -> Vec<Extent> {
    let mut extents = vec![Extent::new(); parts.len()];
    for (components, kept) in [(mask, true), (dropped, false)] {
        let mut part_of = vec![None; components.count()];
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.kept == kept) {
            if let Some(id) = components.at(part.seed_voxel) {
                part_of[id] = Some(index);
            }
        }
        components.for_each_run(|id, y, z, start, end| {
            if let Some(part) = part_of[id] {
                // Sizes fit: Grid::new keeps axes below 65535.
                extents[part].push(((z * ny + y) as u32, start as u16, end as u16));
            }
        });
    }
    extents
}

impl BonesRun {
    /// Puts a part in or out of the mask; the report follows.
    ///
    /// # Errors
    /// [`Error::BadParameter`] when there is no such part, [`Error::OutOfMemory`].
    pub fn set_part(&mut self, id: usize, kept: bool) -> Result<(), Error> {
        let (Some(part), Some(extent)) = (self.report.parts.get_mut(id), self.extents.get(id))
        else {
            return Err(Error::BadParameter {
                name: "part",
                value: id.to_string(),
                expected: "it must be the id of a listed part",
            });
        };
        let ny = self.mask.size_voxel()[1];
        for &(row, start, end) in extent {
            let (y, z) = (row as usize % ny, row as usize / ny);
            for x in usize::from(start)..usize::from(end) {
                self.mask.set(x, y, z, kept);
            }
        }
        part.kept = kept;
        self.report.voxels = self.mask.count();
        self.report.volume_ml = self.report.voxels as f64 * self.voxel_volume_ml;
        self.report.components = Components::of(&self.mask, Neighbourhood::Corners26)?.count();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Voxels;

    /// Two cubes of bone, 8 × 8 × 8 and 4 × 4 × 4 mm, in soft tissue; the large one is hollow.
    fn two_cubes() -> Volume {
        let grid = Grid::from_spacing([40, 20, 20], [1.0; 3]).unwrap();
        let mut hu = vec![40; grid.voxel_count()];
        let mut cube = |at: usize, side: usize, value: i16| {
            for (z, y, x) in (0..side)
                .flat_map(|z| (0..side).flat_map(move |y| (0..side).map(move |x| (z, y, x))))
            {
                hu[((z + at) * 20 + y + at) * 40 + x + at] = value;
            }
        };
        cube(2, 12, 700);
        cube(6, 4, 60);
        for (z, y) in (4..8).flat_map(|z| (4..8).map(move |y| (z, y))) {
            for x in 30..34 {
                hu[(z * 20 + y) * 40 + x] = 400;
            }
        }
        Volume::new(grid, Voxels::I16(hu)).unwrap()
    }

    fn params() -> BonesParams {
        BonesParams {
            method: Method::Threshold,
            min_part_ml: 0.1,
            close_mm: 0.0,
            ..Default::default()
        }
    }

    #[test]
    fn the_plain_recipe_fills_sorts_and_explains() {
        let run = run(&two_cubes(), &params(), &mut ()).unwrap();
        let report = &run.report;
        assert_eq!(report.voxels, 12 * 12 * 12);
        assert_eq!((report.threshold_hu, report.components), (150, 1));
        assert_eq!(report.parts.len(), 2);
        assert!(report.parts[0].kept && report.parts[0].kind == "skeleton");
        assert!(!report.parts[1].kept && report.parts[1].why.contains("below the limit"));
        assert_eq!(report.parts[1].mean_hu, 400.0);
    }

    #[test]
    fn a_part_goes_in_and_out_again() {
        let mut run = run(&two_cubes(), &params(), &mut ()).unwrap();
        let before = run.mask.clone();
        run.set_part(1, true).unwrap();
        assert_eq!((run.report.voxels, run.report.components), (12 * 12 * 12 + 64, 2));
        run.set_part(1, false).unwrap();
        assert_eq!(run.mask, before);
        assert_eq!(run.set_part(9, true).unwrap_err().code(), "bad_parameter");
    }

    #[test]
    fn a_crumb_inside_a_filled_bone_is_no_part_of_its_own() {
        let grid = Grid::from_spacing([20; 3], [1.0; 3]).unwrap();
        let far = |at: usize| at.abs_diff(10);
        let shells = |[x, y, z]: [usize; 3]| match far(x).max(far(y)).max(far(z)) {
            0..=1 | 7..=8 => 500,
            _ => 0,
        };
        let hu = (0..8000).map(|i| shells([i % 20, i / 20 % 20, i / 400])).collect();
        let volume = Volume::new(grid, Voxels::I16(hu)).unwrap();
        let run = run(&volume, &params(), &mut ()).unwrap();
        assert_eq!((run.report.voxels, run.report.parts.len()), (17 * 17 * 17, 1));
    }

    #[test]
    fn parameters_that_make_no_sense_are_refused() {
        for bad in [
            BonesParams { threshold_hu: Some(2000), ..params() },
            BonesParams { min_part_ml: f64::NAN, ..params() },
            BonesParams { close_mm: -1.0, ..params() },
        ] {
            assert_eq!(run(&two_cubes(), &bad, &mut ()).unwrap_err().code(), "bad_parameter");
        }
    }

    #[test]
    fn fine_voxels_make_radii_smaller_and_refuse_only_what_was_asked_for() {
        for spacing_mm in [[0.03; 3], [1.0, 1.0, 0.01]] {
            let grid = Grid::from_spacing([12; 3], spacing_mm).unwrap();
            let hu = (0..1728).map(|i| if i % 12 < 6 { 700 } else { 40 }).collect();
            let volume = Volume::new(grid, Voxels::I16(hu)).unwrap();
            for method in [Method::Anatomy, Method::Threshold] {
                let usual = BonesParams { method, ..Default::default() };
                let report = run(&volume, &usual, &mut ()).unwrap().report;
                assert!(report.notes.iter().any(|note| note.code == "closed_less"));
                let wide = BonesParams { close_mm: 5.0, ..usual };
                let error = run(&volume, &wide, &mut ()).unwrap_err().to_string();
                assert!(error.contains("closeMm") && error.contains("2.00 mm"), "{error}");
            }
        }
    }

    #[test]
    fn the_recipe_in_the_report_replays_the_result() {
        let volume = two_cubes();
        let first = run(&volume, &params(), &mut ()).unwrap();
        let again = run(&volume, &first.report.params, &mut ()).unwrap();
        assert_eq!(first.mask, again.mask);
    }
}
