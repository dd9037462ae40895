//! Binary PLY: a header of text, then vertices with a colour, then faces.

mod read;
mod stream;

use std::fmt::Write;

pub(super) use read::decode;

use super::word;
use crate::{Error, error::try_with_capacity, surface::Surface};

const VERTEX_BYTES: usize = 15;
const FACE_BYTES: usize = 13;
/// What a part's line in the header begins with; then vertices, triangles and name.
const PART: &str = "comment part ";
/// How the CT check of the part before came out.
const REMARK: &str = "comment ";
const FORMAT: &str = "format binary_little_endian 1.0";
const VERTEX: [&str; 6] = [
    "property float x",
    "property float y",
    "property float z",
    "property uchar red",
    "property uchar green",
    "property uchar blue",
];
const FACE: &str = "property list uchar int vertex_indices";
const END: &str = "end_header\n";

pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let vertices: usize = surfaces.iter().map(|surface| surface.positions.len()).sum();
    let triangles: usize = surfaces.iter().map(|surface| surface.triangles.len()).sum();
    let mut header = format!("ply\n{FORMAT}\ncomment Hounsfield surface, RAS millimetres\n");
    for Surface { name, positions, triangles, ct_check, .. } in surfaces {
        // A String takes everything.
        let _ = writeln!(header, "{PART}{} {} {}", positions.len(), triangles.len(), word(name));
        if !ct_check.is_empty() {
            let _ = writeln!(header, "{REMARK}{ct_check}");
        }
    }
    let _ = writeln!(header, "element vertex {vertices}\n{}", VERTEX.join("\n"));
    let _ = write!(header, "element face {triangles}\n{FACE}\n{END}");
    let length = header.len() + VERTEX_BYTES * vertices + FACE_BYTES * triangles;
    let mut bytes = try_with_capacity(length, "a PLY file")?;
    bytes.extend_from_slice(header.as_bytes());
    for surface in surfaces {
        for position in &surface.positions {
            for mm in position {
                bytes.extend_from_slice(&mm.to_le_bytes());
            }
            bytes.extend_from_slice(&surface.colour);
        }
    }
    let mut before = 0;
    for surface in surfaces {
        for triangle in &surface.triangles {
            bytes.push(3);
            for vertex in triangle {
                bytes.extend_from_slice(&(before + vertex).to_le_bytes());
            }
        }
        before += surface.positions.len() as u32;
    }
    Ok(bytes)
}
