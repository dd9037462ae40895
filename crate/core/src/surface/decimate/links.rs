//! Which triangles meet at a vertex, while edges are collapsed.

use crate::{
    Error,
    error::{try_vec, try_with_capacity},
    surface::Surface,
};

const NONE: u32 = u32::MAX;

/// Triangles, and for each vertex a chain of their corners: corner 3 t + k is the k-th of triangle t.
#[derive(Debug)]
pub(super) struct Links {
    triangles: Vec<[u32; 3]>,
    /// The first and last corner of a vertex's chain.
    ends: Vec<[u32; 2]>,
    next: Vec<u32>,
    alive: usize,
}

impl Links {
    pub(super) fn new(surface: &Surface) -> Result<Self, Error> {
        let purpose = "decimation";
        let mut triangles = try_with_capacity(surface.triangles.len(), purpose)?;
        triangles.extend_from_slice(&surface.triangles);
        let mut ends = try_vec([NONE; 2], surface.positions.len(), purpose)?;
        let mut next = try_vec(NONE, 3 * triangles.len(), purpose)?;
        for (corner, vertex) in triangles.as_flattened().iter().enumerate().rev() {
            let [first, last] = &mut ends[*vertex as usize];
            next[corner] = *first;
            *first = corner as u32;
            if *last == NONE {
                *last = corner as u32;
            }
        }
        let alive = triangles.len();
        Ok(Self { triangles, ends, next, alive })
    }

    /// Triangles that are left.
    pub(super) fn alive(&self) -> usize {
        self.alive
    }

    pub(super) fn is_gone(&self, vertex: u32) -> bool {
        self.ends[vertex as usize][0] == NONE
    }

    pub(super) fn into_triangles(mut self) -> Vec<[u32; 3]> {
        self.triangles.retain(|triangle| triangle[0] != NONE);
        self.triangles
    }

    /// The triangles at a vertex.
    pub(super) fn around(&self, vertex: u32) -> impl Iterator<Item = [u32; 3]> + '_ {
        self.numbers(vertex).map(|number| self.triangles[number])
    }

    /// Which triangles are at a vertex.
    pub(super) fn numbers(&self, vertex: u32) -> impl Iterator<Item = usize> + '_ {
        let mut corner = self.ends[vertex as usize][0];
        std::iter::from_fn(move || {
            while corner != NONE {
                let number = corner as usize / 3;
                corner = self.next[corner as usize];
                // Collapsed ones stay in the chain.
                if self.triangles[number][0] != NONE {
                    return Some(number);
                }
            }
            None
        })
    }

    /// The vertices joined to one, smallest first.
    pub(super) fn neighbours(&self, vertex: u32, near: &mut Vec<u32>) {
        near.clear();
        near.extend(self.around(vertex).flatten().filter(|other| *other != vertex));
        near.sort_unstable();
        near.dedup();
    }

    /// The link condition: the surface is what it was when a and b are one, only with two triangles less.
    pub(super) fn may_collapse(&self, a: u32, b: u32, near: &mut [Vec<u32>; 2]) -> bool {
        let [near_a, near_b] = near;
        self.neighbours(a, near_a);
        self.neighbours(b, near_b);
        let mut common = near_a.iter().filter(|vertex| near_b.binary_search(vertex).is_ok());
        let (Some(c), Some(d), None) = (common.next(), common.next(), common.next()) else {
            return false;
        };
        let beside = self.around(a).filter(|triangle| triangle.contains(&b)).count();
        // A tetrahedron has c and d joined on both sides: it would fold flat.
        let joins = |vertex: u32| {
            self.around(vertex).any(|triangle| triangle.contains(c) && triangle.contains(d))
        };
        beside == 2 && !(joins(a) && joins(b))
    }

    /// b becomes a; the triangles between them go.
    pub(super) fn collapse(&mut self, a: u32, b: u32) {
        let mut corner = self.ends[b as usize][0];
        while corner != NONE {
            let triangle = &mut self.triangles[corner as usize / 3];
            if triangle.contains(&a) {
                *triangle = [NONE; 3];
                self.alive -= 1;
            } else if triangle[0] != NONE {
                triangle[corner as usize % 3] = a;
            }
            corner = self.next[corner as usize];
        }
        let [first, last] = std::mem::replace(&mut self.ends[b as usize], [NONE; 2]);
        let [_, own_last] = self.ends[a as usize];
        self.next[own_last as usize] = first;
        self.ends[a as usize][1] = last;
        self.drop_dead(a);
    }

    /// Takes triangles that are gone out of a vertex's chain, which would grow for ever.
    fn drop_dead(&mut self, vertex: u32) {
        let [mut corner, _] = self.ends[vertex as usize];
        let mut ends = [NONE; 2];
        while corner != NONE {
            let next = self.next[corner as usize];
            if self.triangles[corner as usize / 3][0] != NONE {
                if ends[0] == NONE {
                    ends[0] = corner;
                } else {
                    self.next[ends[1] as usize] = corner;
                }
                ends[1] = corner;
            }
            corner = next;
        }
        if ends[1] != NONE {
            self.next[ends[1] as usize] = NONE;
        }
        self.ends[vertex as usize] = ends;
    }
}
