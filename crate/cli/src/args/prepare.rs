//! Arguments of `resample` and `prepare`.

use std::path::PathBuf;

use clap::ValueEnum;
use hounsfield::prepare::{self, Mean, Step};
use hounsfield_formats::dataset;

use super::{Gaps, Open, Tilt, nifti_gz, triple};

/// How the files of a scan are taken. `--spacing` here is the new one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct How {
    /// Missing and uneven slices: filled with padding, or interpolated and marked.
    #[arg(long, default_value = "leave")]
    pub(crate) gaps: Gaps,
    /// A tilted gantry: slices shifted upright, the grid left sheared, or the series refused.
    #[arg(long, default_value = "correct")]
    pub(crate) tilt: Tilt,
}

impl How {
    pub(crate) fn open(&self, path: &std::path::Path, series: Option<&str>) -> Open {
        Open {
            paths: vec![path.to_owned()],
            series: series.map(Into::into),
            gaps: self.gaps,
            tilt: self.tilt,
            spacing: None,
            turn_over: false,
            labels: false,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Resample {
    /// The scan: a file, a folder or an archive.
    #[arg(value_name = "PATH")]
    pub(crate) scan: PathBuf,
    /// Where the new scan goes: a .nii.gz, or - for standard output.
    #[arg(value_name = "OUT.nii.gz", value_parser = nifti_gz)]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) to: To,
    /// Which series, by its number in `hounsfield info` [default: the one suggested there].
    #[arg(long, value_name = "ID")]
    pub(crate) series: Option<String>,
    #[command(flatten)]
    pub(crate) how: How,
    /// A file of labels on the scan's grid: every value but 0 is one.
    #[arg(long, value_name = "MASK", requires = "mask_out")]
    pub(crate) mask: Option<PathBuf>,
    /// Where the labels go, by a vote that keeps them.
    #[arg(long, value_name = "MASK.nii.gz", value_parser = nifti_gz, requires = "mask")]
    pub(crate) mask_out: Option<PathBuf>,
}

/// Another spacing.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct To {
    /// Millimetres between voxels of the new grid along x, y, z (Right, Anterior, Superior): three
    /// numbers, or one for all.
    #[arg(long, value_name = "MM", value_parser = spacing, allow_negative_numbers = true)]
    pub(crate) spacing: Option<[f64; 3]>,
    /// Between voxels: the nearest one's value, linear, or cubic (Catmull-Rom).
    #[arg(long, default_value = "linear")]
    pub(crate) interpolation: Interpolation,
    /// Keep fractions: 32-bit floats, where the scan has whole numbers.
    #[arg(long)]
    pub(crate) floats: bool,
    /// Take padding (below -1024 HU) for values like any other, as scipy does. Else voxels beside it
    /// take the value of the nearest.
    #[arg(long)]
    pub(crate) blend_padding: bool,
}

impl To {
    pub(crate) fn step(&self) -> Option<Step> {
        self.spacing.map(|spacing_mm| Step::Resample {
            spacing_mm,
            interpolation: match self.interpolation {
                Interpolation::Nearest => prepare::Interpolation::Nearest,
                Interpolation::Linear => prepare::Interpolation::Linear,
                Interpolation::Cubic => prepare::Interpolation::Cubic,
            },
            as_f32: self.floats,
            blend_padding: self.blend_padding,
        })
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Prepare {
    /// The scans: each a file, a folder or an archive, and each a case.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) scans: Vec<PathBuf>,
    /// The dataset's folder; it must not be there yet, or be empty.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Which case was which file [default: DIR-map.csv, beside the dataset].
    #[arg(long, value_name = "CSV")]
    pub(crate) map: Option<PathBuf>,
    /// A file of labels for each scan, in the order of the scans.
    #[arg(long, value_name = "MASK")]
    pub(crate) mask: Vec<PathBuf>,
    /// What a label is called, as in 1=bone.
    #[arg(long, value_name = "N=NAME", value_parser = label)]
    pub(crate) label: Vec<(u8, String)>,
    /// What each case is called [default: case001, case002, …].
    #[arg(long, value_name = "ID")]
    pub(crate) case_id: Vec<String>,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) recipe: Recipe,
    /// Slices as pictures; without it, one .nii.gz for each scan.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) slices: Option<Slices>,
    /// Which way slices are cut.
    #[arg(long, default_value = "axial", requires = "slices")]
    pub(crate) plane: Plane,
    /// HU in the middle and from black to white, for png8 [default: what is normalised, else 40,400].
    #[arg(long, value_name = "CENTRE,WIDTH", value_parser = pair, allow_hyphen_values = true)]
    pub(crate) window: Option<[f64; 2]>,
    /// Masks with a palette of the labels' colours.
    #[arg(long, requires = "slices")]
    pub(crate) palette: bool,
}

/// What is done to each scan: a file, or options in this order.
#[derive(Debug, clap::Args)]
pub(crate) struct Recipe {
    /// The steps as JSON: [{"op":"resample","spacingMm":[1,1,1]}, …].
    #[arg(long, value_name = "JSON", conflicts_with_all = ["spacing", "crop", "normalise", "zero_centre", "z_score", "pad", "axes"])]
    pub(crate) steps: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) to: To,
    /// To the box of the masks and so much around it.
    #[arg(long, value_name = "MM", num_args = 0..=1, default_missing_value = "0", require_equals = true)]
    pub(crate) crop: Option<f64>,
    /// To [0, 1] between two HU [-1000,400 where none are given].
    #[arg(long, value_name = "MIN,MAX", num_args = 0..=1, default_missing_value = "-1000,400", require_equals = true, value_parser = pair)]
    pub(crate) normalise: Option<[f64; 2]>,
    /// Take a mean away: a number, or "measured" [0.25 where none is given].
    #[arg(long, value_name = "MEAN", num_args = 0..=1, default_missing_value = "0.25", require_equals = true, value_parser = mean)]
    pub(crate) zero_centre: Option<Mean>,
    /// To mean 0 and standard deviation 1.
    #[arg(long)]
    pub(crate) z_score: bool,
    /// To at least so many voxels along x, y, z.
    #[arg(long, value_name = "X,Y,Z", value_parser = triple::<usize>)]
    pub(crate) pad: Option<[usize; 3]>,
    /// The order of axes in .nii.gz files, such as LPS [default: the scan's own].
    #[arg(long, value_name = "AXES")]
    pub(crate) axes: Option<String>,
}

impl Recipe {
    /// The steps of the options.
    pub(crate) fn listed(&self) -> Vec<Step> {
        let steps = [
            self.to.step(),
            self.crop.map(|margin_mm| Step::Crop { margin_mm }),
            self.normalise.map(|[min_hu, max_hu]| Step::Normalise { min_hu, max_hu }),
            self.zero_centre.map(|mean| Step::ZeroCentre { mean }),
            self.z_score.then_some(Step::ZScore),
            self.pad.map(|size_voxel| Step::Pad { size_voxel, value: None }),
            self.axes.clone().map(|axes| Step::Reorient { axes }),
        ];
        steps.into_iter().flatten().collect()
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Interpolation {
    /// The nearest voxel's value.
    Nearest,
    /// Linear between neighbours.
    Linear,
    /// Catmull-Rom through four neighbours.
    Cubic,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Slices {
    /// A window of HU in 8 bits.
    Png8,
    /// HU + 32768 in 16 bits.
    Png16,
    /// HU in 16 bits with a sign; scaled scans in 32-bit floats.
    Tiff16,
}

impl From<Slices> for dataset::Format {
    fn from(slices: Slices) -> Self {
        match slices {
            Slices::Png8 => Self::Png8,
            Slices::Png16 => Self::Png16,
            Slices::Tiff16 => Self::Tiff16,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Plane {
    /// Across the body.
    Axial,
    /// As one faces the patient.
    Coronal,
    /// From the patient's left.
    Sagittal,
}

impl From<Plane> for prepare::Plane {
    fn from(plane: Plane) -> Self {
        match plane {
            Plane::Axial => Self::Axial,
            Plane::Coronal => Self::Coronal,
            Plane::Sagittal => Self::Sagittal,
        }
    }
}

fn spacing(text: &str) -> Result<[f64; 3], String> {
    match text.trim().parse() {
        Ok(mm) => Ok([mm; 3]),
        Err(_) => triple(text).map_err(|_| "one number is needed, or three as in 1,1,2.5".into()),
    }
}

fn pair(text: &str) -> Result<[f64; 2], String> {
    let two = text
        .split_once(',')
        .and_then(|(a, b)| Some([a.trim().parse().ok()?, b.trim().parse().ok()?]));
    two.ok_or_else(|| "two numbers are needed, as in -1000,400".into())
}

fn mean(text: &str) -> Result<Mean, String> {
    if text == "measured" {
        return Ok(Mean::Measured);
    }
    text.parse().map(Mean::Given).map_err(|_| "a number is needed, or the word measured".into())
}

fn label(text: &str) -> Result<(u8, String), String> {
    let named =
        text.split_once('=').and_then(|(number, name)| Some((number.trim().parse().ok()?, name)));
    match named {
        Some((number, name)) if number > 0 => Ok((number, name.trim().into())),
        _ => Err("a number from 1 to 255 and a name are needed, as in 1=bone".into()),
    }
}
