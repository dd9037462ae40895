//! Files that hold a whole volume: NIfTI, NRRD, MetaImage, alone or as a header with its voxels
//! in other files.

use std::collections::HashMap;

use hounsfield::{
    Error, Facts, Grid, Info, Note, facts::PixelSpacing, grid::Affine, nifti::AxisMap,
};

use crate::{
    archive,
    bytes::Bytes,
    files::Files,
    item::{Item, Kind, Place, VolumeFormat, VolumeHeader},
    metaimage, nrrd,
    openable::{Asks, Groups, LeftOut, Openable, SeriesInfo},
    plan::{Options, Part, Plan, Plane, ReaderKind},
    raster::{self, Encoding, Raster, RasterReader, Skip},
    sniff,
};

/// The header of a NIfTI file, or of the first of a pair.
pub(crate) fn nifti_header(info: Info, name: &str) -> VolumeHeader {
    let (file_size, ras_from_file) = in_file_order(&info);
    let data_files = if info.image_apart { image_names(name) } else { Vec::new() };
    VolumeHeader {
        format: VolumeFormat::Nifti,
        info,
        file_size,
        ras_from_file,
        data_files,
        slices_per_file: file_size[2],
        least_bytes: 0,
        sequential: true,
        has_spacing: true,
    }
}

/// The header of a NRRD or a MetaImage. Voxels that cannot be there are refused.
///
/// # Errors
/// What is wrong with the header; [`Error::Truncated`].
pub(crate) fn raster_header<B: Bytes>(
    files: &Files<B>,
    place: &Place,
    format: VolumeFormat,
) -> Result<VolumeHeader, Error> {
    let bytes = files.at(place)?;
    let raster = parse(&bytes, format)?;
    let info = raster.info(if format == VolumeFormat::Nrrd { "NRRD" } else { "MetaImage" })?;
    let (slices_per_file, least_bytes) = (raster.slices_per_file()?, raster.least_bytes()?);
    if let Some(at) = raster.attached_at {
        let there = bytes.byte_length().saturating_sub(at);
        if least_bytes > there {
            return Err(Error::Truncated { needed_bytes: least_bytes, found_bytes: there });
        }
    }
    // A file within a gzip or an archive would be inflated whole to be read anywhere.
    let mut magic = [0; sniff::GZIP.len()];
    files.packed(place)?.read_at(0, &mut magic).map_err(archive::unreadable)?;
    let lines = matches!(raster.skip, Skip::Start { lines: 1.., .. });
    let anywhere = raster.encoding == Encoding::Raw && place.entry.is_none() && !lines;
    Ok(VolumeHeader {
        format,
        info,
        file_size: raster.file_size,
        ras_from_file: raster.ras_from_file,
        slices_per_file,
        least_bytes,
        sequential: !anywhere || magic == sniff::GZIP,
        has_spacing: raster.has_spacing,
        data_files: raster.data_files,
    })
}

fn parse(bytes: &dyn Bytes, format: VolumeFormat) -> Result<Raster, Error> {
    let header = raster::header_bytes(bytes)?;
    if format == VolumeFormat::Nrrd { nrrd::parse(&header) } else { metaimage::parse(&header) }
}

/// Reads the planes of a NRRD or a MetaImage.
///
/// # Errors
/// As [`raster_header`].
pub(crate) fn reader<'a, B: Bytes>(
    plan: &'a Plan,
    files: &'a Files<B>,
    format: VolumeFormat,
) -> Result<RasterReader<'a, B>, Error> {
    let place = plan.header.as_ref().ok_or(Error::BadParameter {
        name: "plan",
        value: "without the place of the header".into(),
        expected: "a volume's header is needed to read its planes",
    })?;
    let raster = parse(&*files.at(place)?, format)?;
    if raster.file_size != plan.file_size {
        return Err(Error::SizeMismatch {
            what: "the file",
            found: raster.file_size,
            expected: plan.file_size,
        });
    }
    Ok(RasterReader::new(raster, plan, files))
}

/// A volume that can be opened.
#[derive(Debug)]
struct Whole {
    name: String,
    place: Place,
    header: VolumeHeader,
    /// The files with the voxels, in order of the slices.
    data: Vec<Place>,
}

/// Headers with their voxels; voxels without a header and headers without voxels are left out.
pub(crate) fn groups(items: &[Item]) -> Groups {
    let mut groups = Groups::default();
    let names = Names::of(items);
    let mut used = vec![false; items.len()];
    for item in items {
        let Kind::Volume(header) = &item.kind else { continue };
        match names.data_of(&item.name, header, items) {
            Ok(found) => {
                let data =
                    found.iter().filter_map(|n| items.get(*n)).map(|item| item.place.clone());
                let data: Vec<Place> =
                    if found.is_empty() { vec![item.place.clone()] } else { data.collect() };
                found
                    .iter()
                    .for_each(|n| used.get_mut(*n).into_iter().for_each(|used| *used = true));
                groups.openable.push(Box::new(Whole {
                    name: item.name.clone(),
                    place: item.place.clone(),
                    header: (**header).clone(),
                    data,
                }));
            }
            Err((code, reason)) => {
                groups.left_out.push(LeftOut::one(code, &reason, &item.name));
            }
        }
    }
    let alone = items.iter().zip(used).filter(|(item, used)| item.kind == Kind::Voxels && !used);
    groups.left_out.extend(alone.map(|(item, _)| {
        LeftOut::one(
            "voxels_alone",
            "Its first bytes belong to no format that we know; if these are voxels, their header is missing.",
            &item.name,
        )
    }));
    groups
}

impl Openable for Whole {
    fn info(&self, id: String) -> SeriesInfo {
        let info = &self.header.info;
        SeriesInfo {
            id,
            title: self.name.rsplit('/').next().unwrap_or(&self.name).to_owned(),
            format: info.format.clone().into_owned(),
            modality: info.facts.modality.clone(),
            files: if self.header.data_files.is_empty() { 1 } else { 1 + self.data.len() },
            size_voxel: info.size_voxel,
            spacing_mm: info.spacing_mm,
            file_spacing_mm: file_spacing_mm(&self.header.ras_from_file),
            volume_bytes: info.volume_bytes,
            notes: info.notes.clone(),
            asks: Asks { spacing: !self.header.has_spacing, ..Asks::default() },
        }
    }

    fn plan(&self, options: &Options) -> Result<Plan, Error> {
        let header = &self.header;
        let (mut info, mut ras_from_file) = (header.info.clone(), header.ras_from_file);
        if let Some(spacing_mm) = options.spacing_mm {
            if header.format == VolumeFormat::Nifti {
                return Err(Error::Unsupported {
                    what: "another spacing for a NIfTI file".into(),
                    hint: "its header states one; correct it there",
                });
            }
            ras_from_file = with_spacing(&ras_from_file, spacing_mm);
            info = respaced(info, header.file_size, &ras_from_file)?;
        }
        let part = |place: &Place, frame| Plane {
            parts: vec![Part { place: place.clone(), frame, weight: 1.0 }],
            ..Plane::default()
        };
        let (reader, planes) = match header.format {
            VolumeFormat::Nifti => {
                (ReaderKind::Nifti, self.data.iter().take(1).map(|place| part(place, 0)).collect())
            }
            format => {
                let per_file = header.slices_per_file.max(1);
                let planes = (0..header.file_size[2])
                    .filter_map(|k| {
                        Some(part(self.data.get(k / per_file)?, u32::try_from(k % per_file).ok()?))
                    })
                    .collect();
                let nrrd = format == VolumeFormat::Nrrd;
                (if nrrd { ReaderKind::Nrrd } else { ReaderKind::MetaImage }, planes)
            }
        };
        Ok(Plan {
            info,
            reader,
            header: Some(self.place.clone()),
            file_size: header.file_size,
            ras_from_file,
            fill: 0,
            planes,
            sequential: header.sequential || self.data.iter().any(|place| place.entry.is_some()),
            needs_codecs: false,
            labels: None,
            palette: Vec::new(),
        })
    }
}

/// Distance of neighbours along the file's i, j, k.
pub(crate) fn file_spacing_mm(ras_from_file: &Affine) -> [f64; 3] {
    [0, 1, 2].map(|f| ras_from_file.iter().map(|row| row[f] * row[f]).sum::<f64>().sqrt())
}

/// The same directions and origin, other distances.
pub(crate) fn with_spacing(ras_from_file: &Affine, spacing_mm: [f64; 3]) -> Affine {
    let mut affine = *ras_from_file;
    let lengths = file_spacing_mm(ras_from_file);
    for (f, (mm, length)) in spacing_mm.into_iter().zip(lengths).enumerate() {
        affine.iter_mut().for_each(|row| row[f] *= mm / length);
    }
    affine
}

/// What is known of a scan, once its grid is another; says that the distance was given.
pub(crate) fn respaced(
    info: Info,
    size: [usize; 3],
    ras_from_file: &Affine,
) -> Result<Info, Error> {
    Grid::new(size, *ras_from_file)?;
    let axes = AxisMap::closest_ras(ras_from_file);
    let grid = axes.grid(size, ras_from_file)?;
    let mut ras_from_voxel = [0.0; 12];
    let values = grid.ras_from_voxel().as_flattened();
    ras_from_voxel.iter_mut().zip(values).for_each(|(out, value)| *out = *value);
    let [x, y, z] = grid.spacing_mm();
    let mut notes = info.notes;
    notes.retain(|note| note.code != "spacing_assumed");
    notes.push(Note::new(
        "spacing_given",
        format!("The spacing was stated by you: {x} × {y} × {z} mm."),
    ));
    let facts = Facts { pixel_spacing: PixelSpacing::Given, ..info.facts };
    let file_axes = axes.letters();
    Ok(Info { spacing_mm: [x, y, z], ras_from_voxel, file_axes, notes, facts, ..info })
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

/// `scan.hdr` → `scan.img`; both may be gzipped. One of these names is enough.
fn image_names(name: &str) -> Vec<String> {
    let name = name.rsplit('/').next().unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    let stem = [".hdr.gz", ".hdr"]
        .iter()
        .find_map(|end| lower.strip_suffix(end).and_then(|stem| name.get(..stem.len())))
        .unwrap_or(name);
    vec![format!("{stem}.img"), format!("{stem}.img.gz")]
}

/// Items by their names, to find a header's data files. Labels only: nothing is opened by them.
struct Names {
    whole: HashMap<String, usize>,
}

impl Names {
    fn of(items: &[Item]) -> Self {
        let mut names = Self { whole: HashMap::new() };
        let apart = |item: &Item| matches!(&item.kind, Kind::Volume(header) if !header.data_files.is_empty());
        if !items.iter().any(apart) {
            return names;
        }
        for (n, item) in items.iter().enumerate() {
            names.whole.insert(joined("", &item.name), n);
        }
        names
    }

    /// The data files of a header, in its order.
    fn data_of(
        &self,
        name: &str,
        header: &VolumeHeader,
        items: &[Item],
    ) -> Result<Vec<usize>, (&'static str, String)> {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let find = |data: &String| {
            let whole = joined(folder, data);
            let last = whole.rsplit('/').next().unwrap_or_default();
            // Headers often keep a path of the machine that wrote them. Beside the header only: a
            // file of that name elsewhere may be of somebody else.
            let beside = || self.whole.get(&joined(folder, last));
            let found = self.whole.get(&whole).or_else(beside).copied();
            // A header's own words are no voxels.
            found.filter(|n| items.get(*n).is_none_or(|item| item.name != name))
        };
        if header.format == VolumeFormat::Nifti && !header.data_files.is_empty() {
            let found = header.data_files.iter().find_map(find);
            return found.map(|n| vec![n]).ok_or_else(|| missing(&header.data_files));
        }
        let mut found = Vec::new();
        for data in &header.data_files {
            let n = find(data).ok_or_else(|| missing(std::slice::from_ref(data)))?;
            let there = items.get(n).map_or(0, |item| item.bytes);
            if there < header.least_bytes {
                let error =
                    Error::Truncated { needed_bytes: header.least_bytes, found_bytes: there };
                return Err((error.code(), format!("Of its data file {:?} {error}.", shown(data))));
            }
            found.push(n);
        }
        Ok(found)
    }
}

fn missing(names: &[String]) -> (&'static str, String) {
    let name = shown(names.first().map(String::as_str).unwrap_or_default());
    ("missing_image", format!("The file with its voxels ({name}) is missing; open both together."))
}

/// A data file's name in a sentence: headers often keep the path of the machine that wrote them, and
/// folders are named after people.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.chars().take(60).collect()
}

/// A label within a folder's label, in lower case, without `.` and `..`.
fn joined(folder: &str, name: &str) -> String {
    let whole = format!("{folder}/{name}").replace('\\', "/").to_lowercase();
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
