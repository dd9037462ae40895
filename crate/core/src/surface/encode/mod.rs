//! Surfaces as files, and back.

mod gltf;
mod obj;
mod ply;
mod stl;

use serde::{Deserialize, Serialize};

use super::{BONE, MOST_TRIANGLES, Surface};
use crate::{Error, check};

/// What a file of surfaces is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Binary STL, in millimetres: triangles only, so several parts become one.
    Stl,
    /// Wavefront OBJ, in millimetres: text, a named group for each part.
    Obj,
    /// Binary PLY, in millimetres: a colour for each vertex; the parts' names in comments.
    Ply,
    /// Binary glTF: a named node with normals and a material for each part, under one that turns RAS
    /// millimetres into metres with y up, as glTF wants them.
    Glb,
}

/// One file with all surfaces as its parts. Coordinates are RAS millimetres.
///
/// # Errors
/// [`Error::BadParameter`] without a surface, or for more triangles together than [`MOST_TRIANGLES`];
/// [`Error::OutOfMemory`].
pub fn encode(surfaces: &[Surface], format: Format) -> Result<Vec<u8>, Error> {
    let triangles: u64 = surfaces.iter().map(|surface| surface.triangles.len() as u64).sum();
    if surfaces.is_empty() || triangles > MOST_TRIANGLES {
        return Err(Error::BadParameter {
            name: "the file of surfaces",
            value: format!("{} surfaces with {triangles} triangles", surfaces.len()),
            expected: "it takes at least one surface, and at most 50 million triangles",
        });
    }
    match format {
        Format::Stl => stl::encode(surfaces),
        Format::Obj => obj::encode(surfaces),
        Format::Ply => ply::encode(surfaces),
        Format::Glb => gltf::encode(surfaces),
    }
}

/// The surfaces of an STL, OBJ or PLY, of text or binary, from [`encode`] or another program: each part that
/// the file tells apart. Faces of more corners become fans; STL has no vertices of its own, so equal corners
/// become one.
///
/// # Errors
/// [`Error::Damaged`] with what is wrong, [`Error::Unsupported`] for what is none of these,
/// [`Error::OutOfMemory`].
pub fn decode(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    let surfaces = if bytes.starts_with(b"ply") {
        ply::decode(bytes)?
    } else if stl::is_stl(bytes) {
        stl::decode(bytes)?
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) if stl::is_text(text) => stl::decode_text(text)?,
            Ok(text) if obj::is_obj(text) => obj::decode(text)?,
            _ => {
                return Err(Error::Unsupported {
                    what: "a file of surfaces that is neither STL nor OBJ nor PLY".into(),
                    hint: "save the surface as one of these",
                });
            }
        }
    };
    let checked = |Surface { name, colour, positions, triangles, ct_check, .. }| {
        let mut surface = Surface::from_parts(name, colour, positions, triangles)?;
        surface.set_ct_check(&ct_check);
        Ok(surface)
    };
    surfaces.into_iter().map(checked).collect()
}

/// One more, or a sentence when there is no memory for it.
fn push<T>(list: &mut Vec<T>, one: T) -> Result<(), Error> {
    let bytes = (list.len() as u64 + 1) * size_of::<T>() as u64;
    list.try_reserve(1).map_err(|_| Error::OutOfMemory { bytes, purpose: "a file of surfaces" })?;
    list.push(one);
    Ok(())
}

fn damaged(reason: &str) -> Error {
    Error::Damaged { what: "the file of surfaces".into(), reason: reason.into() }
}

fn surface(name: String, positions: Vec<[f32; 3]>, triangles: Vec<[u32; 3]>) -> Surface {
    let (apex_ras_mm, deviation_mm, ct_check) = ([0.0; 3], None, String::new());
    Surface { name, colour: BONE, positions, triangles, apex_ras_mm, deviation_mm, ct_check }
}

/// How the CT checks of all parts came out, for formats with one line for it.
#[must_use]
pub fn ct_check_of_parts(surfaces: &[Surface]) -> String {
    let parts: Vec<&str> = surfaces.iter().map(Surface::ct_check).collect();
    check::summary_of_parts(&parts)
}

/// A name that formats with one line and one word for it can hold.
fn word(name: &str) -> String {
    if name.is_empty() {
        return "surface".into();
    }
    name.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests;
