//! Which voxels touch.

use serde::{Deserialize, Serialize};

/// The neighbourhoods of digital topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Neighbourhood {
    /// Voxels that share a face.
    Faces6,
    /// Voxels that share a face or an edge.
    Edges18,
    /// Voxels that share a face, an edge or a corner.
    Corners26,
    /// Within one slice, pixels that share an edge. Slices do not touch.
    Plane4,
    /// Within one slice, pixels that share an edge or a corner. Slices do not touch.
    Plane8,
}

impl Neighbourhood {
    /// A row `dy` rows and `dz` slices away (each −1, 0 or 1): how far along x do voxels of the two
    /// rows touch? `None`: they never do.
    #[must_use]
    pub fn reach(self, dy: isize, dz: isize) -> Option<usize> {
        match (self, dy.unsigned_abs() + dz.unsigned_abs()) {
            (_, 0) => Some(1),
            (Self::Faces6, 1) => Some(0),
            (Self::Edges18 | Self::Corners26, 1) => Some(1),
            (Self::Edges18, 2) => Some(0),
            (Self::Corners26, 2) => Some(1),
            (Self::Plane4, 1) if dz == 0 => Some(0),
            (Self::Plane8, 1) if dz == 0 => Some(1),
            _ => None,
        }
    }

    /// 6, 18 or 26 in space; 4 or 8 in a plane.
    #[must_use]
    pub fn size(self) -> u8 {
        match self {
            Self::Faces6 => 6,
            Self::Edges18 => 18,
            Self::Corners26 => 26,
            Self::Plane4 => 4,
            Self::Plane8 => 8,
        }
    }
}

impl TryFrom<u8> for Neighbourhood {
    type Error = crate::Error;

    /// 6, 18 or 26.
    fn try_from(size: u8) -> Result<Self, Self::Error> {
        match size {
            6 => Ok(Self::Faces6),
            18 => Ok(Self::Edges18),
            26 => Ok(Self::Corners26),
            _ => Err(crate::Error::BadParameter {
                name: "neighbourhood",
                value: size.to_string(),
                expected: "it must be 6, 18 or 26",
            }),
        }
    }
}

impl Serialize for Neighbourhood {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.size())
    }
}

impl<'de> Deserialize<'de> for Neighbourhood {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(u8::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
