//! Parts put away, holes closed, normals.

use super::{
    Surface,
    edges::{Edges, parts},
    vector::{cross, length, minus},
};
use crate::{
    Error,
    error::{try_vec, try_with_capacity},
};

const GONE: u32 = u32::MAX;

impl Surface {
    /// Leaves only the connected part with the largest area; of equal ones the first.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn keep_largest(&mut self) -> Result<(), Error> {
        let (part_of, count) = parts(self)?;
        let mut areas = try_vec(0.0, count, "the parts' areas")?;
        for triangle in &self.triangles {
            let [a, b, c] = self.corners(*triangle);
            areas[part_of[triangle[0] as usize] as usize] +=
                length(cross(minus(b, a), minus(c, a)));
        }
        let largest = areas
            .iter()
            .enumerate()
            .fold((0, -1.0), |most, (part, area)| if *area > most.1 { (part, *area) } else { most })
            .0;
        self.triangles.retain(|triangle| part_of[triangle[0] as usize] as usize == largest);
        self.drop_unused()
    }

    /// Vertices at one place become one, which is the first of them; those of no triangle go.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn weld(&mut self) -> Result<(), Error> {
        let purpose = "the places of vertices";
        let mut places = try_with_capacity(self.positions.len(), purpose)?;
        // Minus zero is zero.
        let key = |position: &[f32; 3]| position.map(|mm| (mm + 0.0).to_bits());
        places.extend((0u32..).zip(&self.positions).map(|(k, position)| (key(position), k)));
        places.sort_unstable();
        let mut stands_for = try_vec(0, places.len(), purpose)?;
        for same in places.chunk_by(|a, b| a.0 == b.0) {
            for (_, vertex) in same {
                stands_for[*vertex as usize] = same[0].1;
            }
        }
        drop(places);
        for vertex in self.triangles.iter_mut().flatten() {
            *vertex = stands_for[*vertex as usize];
        }
        self.drop_unused()
    }

    /// Takes away vertices of no triangle; the others keep their order.
    pub(super) fn drop_unused(&mut self) -> Result<(), Error> {
        let mut place = try_vec(GONE, self.positions.len(), "the vertices' new places")?;
        for vertex in self.triangles.iter().flatten() {
            place[*vertex as usize] = 0;
        }
        for (next, place) in (0..).zip(place.iter_mut().filter(|place| **place != GONE)) {
            *place = next;
        }
        let mut used = place.iter().map(|place| *place != GONE);
        self.positions.retain(|_| used.next().unwrap_or(false));
        for vertex in self.triangles.iter_mut().flatten() {
            *vertex = place[*vertex as usize];
        }
        Ok(())
    }

    /// Closes openings of at most `most_edges` edges: with one triangle, or a fan around the mean of
    /// their vertices. Returns how many it closed.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn fill_holes(&mut self, most_edges: usize) -> Result<usize, Error> {
        // Along an opening's edge the triangle that is missing runs against the one that is there.
        let mut missing = Vec::new();
        Edges::of(self)?.for_each(|lower, higher, up, down| match (up, down) {
            (1, 0) => missing.push((higher, lower)),
            (0, 1) => missing.push((lower, higher)),
            _ => {}
        });
        missing.sort_unstable();
        let mut taken = try_vec(false, missing.len(), "the openings")?;
        let mut filled = 0;
        for start in 0..missing.len() {
            let (mut ring, mut is_closed) = (Vec::new(), false);
            let mut at = Some(start).filter(|edge| !taken[*edge]);
            while let Some(edge) = at {
                taken[edge] = true;
                let (from, to) = missing[edge];
                ring.push(from);
                is_closed = to == missing[start].0;
                // Where openings touch in a vertex, the first way on that is left.
                let first = missing.partition_point(|(from, _)| *from < to);
                at = (first..missing.len())
                    .take_while(|edge| !is_closed && missing[*edge].0 == to)
                    .find(|edge| !taken[*edge]);
            }
            if is_closed && ring.len() > 2 && ring.len() <= most_edges {
                self.close(&ring)?;
                filled += 1;
            }
        }
        Ok(filled)
    }

    fn close(&mut self, ring: &[u32]) -> Result<(), Error> {
        let refused = |_| Error::OutOfMemory { bytes: 24 * ring.len() as u64, purpose: "a cap" };
        self.triangles.try_reserve(ring.len()).map_err(refused)?;
        if let [a, b, c] = *ring {
            self.triangles.push([a, b, c]);
            return Ok(());
        }
        let mut sum = [0.0; 3];
        for vertex in ring {
            for (sum, mm) in sum.iter_mut().zip(self.position(*vertex)) {
                *sum += f64::from(mm);
            }
        }
        let middle = self.positions.len() as u32;
        self.positions.try_reserve(1).map_err(refused)?;
        self.positions.push(sum.map(|mm| (mm / ring.len() as f64) as f32));
        for (k, from) in ring.iter().enumerate() {
            self.triangles.push([*from, ring[(k + 1) % ring.len()], middle]);
        }
        Ok(())
    }

    /// A normal of length 1 for each vertex: the mean of its triangles' normals, by their areas.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn normals(&self) -> Result<Vec<[f32; 3]>, Error> {
        let mut sums = try_vec([0.0f32; 3], self.positions.len(), "normals")?;
        for triangle in &self.triangles {
            let [a, b, c] = self.corners(*triangle);
            let normal = cross(minus(b, a), minus(c, a)).map(|n| n as f32);
            for vertex in triangle {
                if let Some(sum) = sums.get_mut(*vertex as usize) {
                    *sum = [sum[0] + normal[0], sum[1] + normal[1], sum[2] + normal[2]];
                }
            }
        }
        let mut normals = try_with_capacity(sums.len(), "normals")?;
        normals.extend(sums.into_iter().map(|sum| {
            let sum = sum.map(f64::from);
            let length = length(sum);
            // A vertex of no triangle looks up: viewers want a length of 1.
            if length > 0.0 { sum.map(|n| (n / length) as f32) } else { [0.0, 0.0, 1.0] }
        }));
        Ok(normals)
    }
}
