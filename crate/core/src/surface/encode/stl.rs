//! Binary STL: 80 bytes of text, a count, and each triangle with its normal and its own corners.

use crate::{Error, error::try_with_capacity, surface::Surface};

const HEADER_BYTES: usize = 80;
const TRIANGLE_BYTES: usize = 50;

/// All triangles of all surfaces.
pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let triangles: usize = surfaces.iter().map(|surface| surface.triangles.len()).sum();
    let length = HEADER_BYTES + 4 + TRIANGLE_BYTES * triangles;
    let mut bytes = try_with_capacity(length, "an STL file")?;
    // It must not begin with "solid": that is the other kind of STL.
    bytes.extend_from_slice(b"Hounsfield surface, RAS millimetres");
    bytes.resize(HEADER_BYTES, b' ');
    bytes.extend_from_slice(&(triangles as u32).to_le_bytes());
    for surface in surfaces {
        for triangle in &surface.triangles {
            let normal = surface.normal_of(*triangle);
            let corners = triangle.map(|vertex| surface.position(vertex));
            for number in std::iter::once(normal).chain(corners).flatten() {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(&[0; 2]);
        }
    }
    Ok(bytes)
}
