//! What a DICOM file says, as far as a volume depends on it. No name, identifier or date of a person.

use hounsfield_codecs::{Codec, Shape};
use serde::{Deserialize, Serialize};

/// The header of one DICOM object with an image in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Header {
    /// SOP Class UID (0008,0016).
    pub sop_class: String,
    /// SOP Instance UID (0008,0018).
    pub sop_instance: String,
    /// Series Instance UID (0020,000E).
    pub series: String,
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference: String,
    /// Modality (0008,0060).
    pub modality: String,
    /// Series Description (0008,103E).
    pub description: String,
    /// Series Number (0020,0011).
    pub series_number: Option<i32>,
    /// Acquisition Number (0020,0012).
    pub acquisition_number: Option<i32>,
    /// Instance Number (0020,0013).
    pub instance_number: Option<i32>,
    /// Image Type (0008,0008).
    pub image_type: Vec<String>,
    /// Patient Position (0018,5100): "HFS", "FFP", ….
    pub patient_position: String,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax: String,
    /// How frames are compressed; `None`: not, or by run lengths.
    pub codec: Option<Codec>,
    /// Rows, columns, bits; there, too, when the image is [`unusable`](Self::unusable).
    pub shape: Option<Shape>,
    /// Are the samples floats (Float or Double Float Pixel Data)?
    pub float: bool,
    /// High Bit (0028,0102).
    pub high_bit: u16,
    /// Photometric Interpretation (0028,0004).
    pub photometric: String,
    /// Slice Thickness (0018,0050).
    pub thickness_mm: Option<f64>,
    /// Spacing Between Slices (0018,0088).
    pub spacing_between_mm: Option<f64>,
    /// Gantry/Detector Tilt (0018,1120), as the file says.
    pub stated_tilt_deg: Option<f64>,
    /// Pixel Padding Value (0028,0120) and Range Limit (0028,0121), as stored values.
    pub padding: Option<[i32; 2]>,
    /// Contrast/Bolus Agent (0018,0010) is there and not empty.
    pub contrast_agent: Option<bool>,
    /// Lossy Image Compression (0028,2110) is "01", or the transfer syntax loses.
    pub lossy: bool,
    /// Is it from a cone-beam scanner (KVP's neighbours, manufacturer's model, acquisition type say so)?
    pub cone_beam: bool,
    /// One entry a frame; a single-frame image has one.
    pub frames: Vec<Frame>,
    /// Reasons why this image can be listed, but not be a part of a volume; empty: none.
    pub unusable: String,
}

/// One frame of an image.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Frame {
    /// Image Position (Patient) (0020,0032): LPS millimetres of the first pixel's centre. In a
    /// multi-frame object without functional groups only the first frame has one.
    pub position_lps: Option<[f64; 3]>,
    /// Image Orientation (Patient) (0020,0037): direction along a row, then along a column, LPS.
    pub orientation_lps: Option<[f64; 6]>,
    /// Pixel Spacing (0028,0030), turned round: distance of columns (along x), then of rows.
    pub spacing_mm: Option<[f64; 2]>,
    /// Is `spacing_mm` from Imager Pixel Spacing (at the detector, not in the patient)?
    pub spacing_at_detector: bool,
    /// Rescale Slope (0028,1053); `None`: there is none.
    pub slope: Option<f64>,
    /// Rescale Intercept (0028,1052).
    pub intercept: Option<f64>,
    /// Rescale Type (0028,1054) names a unit other than HU (US, unspecified, names none).
    pub other_units: bool,
    /// Which stack and Temporal Position Index (0020,9128) it belongs to, numbered; of a single frame
    /// its Temporal Position Identifier (0020,0100). Frames of one volume share it.
    pub moment: Option<u32>,
}
