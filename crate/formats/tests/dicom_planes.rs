//! Planes of a plan out of DICOM objects: taken, mixed, moved, left out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod hostile;

use std::cell::Cell;

use hostile::{Built, Pixels, number, text};
use hounsfield::{Error, Grid, Info, Slice, info::HeldAs};
use hounsfield_formats::{
    bytes::Bytes,
    dicom::pixels::DicomReader,
    item::Place,
    plan::{Part, Plan, Plane, ReaderKind},
    reader::PlaneReader,
};

fn plan(planes: Vec<Plane>) -> Plan {
    let grid = Grid::from_spacing([4, 3, planes.len()], [0.7, 0.8, 2.5]).unwrap();
    Plan {
        info: Info::of_grid("DICOM", &grid, "LPS".into(), "int16", HeldAs::I16),
        reader: ReaderKind::Dicom,
        file_size: [4, 3, planes.len()],
        ras_from_file: *grid.ras_from_voxel(),
        fill: -2048,
        planes,
        sequential: false,
        needs_codecs: false,
        labels: None,
        palette: Vec::new(),
        header: None,
    }
}

fn part(file: usize, frame: u32, weight: f64) -> Part {
    Part { place: Place { file, entry: None }, frame, weight }
}

/// A slice whose stored values are `first`, `first` + 1, ….
fn slice(first: i16) -> Built {
    let stored = (first..first + 12).flat_map(i16::to_le_bytes).collect();
    Built { pixels: Pixels::Native(stored, 2), ..Built::default() }
        .put((0x0028, 0x1052), text(b"DS", "0"))
}

fn values(range: std::ops::Range<i16>) -> Slice {
    Slice::I16(range.collect())
}

#[test]
fn planes_are_taken_mixed_moved_and_left_out() {
    let files = [slice(0).bytes(), slice(100).bytes(), Built::enhanced().bytes()];
    let still = [0.0; 2];
    let plan = plan(vec![
        Plane { parts: vec![part(1, 0, 1.0)], shift_px: still },
        Plane { parts: vec![], shift_px: still },
        Plane { parts: vec![part(0, 0, 0.25), part(1, 0, 0.75)], shift_px: still },
        Plane { parts: vec![part(0, 0, 1.0)], shift_px: [0.0, 1.0] },
        Plane { parts: vec![part(0, 0, 1.0)], shift_px: [-0.5, 0.0] },
        Plane { parts: vec![part(2, 1, 1.0)], shift_px: still },
        Plane { parts: vec![part(0, 1, 1.0)], shift_px: still },
    ]);
    let open = |place: &Place| Ok(Box::new(&files[place.file]) as Box<dyn Bytes + '_>);
    let mut reader = DicomReader::new(&plan, open, &());
    assert_eq!(reader.plane(0), Ok(Some(values(100..112))));
    assert_eq!(reader.plane(1), Ok(None));
    assert_eq!(reader.plane(2), Ok(Some(values(75..87))));
    let fill = [-2048; 4];
    let moved = fill.into_iter().chain(0..8).collect();
    assert_eq!(reader.plane(3), Ok(Some(Slice::I16(moved))));
    // Halfway between neighbours: 0.5 away from zero, rounded.
    let half = [1, 2, 3, -2048, 5, 6, 7, -2048, 9, 10, 11, -2048];
    assert_eq!(reader.plane(4), Ok(Some(Slice::I16(half.to_vec()))));
    let frame = (12..24).map(|n| 2 * n - 1001).collect();
    assert_eq!(reader.plane(5), Ok(Some(Slice::I16(frame))));
    // A frame that is not there, a plane that is not there; the others still are.
    assert!(matches!(reader.plane(6), Err(Error::BadParameter { name: "frame", .. })));
    assert!(matches!(reader.plane(7), Err(Error::BadParameter { name: "slice", .. })));
    assert_eq!(reader.plane(0), Ok(Some(values(100..112))));
}

#[test]
fn fractions_make_floats_and_wrong_sizes_are_refused() {
    let half = slice(0).put((0x0028, 0x1053), text(b"DS", "0.5"));
    let small = slice(0).put((0x0028, 0x0010), number(2));
    let files = [half.bytes(), slice(1).bytes(), small.bytes()];
    let plan = plan(vec![
        Plane { parts: vec![part(0, 0, 0.5), part(1, 0, 0.5)], ..Plane::default() },
        Plane { parts: vec![part(2, 0, 1.0)], ..Plane::default() },
    ]);
    let open = |place: &Place| Ok(Box::new(&files[place.file]) as Box<dyn Bytes + '_>);
    let mut reader = DicomReader::new(&plan, open, &());
    let expected = (0..12_i16).map(|n| f32::from(n) * 0.75 + 0.5).collect();
    assert_eq!(reader.plane(0), Ok(Some(Slice::F32(expected))));
    let error = reader.plane(1).unwrap_err();
    assert!(matches!(error, Error::SizeMismatch { found: [4, 2, 1], .. }), "{error}");
}

/// Counts reads, as a browser would feel them.
struct Counted<'a>(&'a [u8], &'a Cell<u32>);

impl Bytes for Counted<'_> {
    fn byte_length(&self) -> u64 {
        self.0.byte_length()
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<usize> {
        self.1.set(self.1.get() + 1);
        self.0.read_at(offset, out)
    }
}

#[test]
fn a_frame_costs_one_read_and_a_header_one() {
    let (rows, columns, frames) = (300_u16, 400_u16, 4);
    let size = usize::from(rows) * usize::from(columns) * 2;
    let built = Built { pixels: Pixels::Native(vec![1; size * frames], 2), ..Built::default() }
        .put((0x0028, 0x0008), text(b"IS", "4"))
        .put((0x0028, 0x0010), number(rows))
        .put((0x0028, 0x0011), number(columns));
    let bytes = built.bytes();
    let reads = Cell::new(0);
    let mut plan = plan(vec![
        Plane { parts: vec![part(0, 0, 1.0)], ..Plane::default() },
        Plane { parts: vec![part(0, 3, 1.0)], ..Plane::default() },
    ]);
    plan.file_size = [400, 300, 2];
    let open = |_: &Place| Ok(Box::new(Counted(&bytes, &reads)) as Box<dyn Bytes + '_>);
    let mut reader = DicomReader::new(&plan, open, &());
    reader.plane(0).unwrap();
    assert_eq!(reads.get(), 2);
    reader.plane(1).unwrap();
    assert_eq!(reads.get(), 3);
}
