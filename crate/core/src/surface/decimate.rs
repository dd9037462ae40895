//! Fewer triangles for nearly the same surface: edges are collapsed, the one first that moves the
//! surface least (Garland and Heckbert 1997).
//!
//! ```text
//!    ·───·───·          ·───────·
//!   ╱ ╲ ╱ ╲ ╱ ╲        ╱ ╲     ╱ ╲        a ─ b becomes one vertex, where the planes of all triangles
//!  ·───a═══b───·  ─▶  ·───╲ · ╱───·       that were ever merged into it are nearest; two triangles go.
//!   ╲ ╱ ╲ ╱ ╲ ╱        ╲ ╱     ╲ ╱
//!    ·───·───·          ·───────·
//! ```
//!
//! An edge is collapsed only where the surface stays what it was: the ends have no common neighbours but
//! the two beside the edge (the link condition), no triangle turns over, and vertices at an opening stay.
//! Ours, since no kept crate does it here: `meshopt` is C++, which wants a C++ library in
//! wasm32-unknown-unknown; `meshopt-rs` rests since 2021, and neither keeps a closed surface closed.

mod links;
mod quadric;
mod queue;

use self::{
    links::Links,
    quadric::Quadric,
    queue::{Edge, Queue},
};
use super::{
    BoxRas, Surface,
    distance::squared_to_triangle,
    vector::{cross, dot, length, minus},
};
use crate::{Error, Progress, error::try_with_capacity, progress::checkpoint};

/// How far a triangle may turn in one collapse: the least cosine.
const LEAST_COSINE: f64 = 0.2;
/// A triangle's height may not fall below this part of its longest side: slivers have no normal.
const LEAST_HEIGHT: f64 = 1e-3;
/// Collapses between two reports.
const STEP: usize = 1 << 14;

/// What decimation takes beyond the surface and its result: the copy it begins with, corners and their
/// chains, a quadric and a place for each vertex, and edges in the queue. Its distance afterwards takes
/// less.
pub(super) fn bytes(triangles: u64, vertices: u64) -> u64 {
    (12 + 24 + 4 + 32) * triangles + (12 + 8 + 24 + 80 + 4 + 1) * vertices
}

impl Surface {
    /// Collapses edges until at most `target_triangles` are left, as long as the old and the new surface
    /// are at most `tolerance_mm` apart, both ways (measured at vertices and in the middle of sides and
    /// triangles, and summed over the collapses that lead there: less is used than allowed). Without a target, as far as
    /// the tolerance lets it; with neither, nothing is done. A closed surface stays closed and keeps its
    /// parts and tunnels, so more triangles may be left than were asked for.
    ///
    /// Reports stage `"decimate"`. Memory: about 250 bytes a vertex.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a tolerance that is no positive number; [`Error::OutOfMemory`],
    /// [`Error::Stopped`]: the surface is then as it was.
    pub fn decimate(
        &mut self,
        target_triangles: Option<u32>,
        tolerance_mm: Option<f64>,
        progress: &mut dyn Progress,
    ) -> Result<(), Error> {
        if let Some(mm) = tolerance_mm
            && !(mm > 0.0 && mm.is_finite())
        {
            return Err(Error::BadParameter {
                name: "toleranceMm",
                value: mm.to_string(),
                expected: "it must be a positive number of millimetres",
            });
        }
        let target = match (target_triangles, tolerance_mm) {
            (Some(target), _) => target as usize,
            (None, Some(_)) => 0,
            (None, None) => return Ok(()),
        };
        if self.triangles.len() <= target {
            return Ok(());
        }
        let mut work = Work::new(self, tolerance_mm.unwrap_or(f64::INFINITY))?;
        work.run(target, progress)?;
        let Work { links, positions, middle, .. } = work;
        self.triangles = links.into_triangles();
        for (position, moved) in self.positions.iter_mut().zip(&positions) {
            // What did not move comes back to the bit: an f64 has digits to spare.
            *position = [0, 1, 2].map(|k| (moved[k] + middle[k]) as f32);
        }
        self.drop_unused()
    }
}

/// The corners.
type Triangle = [[f64; 3]; 3];

struct Work {
    links: Links,
    /// Counted from here.
    middle: [f64; 3],
    positions: Vec<[f64; 3]>,
    quadrics: Vec<Quadric>,
    /// How far each triangle may be from the surface it stands for, in mm; empty without a tolerance.
    errors_mm: Vec<f32>,
    /// How often each vertex has changed.
    stamps: Vec<u32>,
    pinned: Vec<bool>,
    queue: Queue,
    tolerance_mm: f64,
    near: [Vec<u32>; 2],
    /// The triangles around an edge, before and after.
    patches: [Vec<Triangle>; 2],
}

impl Work {
    fn new(surface: &Surface, tolerance_mm: f64) -> Result<Self, Error> {
        let vertices = surface.positions.len();
        let purpose = "decimation";
        let BoxRas { min, max } = surface.box_ras_mm();
        let middle = [0, 1, 2].map(|k| (f64::from(min[k]) + f64::from(max[k])) / 2.0);
        let mut positions = try_with_capacity(vertices, purpose)?;
        let from_middle = |position: &[f32; 3]| minus(position.map(f64::from), middle);
        positions.extend(surface.positions.iter().map(from_middle));
        let mut quadrics = crate::error::try_vec(Quadric::default(), vertices, purpose)?;
        for triangle in &surface.triangles {
            let [a, b, c] = triangle.map(|vertex| positions[vertex as usize]);
            let quadric = Quadric::of_triangle(a, b, c);
            for vertex in triangle {
                quadrics[*vertex as usize].add(&quadric);
            }
        }
        let measured = if tolerance_mm.is_finite() { surface.triangles.len() } else { 0 };
        let mut work = Self {
            links: Links::new(surface)?,
            middle,
            positions,
            quadrics,
            errors_mm: crate::error::try_vec(0.0, measured, purpose)?,
            stamps: crate::error::try_vec(0, vertices, purpose)?,
            pinned: surface.open_vertices()?,
            queue: Queue::new(2 * surface.triangles.len())?,
            tolerance_mm,
            near: Default::default(),
            patches: Default::default(),
        };
        for [a, b, c] in &surface.triangles {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                // Each edge once: of its two triangles, the one that runs upwards along it.
                if from < to {
                    work.offer(*from, *to)?;
                }
            }
        }
        Ok(work)
    }

    /// Puts an edge among the candidates.
    fn offer(&mut self, a: u32, b: u32) -> Result<(), Error> {
        let (a, b) = (a.min(b), a.max(b));
        if self.pinned[a as usize] && self.pinned[b as usize] {
            return Ok(());
        }
        let (_, cost) = self.best_place(a, b);
        let stamp = self.stamps[a as usize].wrapping_add(self.stamps[b as usize]);
        self.queue.push(cost, Edge { ends: [a, b], stamp })
    }

    /// Where the vertex of a collapsed edge goes, and what that costs.
    fn best_place(&self, a: u32, b: u32) -> ([f64; 3], f64) {
        let [from, to] = [a, b].map(|vertex| self.positions[vertex as usize]);
        let mut quadric = self.quadrics[a as usize];
        quadric.add(&self.quadrics[b as usize]);
        let cost = |place| (place, quadric.at(place).max(0.0));
        if self.pinned[a as usize] || self.pinned[b as usize] {
            return cost(if self.pinned[a as usize] { from } else { to });
        }
        let middle = [0, 1, 2].map(|k| (from[k] + to[k]) / 2.0);
        if let Some(best) = quadric.lowest() {
            let way = minus(best, middle);
            let side = minus(to, from);
            // Nearly flat: the lowest point may be anywhere.
            if dot(way, way) <= dot(side, side) {
                return cost(best);
            }
        }
        [middle, from, to]
            .map(cost)
            .into_iter()
            .fold((middle, f64::INFINITY), |best, now| if now.1 < best.1 { now } else { best })
    }

    fn run(&mut self, target: usize, progress: &mut dyn Progress) -> Result<(), Error> {
        let all = self.links.alive();
        let mut looked_at = 0;
        while self.links.alive() > target {
            if looked_at % STEP == 0 {
                let done = (all - self.links.alive()) as f64 / (all - target).max(1) as f64;
                checkpoint(progress, "decimate", done)?;
            }
            looked_at += 1;
            let Some(Edge { ends: [a, b], stamp }) = self.queue.pop() else { break };
            let now = self.stamps[a as usize].wrapping_add(self.stamps[b as usize]);
            if stamp != now || self.links.is_gone(a) || self.links.is_gone(b) {
                continue;
            }
            let (place, _) = self.best_place(a, b);
            if let Some(error_mm) = self.allowed(a, b, place) {
                self.collapse(a, b, place, error_mm)?;
            }
        }
        Ok(())
    }

    /// May the edge be collapsed to `place`? Then with the error of the triangles there.
    fn allowed(&mut self, a: u32, b: u32, place: [f64; 3]) -> Option<f32> {
        if !self.links.may_collapse(a, b, &mut self.near) {
            return None;
        }
        let [old, new] = &mut self.patches;
        old.clear();
        new.clear();
        for (vertex, other) in [(a, b), (b, a)] {
            for triangle in self.links.around(vertex) {
                let first = triangle.iter().position(|v| *v == vertex).unwrap_or(0);
                // The vertex itself first.
                let corners = [0, 1, 2].map(|k| self.positions[triangle[(first + k) % 3] as usize]);
                old.push(corners);
                if triangle.contains(&other) {
                    continue;
                }
                let moved = [place, corners[1], corners[2]];
                if turns_over(corners, moved) {
                    return None;
                }
                new.push(moved);
            }
        }
        if self.tolerance_mm == f64::INFINITY {
            return Some(0.0);
        }
        let both = self.links.numbers(a).chain(self.links.numbers(b));
        let before_mm = both.fold(0.0, |most: f64, one| most.max(f64::from(self.errors_mm[one])));
        let left_mm = self.tolerance_mm - before_mm;
        if left_mm < 0.0 {
            return None;
        }
        let moved = farthest_squared(new, old, left_mm * left_mm)?.max(farthest_squared(
            old,
            new,
            left_mm * left_mm,
        )?);
        Some((before_mm + moved.sqrt()) as f32)
    }

    /// b becomes a, at `place`.
    fn collapse(&mut self, a: u32, b: u32, place: [f64; 3], error_mm: f32) -> Result<(), Error> {
        let quadric = self.quadrics[b as usize];
        self.quadrics[a as usize].add(&quadric);
        self.positions[a as usize] = place;
        self.pinned[a as usize] |= self.pinned[b as usize];
        self.links.collapse(a, b);
        if !self.errors_mm.is_empty() {
            for number in self.links.numbers(a) {
                self.errors_mm[number] = error_mm;
            }
        }
        self.stamps[a as usize] = self.stamps[a as usize].wrapping_add(1);
        let mut near = std::mem::take(&mut self.near[0]);
        self.links.neighbours(a, &mut near);
        for other in &near {
            self.offer(a, *other)?;
        }
        self.near[0] = near;
        Ok(())
    }
}

/// Does a triangle turn too far, or become a sliver?
fn turns_over(before: Triangle, after: Triangle) -> bool {
    let [old, new] = [before, after].map(|[a, b, c]| cross(minus(b, a), minus(c, a)));
    let sides = [(0, 1), (1, 2), (2, 0)].map(|(i, k)| length(minus(after[i], after[k])));
    let longest = sides.into_iter().fold(0.0, f64::max);
    let area = length(new);
    area <= LEAST_HEIGHT * longest * longest || dot(old, new) < LEAST_COSINE * length(old) * area
}

/// How far a patch's samples (the first corner of each triangle, the middle of its first side, its own
/// middle) are from another patch, squared; `None` where that is more than `most`.
fn farthest_squared(from: &[Triangle], to: &[Triangle], most: f64) -> Option<f64> {
    let mut farthest = 0.0f64;
    for [a, b, c] in from {
        let side = [0, 1, 2].map(|k| (a[k] + b[k]) / 2.0);
        let middle = [0, 1, 2].map(|k| (a[k] + b[k] + c[k]) / 3.0);
        for sample in [*a, side, middle] {
            let mut nearest = f64::INFINITY;
            for triangle in to {
                nearest = nearest.min(squared_to_triangle(sample, *triangle));
                // The farthest sample is not this one.
                if nearest <= farthest {
                    break;
                }
            }
            farthest = farthest.max(nearest);
        }
        if farthest > most {
            return None;
        }
    }
    Some(farthest)
}
