//! How far two surfaces are apart.

use super::{
    Surface,
    vector::{dot, length, minus},
};
use crate::{
    Error, Progress,
    error::try_vec,
    par,
    progress::{Part, checkpoint},
};

/// Cells of the grid for each triangle, at most.
const CELLS_PER_TRIANGLE: usize = 4;
/// Samples between two reports, and those a thread takes at a time.
const STEP: usize = 1 << 17;
const CHUNK: usize = 1 << 10;

impl Surface {
    /// The Hausdorff distance to `other` in mm, both ways, sampled: the largest distance of any vertex
    /// or middle of a triangle of the one to the nearest point of the other. Between samples it may be
    /// more, by at most what a triangle spans.
    ///
    /// Reports stage `"distance"`. Memory: about 30 bytes a triangle of the larger one.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a surface without triangles, [`Error::OutOfMemory`],
    /// [`Error::Stopped`].
    pub fn hausdorff_mm(&self, other: &Self, progress: &mut dyn Progress) -> Result<f64, Error> {
        if self.triangles.is_empty() || other.triangles.is_empty() {
            return Err(Error::BadParameter {
                name: "the surface",
                value: "without triangles".into(),
                expected: "only two surfaces with triangles have a distance",
            });
        }
        let there = farthest(self, &Near::new(other)?, 0.0, &mut Part::new(progress, 0.0, 0.5))?;
        let near = Near::new(self)?;
        Ok(farthest(other, &near, there, &mut Part::new(progress, 0.5, 1.0))?.sqrt())
    }
}

/// The largest squared distance of any sample, or `known`, if none is larger.
fn farthest(
    from: &Surface,
    to: &Near<'_>,
    known: f64,
    progress: &mut dyn Progress,
) -> Result<f64, Error> {
    let vertices = from.positions.len();
    let sample = |k: usize| match k.checked_sub(vertices) {
        None => from.position(k as u32).map(f64::from),
        Some(triangle) => {
            let [a, b, c] = from.corners(from.triangles[triangle]);
            [0, 1, 2].map(|k| (a[k] + b[k] + c[k]) / 3.0)
        }
    };
    let (mut most, all) = (known, vertices + from.triangles.len());
    for start in (0..all).step_by(STEP) {
        checkpoint(progress, "distance", start as f64 / all as f64)?;
        let end = all.min(start + STEP);
        let parts = (start..end).step_by(CHUNK);
        let found = par::fold(parts, &|| most, &|most: &mut f64, _, first| {
            for k in first..end.min(first + CHUNK) {
                *most = most.max(to.squared_distance(sample(k), *most));
            }
        });
        most = found.into_iter().fold(most, f64::max);
    }
    Ok(most)
}

/// A surface's triangles by the cells of a grid that they touch.
struct Near<'a> {
    surface: &'a Surface,
    origin: [f64; 3],
    cell_mm: f64,
    size: [usize; 3],
    start: Vec<u32>,
    triangles: Vec<u32>,
}

impl<'a> Near<'a> {
    fn new(surface: &'a Surface) -> Result<Self, Error> {
        let (area_mm2, _) = surface.area_and_volume();
        let found = surface.box_ras_mm();
        let extent: [f64; 3] =
            std::array::from_fn(|axis| f64::from(found.max[axis]) - f64::from(found.min[axis]));
        // About a triangle wide, and not more cells than triangles' number allows.
        let triangles = surface.triangles.len();
        let mut cell_mm = (2.0 * area_mm2 / triangles as f64).sqrt().max(1e-6);
        let most = (CELLS_PER_TRIANGLE * triangles + 64) as f64;
        while extent.iter().map(|mm| (mm / cell_mm).floor() + 1.0).product::<f64>() > most {
            cell_mm *= 1.25;
        }
        let mut near = Self {
            surface,
            origin: found.min.map(f64::from),
            cell_mm,
            size: extent.map(|mm| (mm / cell_mm) as usize + 1),
            start: Vec::new(),
            triangles: Vec::new(),
        };
        let cells: usize = near.size.iter().product();
        let mut start = try_vec(0u32, cells + 2, "cells of triangles")?;
        near.for_each_cell(|_, cell| start[cell + 2] += 1);
        for cell in 2..start.len() {
            start[cell] += start[cell - 1];
        }
        let all = start.last().copied().unwrap_or(0) as usize;
        let mut triangles = try_vec(0, all, "cells of triangles")?;
        near.for_each_cell(|triangle, cell| {
            let place = &mut start[cell + 1];
            triangles[*place as usize] = triangle;
            *place += 1;
        });
        near.start = start;
        near.triangles = triangles;
        Ok(near)
    }

    fn cell_of(&self, point: [f64; 3]) -> [usize; 3] {
        std::array::from_fn(|axis| {
            // `as` saturates: what lies before the grid is in its first cell.
            let cell = ((point[axis] - self.origin[axis]) / self.cell_mm) as usize;
            cell.min(self.size[axis] - 1)
        })
    }

    /// Calls `touch(triangle, cell)` for every cell of every triangle's box.
    fn for_each_cell(&self, mut touch: impl FnMut(u32, usize)) {
        for (number, triangle) in self.surface.triangles.iter().enumerate() {
            let corners = self.surface.corners(*triangle);
            let least = |axis: usize| corners.iter().fold(f64::INFINITY, |m, c| m.min(c[axis]));
            let most = |axis: usize| corners.iter().fold(f64::NEG_INFINITY, |m, c| m.max(c[axis]));
            let low = self.cell_of([least(0), least(1), least(2)]);
            let high = self.cell_of([most(0), most(1), most(2)]);
            for z in low[2]..=high[2] {
                for y in low[1]..=high[1] {
                    for x in low[0]..=high[0] {
                        touch(number as u32, (z * self.size[1] + y) * self.size[0] + x);
                    }
                }
            }
        }
    }

    /// Shells of cells outwards, until no nearer triangle can be in the next, or until one is as near
    /// as `enough`: who looks for the farthest point need not know how near the others are.
    fn squared_distance(&self, point: [f64; 3], enough: f64) -> f64 {
        let home = self.cell_of(point);
        let mut best = f64::INFINITY;
        let widest = self.size.iter().max().copied().unwrap_or(1);
        for reach in 0..=widest {
            // Cells at this reach are at least so far away (the point may lie outside the grid).
            let clear = (reach as f64 - 1.0).max(0.0) * self.cell_mm;
            if best <= enough.max(clear * clear) {
                break;
            }
            self.shell(home, reach, &mut |cell| {
                let range = self.start[cell] as usize..self.start[cell + 1] as usize;
                for triangle in &self.triangles[range] {
                    if best <= enough {
                        return;
                    }
                    let corners = self.surface.corners(self.surface.triangles[*triangle as usize]);
                    best = best.min(squared_to_triangle(point, corners));
                }
            });
        }
        best
    }

    /// The cells that are `reach` away from `home` in one axis at least.
    fn shell(&self, home: [usize; 3], reach: usize, visit: &mut dyn FnMut(usize)) {
        let low = |axis: usize| home[axis].saturating_sub(reach);
        let high = |axis: usize| (home[axis] + reach).min(self.size[axis] - 1);
        for z in low(2)..=high(2) {
            for y in low(1)..=high(1) {
                let is_edge = z.abs_diff(home[2]) == reach || y.abs_diff(home[1]) == reach;
                let row = (z * self.size[1] + y) * self.size[0];
                if is_edge {
                    (low(0)..=high(0)).for_each(|x| visit(row + x));
                    continue;
                }
                if home[0] >= reach {
                    visit(row + home[0] - reach);
                }
                if reach > 0 && home[0] + reach < self.size[0] {
                    visit(row + home[0] + reach);
                }
            }
        }
    }
}

/// The squared distance of a point to a triangle: to its plane where the foot is inside, else to the
/// nearest of its sides.
pub(super) fn squared_to_triangle(point: [f64; 3], [a, b, c]: [[f64; 3]; 3]) -> f64 {
    let normal = super::vector::cross(minus(b, a), minus(c, a));
    let above = |from: [f64; 3], to: [f64; 3]| {
        dot(super::vector::cross(minus(to, from), minus(point, from)), normal) >= 0.0
    };
    let area = length(normal);
    if area > 0.0 && above(a, b) && above(b, c) && above(c, a) {
        let height = dot(minus(point, a), normal) / area;
        return height * height;
    }
    [(a, b), (b, c), (c, a)]
        .map(|(from, to)| {
            let (side, way) = (minus(to, from), minus(point, from));
            let square = dot(side, side);
            let part = if square > 0.0 { (dot(way, side) / square).clamp(0.0, 1.0) } else { 0.0 };
            let rest = [0, 1, 2].map(|k| way[k] - part * side[k]);
            dot(rest, rest)
        })
        .into_iter()
        .fold(f64::INFINITY, f64::min)
}
