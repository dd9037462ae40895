//! Which edges a surface has, and how many triangles run along each of them.

use super::Surface;
use crate::{Error, components::union_find::UnionFind, error::try_vec, par};

/// Set where an edge is run along from its higher to its lower vertex.
const DOWNWARDS: u32 = 1 << 31;
/// Vertices whose edges one thread counts at a time.
const RUN_VERTICES: usize = 1 << 14;

/// Every triangle's three edges, each kept at its lower vertex.
#[derive(Debug)]
pub(super) struct Edges {
    /// Where the edges of a vertex begin.
    start: Vec<u32>,
    /// The higher vertex, and which way.
    other: Vec<u32>,
}

/// How the edges of a surface are used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uses {
    /// Different edges.
    pub(super) edges: u64,
    /// Edges of one triangle only.
    pub(super) open: u64,
    /// Edges of more than two triangles, or of two that run along it in one direction.
    pub(super) tangled: u64,
}

impl Uses {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            edges: self.edges + other.edges,
            open: self.open + other.open,
            tangled: self.tangled + other.tangled,
        }
    }
}

impl Edges {
    pub(super) fn of(surface: &Surface) -> Result<Self, Error> {
        let vertices = surface.positions.len();
        let mut start = try_vec(0u32, vertices + 2, "the surface's edges")?;
        for (lower, _) in surface.triangles.iter().flat_map(sides) {
            start[lower as usize + 2] += 1;
        }
        for vertex in 2..start.len() {
            start[vertex] += start[vertex - 1];
        }
        let mut other = try_vec(0, 3 * surface.triangles.len(), "the surface's edges")?;
        for (lower, higher) in surface.triangles.iter().flat_map(sides) {
            let place = &mut start[lower as usize + 1];
            other[*place as usize] = higher;
            *place += 1;
        }
        Ok(Self { start, other })
    }

    /// Sorts each vertex's edges, and counts.
    pub(super) fn uses(&mut self) -> Uses {
        let counted = par::map(self.runs().into_iter(), &|_, run| {
            let mut uses = Uses::default();
            run.for_each(|_, _, up, down| {
                uses.edges += 1;
                match (up, down) {
                    (1, 1) => {}
                    (1, 0) | (0, 1) => uses.open += 1,
                    _ => uses.tangled += 1,
                }
            });
            uses
        });
        counted.into_iter().fold(Uses::default(), Uses::plus)
    }

    /// Calls `edge(lower, higher, times upwards, times downwards)` for each, in order.
    pub(super) fn for_each(&mut self, mut edge: impl FnMut(u32, u32, usize, usize)) {
        for run in self.runs() {
            run.for_each(&mut edge);
        }
    }

    /// All edges, those of some vertices at a time.
    fn runs(&mut self) -> Vec<Run<'_>> {
        let vertices = self.start.len().saturating_sub(2);
        let mut rest = self.other.as_mut_slice();
        let mut runs = Vec::new();
        for first in (0..vertices).step_by(RUN_VERTICES) {
            let end = vertices.min(first + RUN_VERTICES);
            let start = &self.start[first..=end];
            let length = (self.start[end] - self.start[first]) as usize;
            let (other, behind) = rest.split_at_mut(length);
            rest = behind;
            runs.push(Run { first, start, other });
        }
        runs
    }
}

/// The edges of some vertices.
struct Run<'a> {
    first: usize,
    /// As in [`Edges`], with the end behind.
    start: &'a [u32],
    other: &'a mut [u32],
}

impl Run<'_> {
    fn for_each(self, mut edge: impl FnMut(u32, u32, usize, usize)) {
        let Self { first, start, mut other } = self;
        for (vertex, bounds) in (first as u32..).zip(start.windows(2)) {
            let (own, behind) = other.split_at_mut((bounds[1] - bounds[0]) as usize);
            other = behind;
            own.sort_unstable_by_key(|other| (other & !DOWNWARDS, other & DOWNWARDS));
            for same in own.chunk_by(|a, b| (a ^ b) & !DOWNWARDS == 0) {
                let down = same.iter().filter(|other| *other & DOWNWARDS != 0).count();
                edge(vertex, same[0] & !DOWNWARDS, same.len() - down, down);
            }
        }
    }
}

/// A triangle's sides as (lower vertex, higher vertex and [`DOWNWARDS`]).
fn sides(triangle: &[u32; 3]) -> [(u32, u32); 3] {
    let [a, b, c] = *triangle;
    [(a, b), (b, c), (c, a)].map(
        |(from, to)| {
            if from <= to { (from, to) } else { (to, from | DOWNWARDS) }
        },
    )
}

/// The connected part of every vertex, numbered by its first one, and how many parts there are.
pub(super) fn parts(surface: &Surface) -> Result<(Vec<u32>, usize), Error> {
    let mut parents = try_vec(0u32, surface.positions.len(), "the surface's parts")?;
    for (vertex, parent) in parents.iter_mut().enumerate() {
        *parent = vertex as u32;
    }
    let mut sets = UnionFind::from_parents(parents);
    for [a, b, c] in &surface.triangles {
        sets.union(*a, *b);
        sets.union(*b, *c);
    }
    Ok(sets.into_labels())
}

/// The neighbours of every vertex that its triangles lead to: all of them, where the surface is closed.
#[derive(Debug)]
pub(super) struct Neighbours {
    start: Vec<u32>,
    other: Vec<u32>,
}

impl Neighbours {
    pub(super) fn of(surface: &Surface) -> Result<Self, Error> {
        let mut start = try_vec(0u32, surface.positions.len() + 2, "the vertices' neighbours")?;
        for vertex in surface.triangles.iter().flatten() {
            start[*vertex as usize + 2] += 1;
        }
        for vertex in 2..start.len() {
            start[vertex] += start[vertex - 1];
        }
        let mut other = try_vec(0, 3 * surface.triangles.len(), "the vertices' neighbours")?;
        for [a, b, c] in &surface.triangles {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                let place = &mut start[*from as usize + 1];
                other[*place as usize] = *to;
                *place += 1;
            }
        }
        Ok(Self { start, other })
    }

    pub(super) fn of_vertex(&self, vertex: usize) -> &[u32] {
        &self.other[self.start[vertex] as usize..self.start[vertex + 1] as usize]
    }
}

impl Surface {
    /// The vertices at an edge that is not between two triangles.
    pub(super) fn open_vertices(&self) -> Result<Vec<bool>, Error> {
        let mut open = try_vec(false, self.positions.len(), "open vertices")?;
        Edges::of(self)?.for_each(|lower, higher, up, down| {
            if (up, down) != (1, 1) {
                open[lower as usize] = true;
                open[higher as usize] = true;
            }
        });
        Ok(open)
    }
}
