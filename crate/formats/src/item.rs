//! What one file (or one entry of an archive) turned out to be, from its header alone.
//!
//! Items cross between workers as JSON, so they are small and own everything.

use hounsfield::Info;
use serde::{Deserialize, Serialize};

use crate::dicom::header::Header;

/// Where an item's bytes are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Which of the files that were given.
    pub file: usize,
    /// Which entry, where the file is an archive.
    pub entry: Option<usize>,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Where its bytes are.
    pub place: Place,
    /// Its name, as given: for messages, never to decide by.
    pub name: String,
    /// Bytes, unpacked.
    pub bytes: u64,
    /// What it is.
    pub kind: Kind,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Kind {
    /// A DICOM object with an image in it (any modality, one frame or many).
    Dicom(Box<Header>),
    /// A file that holds a whole volume: NIfTI, NRRD, MetaImage.
    Volume(Box<VolumeHeader>),
    /// A picture, or several in one TIFF.
    Picture(PictureHeader),
    /// The voxels of a header that stands in another file (`.img`, `.raw`, `.zraw`, …).
    Voxels,
    /// Nothing that can be opened; the sentence says what it is or what is wrong with it.
    Other {
        /// A stable word: `"dicomdir"`, `"damaged"`, `"encrypted"`, `"not_a_scan"`, ….
        code: String,
        /// One sentence for people.
        reason: String,
    },
}

/// The format of a file with a whole volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VolumeFormat {
    /// `.nii`, `.nii.gz`, `.hdr` with `.img`.
    Nifti,
    /// `.nrrd`, `.nhdr` with its data.
    Nrrd,
    /// `.mha`, `.mhd` with its data.
    MetaImage,
}

/// The header of a file with a whole volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeHeader {
    /// Which format.
    pub format: VolumeFormat,
    /// Forecast of what opening it gives.
    pub info: Info,
    /// Voxels along the file's i, j, k.
    pub file_size: [usize; 3],
    /// RAS millimetres from the file's i, j, k.
    pub ras_from_file: hounsfield::grid::Affine,
    /// Names of the files with the voxels, where they stand apart.
    pub data_files: Vec<String>,
    /// Slices in each of them.
    #[serde(default)]
    pub slices_per_file: usize,
    /// Bytes that each of them must have at least.
    #[serde(default)]
    pub least_bytes: u64,
    /// Can slices be read only one after the other?
    #[serde(default)]
    pub sequential: bool,
    /// Does the header state the distance of voxels?
    #[serde(default)]
    pub has_spacing: bool,
}

/// The header of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureHeader {
    /// "PNG", "TIFF", "JPEG", "BMP".
    pub format: String,
    /// Pixels along x and y.
    pub size_pixel: [u32; 2],
    /// Pictures in the file.
    pub pages: u32,
    /// "uint8", "uint16", "int16", "float32", "rgb8", "rgba8", ….
    pub stored_type: String,
    /// From the file's resolution tags, where they are there and believable.
    pub spacing_mm: Option<[f64; 2]>,
    /// Colours by number, where pixels are such numbers and these can be labels: the first is what
    /// is around them, every other is a colour of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub palette: Vec<[u8; 3]>,
}
