//! From bytes to voxels with a tilted gantry: what stands upright in the patient stands upright in
//! the volume.

use hounsfield::{Assembly, Volume, info::HeldAs, nifti::Limits};
use hounsfield_formats::{
    bytes::Bytes,
    catalogue::Catalogue,
    dicom::{self, pixels::DicomReader},
    item::{Item, Place},
    plan::{Gaps, Options, Tilt},
    reader::PlaneReader,
};

use crate::hostile::{Built, Pixels, number, text};

const SIZE: usize = 32;
const PIXEL_MM: f64 = 0.8;
const STEP_MM: f64 = 2.0;
/// Stored; −1024 HU more.
const BRIGHT: i16 = 2024;

/// LPS y at which the rod stands, x of it, in millimetres.
const ROD: [f64; 2] = [10.0, 6.0];

/// Slices of a rod that stands along z, taken with a gantry that leans by `degrees`: the table
/// moves along z, the slices' normal does not.
fn files(degrees: f64, slices: usize) -> Vec<Vec<u8>> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let file = |k: usize| {
        let z = k as f64 * STEP_MM / cos;
        let mut stored = vec![24i16; SIZE * SIZE];
        for j in 0..SIZE {
            for i in 0..SIZE {
                // The rod fades over a pixel, so that its middle can be found between pixels.
                let (x, y) = (i as f64 * PIXEL_MM, j as f64 * PIXEL_MM * cos);
                let off = ((x - ROD[0]).powi(2) + ((y - ROD[1]) / cos).powi(2)).sqrt() / PIXEL_MM;
                stored[j * SIZE + i] +=
                    (f64::from(BRIGHT - 24) * (1.0 - off / 2.0).max(0.0)) as i16;
            }
        }
        let stored = stored.iter().flat_map(|v| v.to_le_bytes()).collect();
        let mut built = Built { pixels: Pixels::Native(stored, 2), ..Built::default() };
        for (tag, value) in [
            ((0x0008, 0x0018), text(b"UI", &format!("1.2.3.4.{k}"))),
            ((0x0020, 0x0032), text(b"DS", &format!("0\\0\\{z}"))),
            ((0x0020, 0x0037), text(b"DS", &format!("1\\0\\0\\0\\{cos}\\{sin}"))),
            ((0x0028, 0x0010), number(SIZE as u16)),
            ((0x0028, 0x0011), number(SIZE as u16)),
            ((0x0028, 0x0030), text(b"DS", &format!("{PIXEL_MM}\\{PIXEL_MM}"))),
        ] {
            built = built.put(tag, value);
        }
        built.bytes()
    };
    (0..slices).map(file).collect()
}

fn open(files: &[Vec<u8>], options: &Options) -> Volume {
    let item = |(file, bytes): (usize, &Vec<u8>)| Item {
        place: Place { file, entry: None },
        name: format!("{file}"),
        bytes: bytes.len() as u64,
        kind: dicom::kind(bytes).unwrap(),
    };
    let plan =
        Catalogue::new(files.iter().enumerate().map(item).collect()).plan("1", options).unwrap();
    let mut assembly = Assembly::new(
        plan.file_size,
        &plan.ras_from_file,
        HeldAs::I16,
        plan.fill,
        Limits::default(),
    )
    .unwrap();
    let bytes = |place: &Place| Ok(Box::new(&files[place.file]) as Box<dyn Bytes + '_>);
    let mut reader = DicomReader::new(&plan, bytes, &());
    for k in 0..plan.planes.len() {
        if let Some(slice) = reader.plane(k).unwrap() {
            assert!(assembly.put(k, &slice).unwrap());
        }
    }
    assembly.finish().unwrap().0
}

/// RAS millimetres of the rod's middle in each z-slice of the volume.
fn rod(volume: &Volume) -> Vec<[f64; 3]> {
    let hu = volume.hu().unwrap();
    let [nx, ny, nz] = volume.grid().size_voxel();
    let middle = |z: usize| {
        let (mut sum, mut at) = (0.0, [0.0; 2]);
        for y in 0..ny {
            for x in 0..nx {
                let weight = f64::from(hu[(z * ny + y) * nx + x].max(-1000)) + 1000.0;
                sum += weight;
                at = [at[0] + weight * x as f64, at[1] + weight * y as f64];
            }
        }
        volume.grid().ras_of([at[0] / sum, at[1] / sum, z as f64])
    };
    (0..nz).map(middle).collect()
}

#[test]
fn a_rod_stands_where_it_stood() {
    for degrees in [-20.0, 0.0, 12.5, 30.0] {
        let files = files(degrees, 9);
        for tilt in [Tilt::Correct, Tilt::Keep] {
            let volume = open(&files, &Options { tilt, ..Options::default() });
            for at in rod(&volume) {
                // Half a pixel.
                let off = (at[0] + ROD[0]).hypot(at[1] + ROD[1]);
                assert!(off < PIXEL_MM / 2.0, "{degrees}° {tilt:?}: {off:.2} mm off at {at:?}");
            }
        }
        let size = open(&files, &Options::default()).grid().size_voxel();
        // 16 mm along the normal, to the side by the tangent.
        let room = (16.0 * degrees.to_radians().tan().abs() / PIXEL_MM - 1e-6).ceil() as usize;
        assert_eq!(size, [SIZE, SIZE + room, 9]);
    }
}

#[test]
fn a_rod_goes_on_where_a_slice_is_missing() {
    let mut files = files(12.5, 9);
    files.remove(4);
    let options = Options { gaps: Gaps::Interpolate, ..Options::default() };
    let rod = rod(&open(&files, &options));
    assert_eq!(rod.len(), 9);
    for at in rod {
        assert!((at[0] + ROD[0]).hypot(at[1] + ROD[1]) < PIXEL_MM / 2.0, "{at:?}");
    }
}
