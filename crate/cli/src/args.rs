//! What can be asked for. The names are those of the JSON and of the npm package.

mod prepare;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum};
use hounsfield::{bones, lungs, phantom::PhantomParams, surface};
use hounsfield_formats::{
    plan::{self, Options},
    surfaces,
};

pub(crate) use prepare::{Prepare, Recipe, Resample};

/// Segment CT scans: DICOM, NIfTI, NRRD, MetaImage or pictures in, masks and numbers out. Research
/// use only, not a medical device.
///
/// PATH is a file of any of these formats, a .zip of them, a folder (with the folders in it),
/// several of them, or - for standard input.
/// Exit status: 0 done, 1 the file could not be used, 2 wrong arguments, 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "hounsfield", version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Threads to compute on [default: one for each core].
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// No progress bar.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What there is to open, what its headers say, and whether it is the CT it seems to be.
    Info(Info),
    /// Turn a scan into a .nii.gz, voxel for voxel, in the file's own order.
    Convert(Convert),
    /// Find the bones: a mask on the scan's own grid, and a report.
    Bones(Bones),
    /// Find the lungs, left and right, and the airways: a label map on the scan's own grid, and a
    /// report.
    Lungs(Lungs),
    /// Count connected components at every threshold from 150 to 500 HU.
    Curve(Curve),
    /// Draw a surface, closed and in millimetres: of a scan at a level of HU, or of masks.
    Surface(Surface),
    /// Measure masks on their scan: volume, surface, HU; of lungs also gas, tissue and aeration.
    Measure(Measure),
    /// Bring a scan, and a file of labels with it, to another spacing.
    Resample(Resample),
    /// Make a dataset for training of scans: one spacing, one range of values, slices as pictures.
    Prepare(Prepare),
    /// Make a synthetic chest CT, with its truth.
    Phantom(Phantom),
}

/// What is opened, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// The scan: files, folders, archives, or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Which series, by its number in `hounsfield info` [default: the one suggested there].
    #[arg(long, value_name = "ID")]
    pub(crate) series: Option<String>,
    /// Missing and uneven slices: filled with padding, or interpolated and marked.
    #[arg(long, default_value = "leave")]
    pub(crate) gaps: Gaps,
    /// A tilted gantry: slices shifted upright, the grid left sheared, or the series refused.
    #[arg(long, default_value = "correct")]
    pub(crate) tilt: Tilt,
    /// Millimetres between voxels along the file's axes, where the files state none or the wrong one.
    #[arg(long, value_name = "X,Y,Z", value_parser = triple::<f64>)]
    pub(crate) spacing: Option<[f64; 3]>,
    /// Pictures: the last of the stack is the lowest slice, not the highest.
    #[arg(long)]
    pub(crate) turn_over: bool,
    /// Pictures hold labels.
    #[arg(skip)]
    pub(crate) labels: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Info {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Read no voxels, so check nothing.
    #[arg(long)]
    pub(crate) header_only: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Where the scan goes: a .nii.gz, or - for standard output.
    #[arg(value_name = "OUT.nii.gz", value_parser = nifti_gz)]
    pub(crate) output: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Bones {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Where the mask goes: a .nii.gz, a .dcm (DICOM SEG), a .seg.nrrd (3D Slicer), or - for a
    /// .nii.gz on standard output. Without it, only numbers come out.
    #[arg(short, long, value_name = "MASK", value_parser = mask_file)]
    pub(crate) output: Option<MaskFile>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The recipe.
    #[arg(long, default_value = "anatomy")]
    pub(crate) method: Method,
    /// Lower bound of bone [default: chosen from the component curve].
    #[arg(long, value_name = "HU", allow_negative_numbers = true)]
    pub(crate) threshold: Option<i16>,
    /// One connected skeleton, or every part of at least --min-part.
    #[arg(long, default_value = "parts")]
    pub(crate) keep: Keep,
    /// Close gaps up to about twice this radius.
    #[arg(long, value_name = "MM", default_value_t = bones::BonesParams::default().close_mm)]
    pub(crate) close: f64,
    /// Drop parts smaller than this.
    #[arg(long, value_name = "ML", default_value_t = bones::BonesParams::default().min_part_ml)]
    pub(crate) min_part: f64,
    /// What counts as connected when the curve is counted.
    #[arg(long, default_value = "26")]
    pub(crate) neighbourhood: Neighbourhood,
    /// Leave marrow and other holes empty.
    #[arg(long)]
    pub(crate) no_fill: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Lungs {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Where the label map goes (1 left, 2 right, 3 airways): a .nii.gz, a .dcm (DICOM SEG), a
    /// .seg.nrrd (3D Slicer), or - for a .nii.gz on standard output. Without it, only numbers come
    /// out.
    #[arg(short, long, value_name = "LABELS", value_parser = mask_file)]
    pub(crate) output: Option<MaskFile>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The recipe.
    #[arg(long, default_value = "anatomy")]
    pub(crate) method: LungMethod,
    /// Where the border of lung lies [default: -450, or -320 for --method classical].
    #[arg(long, value_name = "HU", allow_negative_numbers = true)]
    pub(crate) border: Option<i16>,
    /// What becomes of trachea and main bronchi.
    #[arg(long, default_value = "label")]
    pub(crate) airways: Airways,
    /// Put vessels and nodules at the edge back, up to about twice this radius.
    #[arg(long, value_name = "MM", default_value_t = lungs::LungsParams::default().close_mm)]
    pub(crate) close: f64,
    /// Leave what the lungs enclose out.
    #[arg(long)]
    pub(crate) no_fill: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Curve {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Print curve and choice as JSON.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print one line per threshold.
    #[arg(long)]
    pub(crate) csv: bool,
    /// What counts as connected.
    #[arg(long, default_value = "26")]
    pub(crate) neighbourhood: Neighbourhood,
}

/// PATH is the scan, or without --level and --mask a file of labels, each of which is drawn.
#[derive(Debug, clap::Args)]
pub(crate) struct Surface {
    #[command(flatten)]
    pub(crate) open: Open,
    /// Where the surface goes: an .stl, .obj, .ply, .glb or .3mf, or - for an STL on standard output.
    /// Without it, only numbers come out.
    #[arg(short, long, value_name = "SURFACE", value_parser = surface_file)]
    pub(crate) output: Option<SurfaceFile>,
    /// Print the measures as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw where the scan's HU is this.
    #[arg(long, value_name = "HU", allow_negative_numbers = true, conflicts_with = "mask")]
    pub(crate) level: Option<f64>,
    /// A file of labels on the scan's grid; every label of every file becomes a part.
    #[arg(long, value_name = "MASK")]
    pub(crate) mask: Vec<PathBuf>,
    /// Take away the mask's stairs where the scan shows the boundary.
    #[arg(long, requires = "mask")]
    pub(crate) smooth_by_hu: bool,
    /// Close the surface where it leaves the scan.
    #[arg(long)]
    pub(crate) cap: bool,
    /// Leave only each surface's largest connected part.
    #[arg(long)]
    pub(crate) largest: bool,
    /// Iterations of smoothing that does not shrink; 10 take away a mask's stairs.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) smooth: u32,
    /// Decimate each surface to so many triangles.
    #[arg(long, value_name = "N")]
    pub(crate) triangles: Option<u32>,
    /// Decimate as long as nothing moves farther than this.
    #[arg(long, value_name = "MM")]
    pub(crate) tolerance: Option<f64>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Measure {
    #[command(flatten)]
    pub(crate) open: Open,
    /// A file of labels on the scan's grid, in any format; each label is a row. May be given again.
    #[arg(short, long = "mask", required_unless_present_any = ["left_lung", "right_lung"], value_name = "MASK")]
    pub(crate) masks: Vec<PathBuf>,
    /// Measure the lungs in the first MASK: the labels it calls left and right lung (a .seg.nrrd has
    /// names, and --label gives some), or else 1 left, 2 right, 3 airways as `hounsfield lungs` has them.
    #[arg(long, conflicts_with_all = ["left_lung", "right_lung"])]
    pub(crate) lungs: bool,
    /// The left lung in a file of its own: whatever is not 0. Measures lungs, as --lungs does.
    #[arg(long, value_name = "MASK")]
    pub(crate) left_lung: Option<PathBuf>,
    /// The right lung likewise.
    #[arg(long, value_name = "MASK")]
    pub(crate) right_lung: Option<PathBuf>,
    /// What a label is called, as in 4=heart. May be given again.
    #[arg(long = "label", value_name = "N=NAME", value_parser = label, allow_hyphen_values = true)]
    pub(crate) labels: Vec<(i32, String)>,
    /// Print JSON.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print one line per label, or per region of the lungs.
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Phantom {
    /// Where the scan goes: a .nii.gz, or - for standard output.
    #[arg(short, long, value_name = "CT.nii.gz", value_parser = nifti_gz)]
    pub(crate) output: PathBuf,
    /// A folder for the true masks: bones.nii.gz, heart.nii.gz, ….
    #[arg(long, value_name = "DIR")]
    pub(crate) truth: Option<PathBuf>,
    /// Voxels along x, y, z.
    #[arg(long, value_name = "X,Y,Z", default_value = "256,256,160", value_parser = triple::<usize>)]
    pub(crate) size: [usize; 3],
    /// Millimetres between voxels along x, y, z [default: the whole chest in the given size].
    #[arg(long, value_name = "X,Y,Z", value_parser = triple::<f64>)]
    pub(crate) spacing: Option<[f64; 3]>,
    /// Decides vessel trees and noise.
    #[arg(long, default_value_t = PhantomParams::default().seed)]
    pub(crate) seed: u64,
    /// Standard deviation of the noise.
    #[arg(long, value_name = "HU", default_value_t = PhantomParams::default().noise_hu)]
    pub(crate) noise: f64,
    /// Blood without contrast.
    #[arg(long)]
    pub(crate) no_contrast: bool,
}

/// A mask's file and its format, which the name decides.
#[derive(Debug, Clone)]
pub(crate) struct MaskFile {
    pub(crate) path: PathBuf,
    pub(crate) format: MaskFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MaskFormat {
    Nifti,
    DicomSeg,
    SegNrrd,
}

/// A surface's file and its format, which the name decides.
#[derive(Debug, Clone)]
pub(crate) struct SurfaceFile {
    pub(crate) path: PathBuf,
    pub(crate) format: surfaces::Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Gaps {
    /// Missing slices are padding; slices a little off keep their values.
    Leave,
    /// Planes without a slice are interpolated, and marked.
    Interpolate,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Tilt {
    /// Slices are shifted within their planes until the grid is upright.
    Correct,
    /// The grid stays sheared; every voxel keeps its value.
    Keep,
    /// A tilted series is refused.
    Refuse,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Method {
    /// Filled anatomy; contrast-filled vessels and organs left out.
    Anatomy,
    /// Everything in [threshold, 1300] HU, cleaned.
    Threshold,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LungMethod {
    /// Body, airways, left and right, stomach gas: as anatomy is.
    Anatomy,
    /// The two largest dark parts that the sides of the image do not reach.
    Classical,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Airways {
    /// Taken out of the lungs.
    Out,
    /// Taken out, and a label of their own.
    Label,
    /// Left in the lungs.
    In,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Keep {
    /// The largest connected part.
    Largest,
    /// Every part that is large enough.
    Parts,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Neighbourhood {
    /// Faces.
    #[value(name = "6")]
    Six,
    /// Faces and edges.
    #[value(name = "18")]
    Eighteen,
    /// Faces, edges and corners.
    #[value(name = "26")]
    TwentySix,
}

impl From<Neighbourhood> for hounsfield::Neighbourhood {
    fn from(neighbourhood: Neighbourhood) -> Self {
        match neighbourhood {
            Neighbourhood::Six => Self::Faces6,
            Neighbourhood::Eighteen => Self::Edges18,
            Neighbourhood::TwentySix => Self::Corners26,
        }
    }
}

impl Open {
    /// A file of labels by itself, taken as it is.
    pub(crate) fn labels(path: &Path) -> Self {
        Self {
            paths: vec![path.to_owned()],
            series: None,
            gaps: Gaps::Leave,
            tilt: Tilt::Keep,
            spacing: None,
            turn_over: false,
            labels: true,
        }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            gaps: match self.gaps {
                Gaps::Leave => plan::Gaps::Leave,
                Gaps::Interpolate => plan::Gaps::Interpolate,
            },
            tilt: match self.tilt {
                Tilt::Correct => plan::Tilt::Correct,
                Tilt::Keep => plan::Tilt::Keep,
                Tilt::Refuse => plan::Tilt::Refuse,
            },
            spacing_mm: self.spacing,
            turn_over: self.turn_over,
            labels: self.labels,
        }
    }
}

impl Bones {
    pub(crate) fn params(&self) -> bones::BonesParams {
        bones::BonesParams {
            method: match self.method {
                Method::Anatomy => bones::Method::Anatomy,
                Method::Threshold => bones::Method::Threshold,
            },
            threshold_hu: self.threshold,
            min_part_ml: self.min_part,
            close_mm: self.close,
            fill: !self.no_fill,
            keep: match self.keep {
                Keep::Largest => bones::Keep::Largest,
                Keep::Parts => bones::Keep::Parts,
            },
            neighbourhood: self.neighbourhood.into(),
        }
    }
}

impl Lungs {
    pub(crate) fn params(&self) -> lungs::LungsParams {
        lungs::LungsParams {
            method: match self.method {
                LungMethod::Anatomy => lungs::Method::Anatomy,
                LungMethod::Classical => lungs::Method::Classical,
            },
            border_hu: self.border,
            airways: match self.airways {
                Airways::Out => lungs::Airways::Out,
                Airways::Label => lungs::Airways::Label,
                Airways::In => lungs::Airways::In,
            },
            close_mm: self.close,
            fill: !self.no_fill,
        }
    }
}

impl Surface {
    pub(crate) fn params(&self) -> surface::SurfaceParams {
        surface::SurfaceParams {
            level_hu: self.level,
            smooth_by_hu: self.smooth_by_hu,
            cap_border: self.cap,
            keep_largest: self.largest,
            smoothing: self.smooth,
            target_triangles: self.triangles,
            tolerance_mm: self.tolerance,
            memory_bytes: None,
        }
    }
}

impl Phantom {
    pub(crate) fn params(&self) -> PhantomParams {
        let fitted = PhantomParams::fitted(self.size);
        PhantomParams {
            spacing_mm: self.spacing.unwrap_or(fitted.spacing_mm),
            seed: self.seed,
            noise_hu: self.noise,
            contrast: !self.no_contrast,
            ..fitted
        }
    }
}

/// What is written is always gzipped, so no other name may be given to it.
fn nifti_gz(name: &str) -> Result<PathBuf, String> {
    if name == "-" || name.to_ascii_lowercase().ends_with(".nii.gz") {
        return Ok(PathBuf::from(name));
    }
    Err("the name must end in .nii.gz (or be - for standard output)".into())
}

fn mask_file(name: &str) -> Result<MaskFile, String> {
    let lower = name.to_ascii_lowercase();
    let format = if name == "-" || lower.ends_with(".nii.gz") {
        MaskFormat::Nifti
    } else if lower.ends_with(".seg.nrrd") {
        MaskFormat::SegNrrd
    } else if lower.ends_with(".dcm") {
        MaskFormat::DicomSeg
    } else {
        return Err("the name must end in .nii.gz, .dcm or .seg.nrrd (or be -)".into());
    };
    Ok(MaskFile { path: PathBuf::from(name), format })
}

fn surface_file(name: &str) -> Result<SurfaceFile, String> {
    let ending = match name {
        "-" => Some("stl"),
        name => name.rsplit_once('.').map(|(_, ending)| ending),
    };
    let format = ending.and_then(|ending| ending.to_ascii_lowercase().parse().ok());
    let format = format.ok_or("the name must end in .stl, .obj, .ply, .glb or .3mf (or be -)")?;
    Ok(SurfaceFile { path: PathBuf::from(name), format })
}

fn label(text: &str) -> Result<(i32, String), String> {
    let label = text.split_once('=').and_then(|(value, name)| {
        let name = name.trim();
        (!name.is_empty()).then_some((value.trim().parse().ok()?, name.to_owned()))
    });
    label.ok_or_else(|| "a label and its name are needed, as in 4=heart".into())
}

fn triple<T: std::str::FromStr>(text: &str) -> Result<[T; 3], String> {
    let numbers: Result<Vec<T>, _> =
        text.split([',', 'x']).map(|part| part.trim().parse()).collect();
    numbers
        .ok()
        .and_then(|numbers| <[T; 3]>::try_from(numbers).ok())
        .ok_or_else(|| "three numbers are needed, as in 256,256,160".into())
}
