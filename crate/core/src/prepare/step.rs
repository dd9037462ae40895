//! Steps as plain data.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// One step. Written as JSON, `{"op":"resample","spacingMm":[1,1,1]}`; what is left out has its
/// default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[serde(try_from = "Written")]
pub enum Step {
    /// To another spacing along the grid's own axes. Both grids share their outer corner; there are
    /// `max(1, round(n · spacing ÷ new spacing))` voxels along an axis (halves to even). Beyond the
    /// outermost voxels their values go on.
    ///
    /// Masks by a vote: see [`crate::prepare`]. A voxel to which padding would contribute takes the value of
    /// the voxel nearest to it, so that padding stays padding and tissue tissue.
    Resample {
        /// Along x, y, z.
        spacing_mm: [f64; 3],
        /// Between voxels; default linear.
        interpolation: Interpolation,
        /// Keeps fractions, so a scan of whole numbers becomes one of floats. Else they are rounded
        /// (halves to even). Default false.
        #[serde(rename = "asF32")]
        as_f32: bool,
        /// Takes padding for values like any other, as programs do that do not know of it. Default
        /// false.
        blend_padding: bool,
    },
    /// To [0, 1] between two HU, clipped. Padding becomes 0.
    Normalise {
        /// Becomes 0; default −1000.
        min_hu: f64,
        /// Becomes 1; default 400.
        max_hu: f64,
    },
    /// Takes a mean away.
    ZeroCentre {
        /// Default 0.25: about the mean of chest CT that is normalised between −1000 and 400 HU.
        mean: Mean,
    },
    /// To mean 0 and standard deviation 1 (divided by n). Padding is left out of both and becomes the
    /// lowest value.
    ZScore,
    /// To the box of all masks together.
    Crop {
        /// On each side, as far as the scan goes; default 0.
        margin_mm: f64,
    },
    /// To at least this size, the scan in the middle (where it cannot be, half a voxel below it).
    Pad {
        /// Along x, y, z.
        size_voxel: [usize; 3],
        /// The value around it; default −1024 HU, in scaled scans the lowest value.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<f64>,
    },
    /// Another order of axes in the files that are written. Voxels stay in closest-RAS order in
    /// memory, and pictures of slices are upright in any case.
    Reorient {
        /// Where i, j and k grow to, such as "LPS": one of 48.
        axes: String,
    },
}

/// How values between voxels come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Interpolation {
    /// The nearest voxel's; the higher of two.
    Nearest,
    /// Linear between neighbours.
    #[default]
    Linear,
    /// Cubic through four neighbours (Catmull–Rom). It needs no filter over the whole scan
    /// beforehand, as B-splines do, so a few planes are enough; it may overshoot at edges, but never
    /// into padding.
    Cubic,
}

/// The mean to take away: a number, or `"measured"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// This.
    Given(f64),
    /// The scan's own, padding left out.
    Measured,
}

const MEASURED: &str = "measured";

impl Serialize for Mean {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Given(mean) => serializer.serialize_f64(*mean),
            Self::Measured => serializer.serialize_str(MEASURED),
        }
    }
}

impl<'de> Deserialize<'de> for Mean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Mean;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number or \"measured\"")
            }
            fn visit_f64<E: de::Error>(self, mean: f64) -> Result<Mean, E> {
                Ok(Mean::Given(mean))
            }
            fn visit_i64<E: de::Error>(self, mean: i64) -> Result<Mean, E> {
                Ok(Mean::Given(mean as f64))
            }
            fn visit_u64<E: de::Error>(self, mean: u64) -> Result<Mean, E> {
                Ok(Mean::Given(mean as f64))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Mean, E> {
                if word == MEASURED {
                    Ok(Mean::Measured)
                } else {
                    Err(E::custom(format!(
                        "mean is \"{word}\", but it must be a number or \"measured\""
                    )))
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A step as it is written: every field of any, as in [`recipe`](crate::recipe), for the same reason.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    op: Op,
    spacing_mm: Option<[f64; 3]>,
    interpolation: Option<Interpolation>,
    #[serde(rename = "asF32")]
    as_f32: Option<bool>,
    blend_padding: Option<bool>,
    min_hu: Option<f64>,
    max_hu: Option<f64>,
    mean: Option<Mean>,
    margin_mm: Option<f64>,
    size_voxel: Option<[usize; 3]>,
    value: Option<f64>,
    axes: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Op {
    Resample,
    Normalise,
    ZeroCentre,
    ZScore,
    Crop,
    Pad,
    Reorient,
}

impl TryFrom<Written> for Step {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let given = [
            ("spacingMm", written.spacing_mm.is_some()),
            ("interpolation", written.interpolation.is_some()),
            ("asF32", written.as_f32.is_some()),
            ("blendPadding", written.blend_padding.is_some()),
            ("minHu", written.min_hu.is_some()),
            ("maxHu", written.max_hu.is_some()),
            ("mean", written.mean.is_some()),
            ("marginMm", written.margin_mm.is_some()),
            ("sizeVoxel", written.size_voxel.is_some()),
            ("value", written.value.is_some()),
            ("axes", written.axes.is_some()),
        ];
        let fields: &[&str] = match written.op {
            Op::Resample => &["spacingMm", "interpolation", "asF32", "blendPadding"],
            Op::Normalise => &["minHu", "maxHu"],
            Op::ZeroCentre => &["mean"],
            Op::ZScore => &[],
            Op::Crop => &["marginMm"],
            Op::Pad => &["sizeVoxel", "value"],
            Op::Reorient => &["axes"],
        };
        if let Some((name, _)) = given.iter().find(|(name, is)| *is && !fields.contains(name)) {
            return Err(format!("unknown field `{name}`, expected {}", fields.join(" or ")));
        }
        let missing = |name: &str| format!("missing field `{name}`");
        Ok(match written.op {
            Op::Resample => Self::Resample {
                spacing_mm: written.spacing_mm.ok_or_else(|| missing("spacingMm"))?,
                interpolation: written.interpolation.unwrap_or_default(),
                as_f32: written.as_f32.unwrap_or(false),
                blend_padding: written.blend_padding.unwrap_or(false),
            },
            Op::Normalise => Self::Normalise {
                min_hu: written.min_hu.unwrap_or(-1000.0),
                max_hu: written.max_hu.unwrap_or(400.0),
            },
            Op::ZeroCentre => Self::ZeroCentre { mean: written.mean.unwrap_or(Mean::Given(0.25)) },
            Op::ZScore => Self::ZScore,
            Op::Crop => Self::Crop { margin_mm: written.margin_mm.unwrap_or(0.0) },
            Op::Pad => Self::Pad {
                size_voxel: written.size_voxel.ok_or_else(|| missing("sizeVoxel"))?,
                value: written.value,
            },
            Op::Reorient => Self::Reorient { axes: written.axes.ok_or_else(|| missing("axes"))? },
        })
    }
}
