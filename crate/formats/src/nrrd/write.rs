//! Masks as `.seg.nrrd`, as 3D Slicer reads and writes it: one layer, one byte a voxel, gzipped.
//!
//! Nothing of the person is in it: the grid, what the segments are of, how the CT check came out.

use std::io::Write;

use flate2::{Compression, GzBuilder, write::GzEncoder};
use hounsfield::{Error, Grid, grid::Affine};

use crate::segment::{self, Segment};

/// Writes one segmentation, slice by slice.
#[derive(Debug)]
pub struct SegNrrdWriter {
    file_size: [usize; 3],
    ras_from_file: Affine,
    segments: Vec<Segment>,
    check_summary: String,
    data: GzEncoder<Vec<u8>>,
    /// Lowest and highest index of each segment along i, j, k.
    extents: Vec<Extent>,
    next: usize,
}

/// `None`: nothing is inside.
type Extent = Option<[[usize; 2]; 3]>;

impl SegNrrdWriter {
    /// For labels on the grid of a file: its size along i, j, k and RAS millimetres from them. The
    /// first segment is label 1. `check_summary`: how the CT check came out
    /// ([`hounsfield::check::summary`]).
    ///
    /// # Errors
    /// [`Error::BadGrid`]; [`Error::BadParameter`] for no segment, and for more than 255.
    pub fn new(
        file_size: [usize; 3],
        ras_from_file: &Affine,
        segments: &[Segment],
        check_summary: &str,
    ) -> Result<Self, Error> {
        Grid::new(file_size, *ras_from_file)?;
        segment::check_count(segments)?;
        Ok(Self {
            file_size,
            ras_from_file: *ras_from_file,
            segments: segments.to_vec(),
            check_summary: check_summary.to_owned(),
            // No time and no name, so that a mask gives the same bytes again.
            data: GzBuilder::new().mtime(0).write(Vec::new(), Compression::default()),
            extents: vec![None; segments.len()],
            next: 0,
        })
    }

    /// The labels on slice `k`, a byte a voxel, 0 where there is none, in the order of the file:
    /// [`hounsfield::nifti::labels_in_file_order`]. Of a single segment, anything but 0 is inside.
    /// Slices come in increasing k; those left out are empty.
    ///
    /// # Errors
    /// [`Error::BadParameter`] for a slice out of turn and for a label without a segment,
    /// [`Error::SizeMismatch`] for a slice of another size, [`Error::Unwritable`].
    pub fn put(&mut self, k: usize, voxels: &[u8]) -> Result<(), Error> {
        let [ni, nj, nk] = self.file_size;
        if k < self.next || k >= nk {
            return Err(Error::BadParameter {
                name: "slice",
                value: k.to_string(),
                expected: "slices must come in increasing order, within the volume",
            });
        }
        if voxels.len() != ni * nj {
            return Err(Error::SizeMismatch {
                what: "a slice of the mask",
                found: [voxels.len(), 1, 1],
                expected: [ni, nj, 1],
            });
        }
        segment::check_labels(voxels, self.segments.len())?;
        self.fill_up_to(k)?;
        let highest = u8::try_from(self.segments.len()).unwrap_or(u8::MAX);
        let mut labels = Vec::new();
        for (j, row) in voxels.chunks_exact(ni).enumerate() {
            labels.clear();
            labels.extend(row.iter().map(|voxel| (*voxel).min(highest)));
            self.data.write_all(&labels).map_err(unwritable)?;
            for (label, extent) in (1..=u8::MAX).zip(&mut self.extents) {
                let inside = |found: &u8| *found == label;
                if let (Some(first), Some(last)) =
                    (labels.iter().position(inside), labels.iter().rposition(inside))
                {
                    cover(extent, [[first, last], [j, j], [k, k]]);
                }
            }
        }
        self.next = k + 1;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.fill_up_to(self.file_size[2])?;
        let mut file = self.header().into_bytes();
        let data = self.data.finish().map_err(unwritable)?;
        file.try_reserve_exact(data.len()).map_err(|_| Error::OutOfMemory {
            bytes: data.len() as u64,
            purpose: "a segmentation's file",
        })?;
        file.extend(data);
        Ok(file)
    }

    fn fill_up_to(&mut self, k: usize) -> Result<(), Error> {
        let row = vec![0; self.file_size[0]];
        for _ in 0..k.saturating_sub(self.next).saturating_mul(self.file_size[1]) {
            self.data.write_all(&row).map_err(unwritable)?;
        }
        self.next = self.next.max(k);
        Ok(())
    }

    fn header(&self) -> String {
        let lps = |column: usize| {
            let [r, a, s] = self.ras_from_file.map(|row| row[column]);
            // Not `-r`, which would make negative zeros.
            format!("({},{},{})", 0.0 - r, 0.0 - a, s)
        };
        let [ni, nj, nk] = self.file_size;
        let mut header = format!(
            "NRRD0004\n\
             # Complete NRRD file format specification at:\n\
             # http://teem.sourceforge.net/nrrd/format.html\n\
             type: unsigned char\n\
             dimension: 3\n\
             space: left-posterior-superior\n\
             sizes: {ni} {nj} {nk}\n\
             space directions: {} {} {}\n\
             kinds: domain domain domain\n\
             encoding: gzip\n\
             space origin: {}\n",
            lps(0),
            lps(1),
            lps(2),
            lps(3),
        );
        let mut pair = |key: &str, value: &str| {
            let value = value.replace('\\', "\\\\").replace(['\r', '\n'], " ");
            header.push_str(&format!("{key}:={value}\n"));
        };
        for (n, (segment, extent)) in self.segments.iter().zip(&self.extents).enumerate() {
            let [red, green, blue] = segment.anatomy.rgb().map(|value| f64::from(value) / 255.0);
            // What is empty goes from 0 to -1.
            let extent = match extent {
                Some(extent) => extent.map(|[low, high]| format!("{low} {high}")).join(" "),
                None => "0 -1 0 -1 0 -1".to_owned(),
            };
            let terminology = segment.anatomy.slicer_terminology();
            let label = (n + 1).to_string();
            for (key, value) in [
                ("ID", format!("Segment_{label}")),
                ("Name", segment.label()),
                ("NameAutoGenerated", "0".into()),
                ("Color", format!("{red:.6} {green:.6} {blue:.6}")),
                ("ColorAutoGenerated", "0".into()),
                ("LabelValue", label),
                ("Layer", "0".into()),
                ("Extent", extent),
                ("Tags", format!("TerminologyEntry:{terminology}|")),
            ] {
                pair(&format!("Segment{n}_{key}"), &value);
            }
        }
        pair("Segmentation_MasterRepresentation", "Binary labelmap");
        pair("Segmentation_SourceRepresentation", "Binary labelmap");
        pair("Segmentation_ContainedRepresentationNames", "Binary labelmap|");
        pair("Segmentation_ReferenceImageExtentOffset", "0 0 0");
        if !self.check_summary.is_empty() {
            pair("Hounsfield_CTCheck", &self.check_summary);
        }
        header.push('\n');
        header
    }
}

fn cover(extent: &mut Extent, part: [[usize; 2]; 3]) {
    let extent = extent.get_or_insert(part);
    for (all, part) in extent.iter_mut().zip(part) {
        *all = [all[0].min(part[0]), all[1].max(part[1])];
    }
}

fn unwritable(error: std::io::Error) -> Error {
    Error::Unwritable { reason: error.to_string() }
}
