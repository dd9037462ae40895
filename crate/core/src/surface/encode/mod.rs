//! Surfaces as files, and back.

mod stl;

use serde::{Deserialize, Serialize};

use super::Surface;
use crate::Error;

/// What a file of surfaces is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Binary STL, in millimetres: triangles only, so several parts become one.
    Stl,
}

/// One file with all surfaces as its parts. Coordinates are RAS millimetres (glTF says its own).
///
/// # Errors
/// [`Error::BadParameter`] without a surface, [`Error::OutOfMemory`].
pub fn encode(surfaces: &[Surface], format: Format) -> Result<Vec<u8>, Error> {
    if surfaces.is_empty() {
        return Err(Error::BadParameter {
            name: "surfaces",
            value: "none".into(),
            expected: "a file needs at least one",
        });
    }
    match format {
        Format::Stl => stl::encode(surfaces),
    }
}
