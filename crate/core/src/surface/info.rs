//! What is said of a surface, and surfaces that come from elsewhere.

use serde::Serialize;

use super::{BoxRas, MOST_TRIANGLES, Surface, SurfaceMeasures};
use crate::{Error, Progress, error::try_with_capacity, progress::Part};

/// Nothing that was scanned is larger.
const LARGEST_MM: f32 = 5000.0;
/// Of decimation with its distance, what the decimation takes.
const DECIMATING: f64 = 0.7;

/// A surface's name, colour and numbers, as apps show them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SurfaceInfo {
    /// What it is of.
    pub name: String,
    /// Red, green and blue.
    pub rgb: [u8; 3],
    /// Triangles.
    pub triangles: usize,
    /// Vertices.
    pub vertices: usize,
    /// The area of all triangles.
    pub area_mm2: f64,
    /// The volume inside, negative where triangles face inwards; `None` of an open surface.
    pub volume_ml: Option<f64>,
    /// See [`SurfaceMeasures::watertight`].
    pub is_closed: bool,
    /// Connected parts.
    pub parts: usize,
    /// Lowest and highest coordinates.
    pub bounds_ras_mm: BoxRas,
    /// See [`Surface::deviation_mm`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation_mm: Option<f64>,
    /// See [`Surface::ct_check`].
    pub ct_check: String,
    /// Sentences that belong beside the numbers.
    pub notes: Vec<String>,
}

impl Surface {
    /// A surface of arrays that came from elsewhere.
    ///
    /// # Errors
    /// [`Error::Damaged`] for triangles of vertices that are not there, for coordinates that are no
    /// finite numbers, and for more triangles than [`MOST_TRIANGLES`].
    pub fn from_parts(
        name: String,
        colour: [u8; 3],
        positions: Vec<[f32; 3]>,
        triangles: Vec<[u32; 3]>,
    ) -> Result<Self, Error> {
        let damaged =
            |reason: &str| Error::Damaged { what: "the surface".into(), reason: reason.into() };
        let vertices = positions.len() as u64;
        if triangles.len() as u64 > MOST_TRIANGLES {
            return Err(damaged("it has more than 50 million triangles"));
        }
        if triangles.as_flattened().iter().any(|vertex| u64::from(*vertex) >= vertices) {
            return Err(damaged("a triangle has a vertex that is not there"));
        }
        if positions.as_flattened().iter().any(|mm| !mm.is_finite()) {
            return Err(damaged("a coordinate is no finite number"));
        }
        let (apex_ras_mm, deviation_mm, ct_check) = ([0.0; 3], None, String::new());
        Ok(Self { name, colour, positions, triangles, apex_ras_mm, deviation_mm, ct_check })
    }

    /// What apps show of it.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn info(&self) -> Result<SurfaceInfo, Error> {
        let measures = self.measures()?;
        let mut notes = notes(&measures);
        if self.ct_check.contains("fail") {
            notes.push(format!("Its scan did not pass everything. {}.", self.ct_check));
        }
        let SurfaceMeasures { area_mm2, volume_mm3, watertight, .. } = measures;
        Ok(SurfaceInfo {
            name: self.name.clone(),
            rgb: self.colour,
            triangles: measures.triangles,
            vertices: measures.vertices,
            area_mm2,
            volume_ml: watertight.then_some(volume_mm3 / 1000.0),
            is_closed: watertight,
            parts: measures.components,
            bounds_ras_mm: measures.box_ras_mm,
            deviation_mm: self.deviation_mm,
            ct_check: self.ct_check.clone(),
            notes,
        })
    }

    /// The same surface of fewer triangles: [`Surface::decimate`] of a copy, with how far it is from
    /// this one in [`Surface::deviation_mm`].
    ///
    /// Reports stages `"decimate"` and `"distance"`. Memory: [`simplify_bytes`].
    ///
    /// # Errors
    /// As [`Surface::decimate`]; [`Error::BadParameter`] with neither of the two.
    pub fn simplified(
        &self,
        target_triangles: Option<u32>,
        tolerance_mm: Option<f64>,
        progress: &mut dyn Progress,
    ) -> Result<Self, Error> {
        if target_triangles.is_none() && tolerance_mm.is_none() {
            return Err(Error::BadParameter {
                name: "targetTriangles",
                value: "not given".into(),
                expected: "it takes a number of triangles, or toleranceMm, to simplify to",
            });
        }
        let mut made = self.try_clone()?;
        made.decimate(target_triangles, tolerance_mm, &mut Part::new(progress, 0.0, DECIMATING))?;
        let mut rest = Part::new(progress, DECIMATING, 1.0);
        let apart_mm = if made.triangles.len() == self.triangles.len() {
            0.0
        } else {
            made.hausdorff_mm(self, &mut rest)?
        };
        made.deviation_mm = Some(self.deviation_mm.unwrap_or(0.0) + apart_mm);
        Ok(made)
    }

    /// A copy.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn try_clone(&self) -> Result<Self, Error> {
        let mut positions = try_with_capacity(self.positions.len(), "a copy of the surface")?;
        positions.extend_from_slice(&self.positions);
        let mut triangles = try_with_capacity(self.triangles.len(), "a copy of the surface")?;
        triangles.extend_from_slice(&self.triangles);
        let Self { name, colour, apex_ras_mm, deviation_mm, ct_check, .. } = self;
        Ok(Self {
            name: name.clone(),
            colour: *colour,
            positions,
            triangles,
            apex_ras_mm: *apex_ras_mm,
            deviation_mm: *deviation_mm,
            ct_check: ct_check.clone(),
        })
    }
}

fn notes(measures: &SurfaceMeasures) -> Vec<String> {
    let mut notes = Vec::new();
    let SurfaceMeasures { open_edges, tangled_edges, box_ras_mm: BoxRas { min, max }, .. } =
        measures;
    if *open_edges > 0 {
        notes.push(format!(
            "It is open along {open_edges} edges, so it has no volume; closed at the border (capBorder) it has."
        ));
    }
    if *tangled_edges > 0 {
        notes.push(format!(
            "{tangled_edges} of its edges are not between two triangles of one side: programs that print may refuse it."
        ));
    }
    if measures.watertight && measures.volume_mm3 < 0.0 {
        notes.push("Its triangles face inwards.".into());
    }
    let widest_mm = min.iter().zip(max).fold(0.0f32, |widest, (low, high)| widest.max(high - low));
    if widest_mm > LARGEST_MM {
        let metres = widest_mm / 1000.0;
        notes.push(format!("It is {metres:.0} m across: its file may be in other units."));
    }
    notes
}
