//! Smoothing that does not shrink.

use super::{Surface, edges::Neighbours};
use crate::{Error, Progress, error::try_vec, par, progress::checkpoint};

/// How far a vertex goes towards the mean of its neighbours, and then back. Their sum's sign lets
/// what is long-waved stay: 1/λ + 1/μ ≈ 0.1 is the frequency that passes (Taubin 1995).
const LAMBDA: f32 = 0.5;
const MU: f32 = -0.53;
/// More than this smooths nothing that is still there.
const MOST_ITERATIONS: u32 = 1000;
/// Vertices a thread takes at a time.
const CHUNK: usize = 1 << 12;

/// What smoothing takes beyond the surface: neighbours, which vertices stay, and the moved ones.
pub(super) fn bytes(triangles: u64, vertices: u64) -> u64 {
    12 * triangles + (4 + 1 + 12) * vertices
}

impl Surface {
    /// Takes `iterations` of Taubin's two steps: stairs and noise go, volume stays (a ball's to within
    /// a percent). Vertices at an opening stay where they are. Reports stage `"smooth"`.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for more than 1000 iterations; [`Error::OutOfMemory`],
    /// [`Error::Stopped`], which leaves the surface smoothed as far as it came.
    pub fn smooth(&mut self, iterations: u32, progress: &mut dyn Progress) -> Result<(), Error> {
        if iterations > MOST_ITERATIONS {
            return Err(Error::BadParameter {
                name: "smoothing",
                value: iterations.to_string(),
                expected: "at most 1000 iterations",
            });
        }
        if iterations == 0 {
            return Ok(());
        }
        let neighbours = Neighbours::of(self)?;
        let pinned = self.open_vertices()?;
        let mut moved = try_vec([0.0; 3], self.positions.len(), "smoothed vertices")?;
        for step in 0..2 * iterations {
            checkpoint(progress, "smooth", f64::from(step) / f64::from(2 * iterations))?;
            let part = if step % 2 == 0 { LAMBDA } else { MU };
            let positions = &self.positions;
            par::each(moved.chunks_mut(CHUNK), &|chunk, moved| {
                for (k, moved) in moved.iter_mut().enumerate() {
                    let vertex = chunk * CHUNK + k;
                    let near = if pinned[vertex] { &[] } else { neighbours.of_vertex(vertex) };
                    *moved = step_of(positions, vertex, near, part);
                }
            });
            std::mem::swap(&mut self.positions, &mut moved);
        }
        Ok(())
    }
}

/// Where the vertex goes: `part` of the way to the mean of its neighbours.
fn step_of(positions: &[[f32; 3]], vertex: usize, near: &[u32], part: f32) -> [f32; 3] {
    let own = positions[vertex];
    if near.is_empty() {
        return own;
    }
    let mut sum = [0.0; 3];
    for other in near {
        // Differences, which are exact for neighbours: the sum keeps its last digits.
        for ((sum, other), own) in sum.iter_mut().zip(positions[*other as usize]).zip(own) {
            *sum += other - own;
        }
    }
    let scale = part / near.len() as f32;
    [own[0] + scale * sum[0], own[1] + scale * sum[1], own[2] + scale * sum[2]]
}
