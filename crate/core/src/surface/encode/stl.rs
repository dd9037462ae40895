//! STL. Binary: 80 bytes of text, a count, and each triangle with its normal and its own corners.

use super::{damaged, push, surface};
use crate::{Error, error::try_with_capacity, surface::Surface};

const HEADER_BYTES: usize = 80;
const TRIANGLE_BYTES: usize = 50;
/// So short that how the CT check came out stands whole behind it.
const ABOUT: &str = "Hounsfield RAS mm ";

/// All triangles of all surfaces.
pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let triangles: usize = surfaces.iter().map(|surface| surface.triangles.len()).sum();
    let length = HEADER_BYTES + 4 + TRIANGLE_BYTES * triangles;
    let mut bytes = try_with_capacity(length, "an STL file")?;
    // It must not begin with "solid": that is the other kind of STL.
    let about = format!("{ABOUT}{}", super::ct_check_of_parts(surfaces));
    bytes.extend(about.bytes().take(HEADER_BYTES));
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

/// A binary STL says its length: the text of the other kind may begin it all the same.
pub(super) fn is_stl(bytes: &[u8]) -> bool {
    count(bytes).is_some_and(|count| {
        bytes.len() as u64 == (HEADER_BYTES + 4) as u64 + TRIANGLE_BYTES as u64 * u64::from(count)
    })
}

fn count(bytes: &[u8]) -> Option<u32> {
    bytes.get(HEADER_BYTES..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// The kind of text: solids of facets.
pub(super) fn is_text(text: &str) -> bool {
    text.trim_start().starts_with("solid")
}

/// A surface of each solid, with its name.
pub(super) fn decode_text(text: &str) -> Result<Vec<Surface>, Error> {
    let mut all: Vec<Surface> = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match (words.next(), all.last_mut()) {
            (Some("solid"), _) => {
                let name = words.collect::<Vec<_>>().join(" ");
                all.push(surface(name, Vec::new(), Vec::new()));
            }
            (Some("vertex"), Some(current)) => {
                let mut next = || words.next().and_then(|word| word.parse().ok());
                let (Some(x), Some(y), Some(z)) = (next(), next(), next()) else {
                    return Err(damaged("a vertex is not three numbers"));
                };
                push(&mut current.positions, [x, y, z])?;
                let count = current.positions.len() as u32;
                if count.is_multiple_of(3) {
                    push(&mut current.triangles, [count - 3, count - 2, count - 1])?;
                }
            }
            _ => {}
        }
    }
    all.retain(|surface| !surface.triangles.is_empty());
    if all.is_empty() {
        return Err(damaged("it has no facets"));
    }
    for surface in &mut all {
        surface.weld()?;
    }
    Ok(all)
}

/// One surface of all triangles, whose equal corners are one vertex. Vertices are numbered as they are
/// met.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    let found = bytes.get(HEADER_BYTES + 4..).unwrap_or(&[]).chunks_exact(TRIANGLE_BYTES);
    if found.len() as u64 > crate::surface::MOST_TRIANGLES {
        return Err(damaged("it has more than 50 million triangles"));
    }
    let mut positions = try_with_capacity(3 * found.len(), "the corners of an STL file")?;
    let mut triangles = try_with_capacity(found.len(), "the triangles of an STL file")?;
    for triangle in found {
        let (numbers, _) = triangle.as_chunks::<4>();
        let first = positions.len() as u32;
        triangles.push([first, first + 1, first + 2]);
        for k in 0..3 {
            positions.push(std::array::from_fn(|axis| {
                numbers.get(3 + 3 * k + axis).map_or(0.0, |four| f32::from_le_bytes(*four))
            }));
        }
    }
    let mut surface = surface(String::new(), positions, triangles);
    let about = std::str::from_utf8(bytes.get(..HEADER_BYTES).unwrap_or(&[])).unwrap_or("");
    surface.set_ct_check(about.strip_prefix(ABOUT).unwrap_or("").trim_end());
    surface.weld()?;
    Ok(vec![surface])
}
