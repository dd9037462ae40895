//! Lungs against their reference: both recipes on one scan, as it is, cut, padded or resampled.

use hounsfield::lungs::{self, LungsParams, Method};
use hounsfield::morphology::{Ball, Beyond, dilate, erode};
use hounsfield::{Grid, Mask, Volume, Voxels};
use serde_json::{Value, json};

use crate::compare::{agreement, both, ratio};
use crate::{Failure, derive, files, options};

/// Surfaces closer than this agree.
const SURFACE_MM: f64 = 2.0;
/// Further from the reference's edge an error is no matter of convention.
const EDGE_MM: f64 = 3.0;
/// A crop leaves this middle share of the lungs' width.
const CROPPED: f64 = 0.7;
/// A circle's diameter, as a share of the lungs' width.
const CIRCLE: f64 = 0.9;
/// What scanners write outside the field of view.
const PADDING_HU: i16 = -2048;

/// A scan and what is known of it.
struct Case {
    volume: Volume,
    reference: Mask,
    sides: Option<[Mask; 2]>,
    airways: Option<Mask>,
}

/// `score lungs CT REFERENCE [--left F] [--right F] [--airways F] [--view crop|circle|MM] [--hu N]`
pub(crate) fn lungs(args: &[String]) -> Result<Value, Failure> {
    let [ct, reference, ..] = args else { return Err("score lungs CT REFERENCE …".into()) };
    let option = |name| options(args, name).last();
    let mask = |name| option(name).map(files::mask).transpose();
    let mut case = Case {
        volume: files::scan(ct)?.volume,
        reference: files::mask(reference)?,
        sides: mask("--left")?.zip(mask("--right")?).map(|(left, right)| [left, right]),
        airways: mask("--airways")?,
    };
    match option("--view") {
        None => {}
        Some("crop") => case.crop()?,
        Some("circle") => case.circle()?,
        Some(slice_mm) => case.slices(slice_mm.parse()?)?,
    }
    let params = LungsParams {
        border_hu: option("--hu").map(str::parse).transpose()?,
        ..LungsParams::default()
    };
    let started = std::time::Instant::now();
    let run = lungs::run(&case.volume, &params, &mut ())?;
    let seconds = started.elapsed().as_secs_f64();
    let grid = case.volume.grid();
    let classical = lungs::run(
        &case.volume,
        &LungsParams { method: Method::Classical, ..LungsParams::default() },
        &mut (),
    )?;
    let mut published = classical.left.clone();
    published.union_with(&classical.right)?;
    let mut sides = Value::Null;
    if let Some([left, right]) = &case.sides {
        let wrong = both(&run.left, right)? + both(&run.right, left)?;
        sides = json!({
            "leftDice": agreement(&run.left, left, grid, SURFACE_MM)?.dice,
            "rightDice": agreement(&run.right, right, grid, SURFACE_MM)?.dice,
            "wrongSidePercent": 100.0 * ratio(wrong, case.reference.count()),
        });
    }
    let airways = match (&case.airways, &run.airways) {
        (Some(reference), Some(airways)) => {
            json!(agreement(airways, reference, grid, SURFACE_MM)?.dice)
        }
        _ => Value::Null,
    };
    let mut ours = run.left.clone();
    ours.union_with(&run.right)?;
    Ok(json!({
        "ours": scored(&ours, &case.reference, grid)?,
        "classical": scored(&published, &case.reference, grid)?,
        "sides": sides,
        "airwaysDice": airways,
        "report": run.report,
        "seconds": seconds,
        "sizeVoxel": grid.size_voxel(),
        "spacingMm": grid.spacing_mm(),
    }))
}

/// Overlap, surfaces, and the errors that no convention explains.
fn scored(mask: &Mask, reference: &Mask, grid: &Grid) -> Result<Value, Failure> {
    let found = agreement(mask, reference, grid, SURFACE_MM)?;
    let ball = Ball::new(EDGE_MM, grid)?;
    let mut missing = erode(reference, &ball, Beyond::Inside, &mut ())?;
    missing.subtract(mask)?;
    let mut extra = mask.clone();
    extra.subtract(&dilate(reference, &ball, &mut ())?)?;
    let percent = |mask: &Mask| 100.0 * ratio(mask.count(), reference.count());
    Ok(json!({
        "dice": found.dice,
        "surfaceShare": found.symmetric_surface_share,
        "volumeMl": found.volume_ml,
        "volumeErrorPercent": 100.0 * (found.volume_ml / found.reference_ml - 1.0),
        "missingPercent": percent(&missing),
        "extraPercent": percent(&extra),
    }))
}

impl Case {
    /// The reference's first and last column, and its middle row.
    fn width(&self) -> ([usize; 2], usize) {
        let [nx, ny, nz] = self.reference.size_voxel();
        let any = |test: &dyn Fn(usize, usize, usize) -> bool, n: usize, m: usize| {
            (0..n).filter(|a| (0..m).any(|b| (0..nz).any(|z| test(*a, b, z)))).collect::<Vec<_>>()
        };
        let columns = any(&|x, y, z| self.reference.get(x, y, z), nx, ny);
        let rows = any(&|y, x, z| self.reference.get(x, y, z), ny, nx);
        let ends = |list: &[usize]| {
            [list.first().copied().unwrap_or(0), list.last().copied().unwrap_or(0)]
        };
        let rows = ends(&rows);
        (ends(&columns), (rows[0] + rows[1]) / 2)
    }

    /// A field of view that cuts both lungs at their sides.
    fn crop(&mut self) -> Result<(), Failure> {
        let ([first, last], _) = self.width();
        let aside = ((last - first) as f64 * (1.0 - CROPPED) / 2.0) as usize;
        let (from, to) = (first + aside, last - aside);
        let [nx, ny, nz] = self.reference.size_voxel();
        let mut ras_from_voxel = *self.volume.grid().ras_from_voxel();
        for row in &mut ras_from_voxel {
            row[3] += row[0] * from as f64;
        }
        let size = [to - from, ny, nz];
        let hu = self.volume.hu()?;
        let voxels = hu.chunks_exact(nx).flat_map(|row| row[from..to].to_vec()).collect();
        let volume = Volume::new(Grid::new(size, ras_from_voxel)?, Voxels::I16(voxels))?;
        self.volume = volume;
        self.each_mask(|mask| Ok(Mask::from_fn(size, |x, y, z| mask.get(x + from, y, z))?))
    }

    /// A circle of padding that cuts both lungs.
    fn circle(&mut self) -> Result<(), Failure> {
        let ([first, last], middle_y) = self.width();
        let grid = self.volume.grid().clone();
        let [x_mm, y_mm, _] = grid.spacing_mm();
        let [nx, ny, _] = grid.size_voxel();
        let middle_x = (first + last) as f64 / 2.0;
        let radius_mm = (last - first) as f64 * x_mm * CIRCLE / 2.0;
        let inside = |x: usize, y: usize| {
            let (dx, dy) = ((x as f64 - middle_x) * x_mm, (y as f64 - middle_y as f64) * y_mm);
            dx * dx + dy * dy <= radius_mm * radius_mm
        };
        let mut hu = self.volume.hu()?.into_owned();
        for (at, hu) in hu.iter_mut().enumerate() {
            if !inside(at % nx, at / nx % ny) {
                *hu = PADDING_HU;
            }
        }
        self.volume = Volume::new(grid.clone(), Voxels::I16(hu))?;
        self.each_mask(|mask| {
            Ok(Mask::from_fn(grid.size_voxel(), |x, y, z| inside(x, y) && mask.get(x, y, z))?)
        })
    }

    /// Thinner or thicker slices.
    fn slices(&mut self, slice_mm: f64) -> Result<(), Failure> {
        let old = self.volume.grid().clone();
        self.volume = derive::slices(&self.volume, slice_mm, false)?;
        let size = self.volume.grid().size_voxel();
        self.each_mask(|mask| {
            let [nx, ny, nz] = mask.size_voxel();
            let mut values = Vec::with_capacity(nx * ny * nz);
            for z in 0..nz {
                for y in 0..ny {
                    values.extend((0..nx).map(|x| i16::from(mask.get(x, y, z))));
                }
            }
            let volume = Volume::new(old.clone(), Voxels::I16(values))?;
            let new = derive::slices(&volume, slice_mm, true)?;
            let hu = new.hu()?;
            Ok(Mask::from_fn(size, |x, y, z| hu[(z * size[1] + y) * size[0] + x] > 0)?)
        })
    }

    fn each_mask(&mut self, new: impl Fn(&Mask) -> Result<Mask, Failure>) -> Result<(), Failure> {
        let sides = self.sides.iter_mut().flatten();
        for mask in std::iter::once(&mut self.reference).chain(sides).chain(&mut self.airways) {
            *mask = new(mask)?;
        }
        Ok(())
    }
}
