//! Numbers about a surface.

use serde::Serialize;

use super::{
    Surface,
    edges::{Edges, Uses, parts},
    vector::{cross, dot, length, minus},
};
use crate::{Error, par};

/// Triangles that are summed by themselves: the same sums with any number of threads.
const CHUNK: usize = 1 << 14;

/// What a surface holds, with units in the names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SurfaceMeasures {
    /// Triangles.
    pub triangles: usize,
    /// Vertices.
    pub vertices: usize,
    /// The area of all triangles.
    pub area_mm2: f64,
    /// The volume inside; negative where triangles face inwards. Of a surface that is not closed it
    /// is that of the cones over its triangles from [`Surface::apex_ras_mm`], so no volume of anything:
    /// close the border for that.
    pub volume_mm3: f64,
    /// Lowest and highest coordinates.
    pub box_ras_mm: BoxRas,
    /// Is it closed? Each edge belongs to two triangles, which run along it in opposite directions.
    pub watertight: bool,
    /// Edges with a triangle on one side only.
    pub open_edges: u64,
    /// Edges that are neither open nor as a closed surface's.
    pub tangled_edges: u64,
    /// Connected parts.
    pub components: usize,
    /// Vertices − edges + triangles: 2 for each closed part, less 2 for each tunnel.
    pub euler: i64,
}

/// A box in RAS millimetres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BoxRas {
    /// Lowest coordinates.
    pub min: [f32; 3],
    /// Highest coordinates.
    pub max: [f32; 3],
}

/// How a surface hangs together.
enum Question {
    Edges,
    Parts,
}

enum Answer {
    Edges(Uses),
    Parts(usize),
}

impl Surface {
    /// Measures the surface.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn measures(&self) -> Result<SurfaceMeasures, Error> {
        let (area_mm2, volume_mm3) = self.area_and_volume();
        // One after the other with one thread; with more they hardly get in each other's way.
        let answers = par::map([Question::Edges, Question::Parts].into_iter(), &|_, question| {
            Ok::<_, Error>(match question {
                Question::Edges => Answer::Edges(Edges::of(self)?.uses()),
                Question::Parts => Answer::Parts(parts(self)?.1),
            })
        });
        let (mut uses, mut components) = (Uses::default(), 0);
        for answer in answers {
            match answer? {
                Answer::Edges(found) => uses = found,
                Answer::Parts(found) => components = found,
            }
        }
        let Uses { edges, open, tangled } = uses;
        let (vertices, triangles) = (self.positions.len(), self.triangles.len());
        Ok(SurfaceMeasures {
            triangles,
            vertices,
            area_mm2,
            volume_mm3,
            box_ras_mm: self.box_ras_mm(),
            watertight: open == 0 && tangled == 0,
            open_edges: open,
            tangled_edges: tangled,
            components,
            euler: vertices as i64 - edges as i64 + triangles as i64,
        })
    }

    /// Lowest and highest coordinates; all 0 for a surface without vertices.
    #[must_use]
    pub fn box_ras_mm(&self) -> BoxRas {
        let first = self.positions.first().copied().unwrap_or_default();
        let mut found = BoxRas { min: first, max: first };
        for position in &self.positions {
            for (axis, mm) in position.iter().enumerate() {
                found.min[axis] = found.min[axis].min(*mm);
                found.max[axis] = found.max[axis].max(*mm);
            }
        }
        found
    }

    /// Area in mm² and signed volume in mm³.
    pub(super) fn area_and_volume(&self) -> (f64, f64) {
        let apex = self.apex_ras_mm;
        let sums: Vec<[f64; 2]> = par::map(self.triangles.chunks(CHUNK), &|_, chunk| {
            let mut sums = [0.0; 2];
            for triangle in chunk {
                let [a, b, c] = self.corners(*triangle);
                let normal = cross(minus(b, a), minus(c, a));
                sums[0] += length(normal);
                sums[1] += dot(minus(a, apex), normal);
            }
            sums
        });
        let [area, volume] =
            sums.iter().fold([0.0; 2], |[area, volume], [a, v]| [area + a, volume + v]);
        (area / 2.0, volume / 6.0)
    }

    /// A triangle's corners.
    #[inline]
    pub(super) fn corners(&self, triangle: [u32; 3]) -> [[f64; 3]; 3] {
        triangle.map(|vertex| self.position(vertex).map(f64::from))
    }
}
