//! Files that hold a whole volume: NIfTI, NRRD, MetaImage, alone or as a header with its voxels
//! in other files.

use hounsfield::{Info, grid::Affine};

use crate::item::{VolumeFormat, VolumeHeader};

/// The header of a NIfTI file, or of the first of a pair.
pub(crate) fn nifti_header(info: Info, name: &str) -> VolumeHeader {
    let (file_size, ras_from_file) = in_file_order(&info);
    let data_files = if info.image_apart { image_names(name) } else { Vec::new() };
    VolumeHeader { format: VolumeFormat::Nifti, info, file_size, ras_from_file, data_files }
}

/// The file's own sizes and axes, from those in closest-RAS order and the letters of its axes.
fn in_file_order(info: &Info) -> ([usize; 3], Affine) {
    let mut file_size = [1; 3];
    let [m00, m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23] = info.ras_from_voxel;
    let ras = [[m00, m01, m02, m03], [m10, m11, m12, m13], [m20, m21, m22, m23]];
    let mut file = ras;
    for (f, letter) in info.file_axes.chars().take(3).enumerate() {
        let (r, reversed) = match letter {
            'R' => (0, false),
            'L' => (0, true),
            'A' => (1, false),
            'P' => (1, true),
            'S' => (2, false),
            _ => (2, true),
        };
        file_size[f] = info.size_voxel[r];
        for (file, ras) in file.iter_mut().zip(&ras) {
            if reversed {
                file[f] = 0.0 - ras[r];
                file[3] += ras[r] * (info.size_voxel[r] as f64 - 1.0);
            } else {
                file[f] = ras[r];
            }
        }
    }
    (file_size, file)
}

/// `scan.hdr` → `scan.img`; both may be gzipped.
fn image_names(name: &str) -> Vec<String> {
    let lower = name.to_ascii_lowercase();
    let stem = [".hdr.gz", ".hdr"]
        .iter()
        .find_map(|end| lower.strip_suffix(end).and_then(|stem| name.get(..stem.len())))
        .unwrap_or(name);
    vec![format!("{stem}.img"), format!("{stem}.img.gz")]
}
