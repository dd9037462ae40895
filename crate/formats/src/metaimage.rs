//! MetaImage: `.mha`, and `.mhd` with its data.
//!
//! By the definition at <https://itk.org/Wiki/ITK/MetaIO/Documentation>. No kept crate reads it. The
//! world is LPS and the matrix holds a direction for each axis, one after the other, as ITK reads
//! it. ITK passes over `AnatomicalOrientation`; where it contradicts the matrix that is said.

use std::collections::BTreeMap;

use hounsfield::{Error, Note, grid::Affine, nifti::AxisMap};

use crate::{
    nrrd,
    number::Number,
    raster::{self, Encoding, Raster, Skip},
};

/// Keys by their name in lower case; `ElementDataFile` is the last.
struct Keys {
    keys: BTreeMap<String, String>,
    /// What follows `ElementDataFile = LIST`, a name a line.
    listed: Vec<String>,
    /// Where the line of `ElementDataFile` ends.
    end: usize,
}

impl Keys {
    fn read(header: &[u8]) -> Self {
        let mut keys = Self { keys: BTreeMap::new(), listed: Vec::new(), end: 0 };
        let mut list = false;
        for line in header.split_inclusive(|byte| *byte == b'\n') {
            keys.end += line.len();
            let text = String::from_utf8_lossy(line);
            if list {
                let name = text.trim();
                if !name.is_empty() {
                    keys.listed.push(name.to_owned());
                }
                continue;
            }
            let Some((key, value)) = text.split_once('=') else { continue };
            let (key, value) = (key.trim().to_lowercase(), value.trim().to_owned());
            let last = key == "elementdatafile";
            list = last && value.to_uppercase().starts_with("LIST");
            keys.keys.insert(key, value);
            if last && !list {
                break;
            }
        }
        keys
    }

    fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.keys.get(*name)).map(String::as_str)
    }

    fn is_true(&self, names: &[&str]) -> bool {
        self.get(names).is_some_and(|value| matches!(value.as_bytes(), [b'T' | b't' | b'1', ..]))
    }

    fn numbers(
        &self,
        names: &[&str],
        field: &'static str,
        least: usize,
    ) -> Result<Option<Vec<f64>>, Error> {
        let Some(text) = self.get(names) else { return Ok(None) };
        let numbers: Option<Vec<f64>> = text
            .split_whitespace()
            .map(|word| word.parse().ok().filter(|number: &f64| number.is_finite()))
            .collect();
        match numbers {
            Some(numbers) if numbers.len() >= least => Ok(Some(numbers)),
            _ => Err(bad(field, text, "a finite number for each dimension was expected")),
        }
    }
}

/// Reads the text at the start of `header`.
///
/// # Errors
/// [`Error::BadHeader`], [`Error::Unsupported`].
pub(crate) fn parse(header: &[u8]) -> Result<Raster, Error> {
    let keys = Keys::read(header);
    let need = |name: &'static str, key| {
        keys.get(&[key]).ok_or_else(|| bad(name, "missing", "a MetaImage must have it"))
    };
    let sizes = sizes(need("NDims", "ndims")?, need("DimSize", "dimsize")?)?;
    let rank = sizes.len();
    let number = number(need("ElementType", "elementtype")?)?;
    if let Some(channels) = keys.get(&["elementnumberofchannels"])
        && channels != "1"
    {
        return Err(Error::Unsupported {
            what: format!("a MetaImage of {channels:?} numbers a voxel"),
            hint: "a CT holds one number per voxel; save a single channel",
        });
    }
    let encoding = if !keys.is_true(&["binarydata"]) && keys.get(&["binarydata"]).is_some() {
        Encoding::Text
    } else if keys.is_true(&["compresseddata"]) {
        Encoding::Zlib
    } else {
        Encoding::Raw
    };
    let mut file_size = [1; 3];
    file_size.iter_mut().zip(&sizes).for_each(|(size, n)| *size = *n);
    let volumes = sizes.iter().skip(3).fold(1usize, |all, n| all.saturating_mul(*n));
    let mut notes = Vec::new();
    raster::note_firsts(1, volumes, &mut notes);
    let (ras_from_file, stated, has_spacing) = place(&keys, rank, &mut notes)?;
    let data = need("ElementDataFile", "elementdatafile")?;
    let data_files = data_files(data, &keys)?;
    Ok(Raster {
        file_size,
        ras_from_file,
        number,
        big_endian: keys.is_true(&["binarydatabyteordermsb", "elementbyteordermsb"]),
        encoding,
        components: 1,
        volumes,
        skip: skip(&keys, encoding)?,
        attached_at: data_files.is_empty().then_some(keys.end as u64),
        data_files,
        notes,
        facts: hounsfield::Facts {
            modality: modality(&keys),
            ..raster::facts(stated, has_spacing)
        },
        has_spacing,
    })
}

fn sizes(rank: &str, text: &str) -> Result<Vec<usize>, Error> {
    let rank: usize = rank
        .parse()
        .ok()
        .filter(|rank| (2..=4).contains(rank))
        .ok_or_else(|| bad("NDims", rank, "2, 3 or 4 were expected"))?;
    let sizes: Option<Vec<usize>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|n| *n > 0)).collect();
    sizes
        .filter(|sizes| sizes.len() == rank)
        .ok_or_else(|| bad("DimSize", text, "a size of at least 1 was expected for each dimension"))
}

fn number(text: &str) -> Result<Number, Error> {
    Ok(match text {
        "MET_CHAR" => Number::I8,
        "MET_UCHAR" => Number::U8,
        "MET_SHORT" => Number::I16,
        "MET_USHORT" => Number::U16,
        // MetaIO's long has four bytes, whatever the machine's has.
        "MET_INT" | "MET_LONG" => Number::I32,
        "MET_UINT" | "MET_ULONG" => Number::U32,
        "MET_LONG_LONG" => Number::I64,
        "MET_ULONG_LONG" => Number::U64,
        "MET_FLOAT" => Number::F32,
        "MET_DOUBLE" => Number::F64,
        _ => {
            return Err(bad(
                "ElementType",
                text,
                "MET_CHAR, MET_SHORT, MET_INT, MET_LONG_LONG, their unsigned kin, MET_FLOAT and MET_DOUBLE are known",
            ));
        }
    })
}

/// RAS from file; whether the header states directions, and spacings.
fn place(keys: &Keys, rank: usize, notes: &mut Vec<Note>) -> Result<(Affine, bool, bool), Error> {
    let matrix = keys.numbers(
        &["transformmatrix", "rotation", "orientation"],
        "TransformMatrix",
        rank * rank,
    )?;
    let offset = keys.numbers(&["offset", "position", "origin"], "Offset", rank)?;
    let spacing = keys.numbers(&["elementspacing", "elementsize"], "ElementSpacing", rank)?;
    let mut ras_from_file = [[0.0; 4]; 3];
    for (r, row) in ras_from_file.iter_mut().enumerate() {
        // LPS to RAS.
        let sign = if r < 2 { -1.0 } else { 1.0 };
        for (f, cell) in row.iter_mut().take(3).enumerate() {
            let unit = if f == r { 1.0 } else { 0.0 };
            let cosine = match &matrix {
                Some(matrix) if f < rank && r < rank => {
                    matrix.get(f * rank + r).copied().unwrap_or(unit)
                }
                _ => unit,
            };
            let mm = spacing.as_ref().and_then(|all| all.get(f)).filter(|_| f < rank);
            *cell = sign * cosine * mm.copied().unwrap_or(1.0).abs() + 0.0;
        }
        let at = offset.as_ref().and_then(|all| all.get(r)).filter(|_| r < rank);
        row[3] = sign * at.copied().unwrap_or(0.0) + 0.0;
    }
    if spacing.is_none() {
        notes.push(Note::new(
            "spacing_assumed",
            "The header states no distance of voxels; 1 mm is assumed.",
        ));
    }
    if matrix.is_none() {
        notes.push(Note::new(
            "orientation_unknown",
            "The header does not say where the axes point; Left, Posterior, Superior is assumed.",
        ));
    }
    if let Some(stated) = keys.get(&["anatomicalorientation"]) {
        note_contradiction(stated, &ras_from_file, notes);
    }
    Ok((ras_from_file, matrix.is_some(), spacing.is_some()))
}

/// `AnatomicalOrientation` names where each axis comes from: RAI is what others call LPS.
fn note_contradiction(stated: &str, ras_from_file: &Affine, notes: &mut Vec<Note>) {
    let stated = stated.trim().to_uppercase();
    let zero = (0..3).any(|f| ras_from_file.iter().all(|row| row[f] == 0.0));
    if zero || stated.len() != 3 || !stated.chars().all(|letter| "RLAPSI".contains(letter)) {
        return;
    }
    let opposite = |letter| match letter {
        'R' => 'L',
        'L' => 'R',
        'A' => 'P',
        'P' => 'A',
        'S' => 'I',
        _ => 'S',
    };
    let matrix = AxisMap::closest_ras(ras_from_file).letters();
    let from: String = matrix.chars().map(opposite).collect();
    if stated != from {
        notes.push(Note::new(
            "orientation_contradicts",
            format!("The header's AnatomicalOrientation is {stated}, but by its matrix it would be {from}; the matrix is used, as ITK does."),
        ));
    }
}

fn skip(keys: &Keys, encoding: Encoding) -> Result<Skip, Error> {
    let Some(text) = keys.get(&["headersize"]) else {
        return Ok(Skip::Start { lines: 0, bytes: 0 });
    };
    match (text.parse::<i64>(), encoding) {
        (Ok(-1), Encoding::Raw) => Ok(Skip::UntilEnd),
        (Ok(bytes @ 0..), _) => Ok(Skip::Start { lines: 0, bytes: bytes.unsigned_abs() }),
        _ => Err(bad("HeaderSize", text, "it must not be negative, but for -1 with raw voxels")),
    }
}

/// Names of the data files, in order of the slices; none: the voxels follow the header.
fn data_files(text: &str, keys: &Keys) -> Result<Vec<String>, Error> {
    if text.eq_ignore_ascii_case("local") {
        return Ok(Vec::new());
    }
    if text.to_uppercase().starts_with("LIST") {
        if keys.listed.is_empty() || keys.listed.len() > 65_534 {
            let n = keys.listed.len().to_string();
            return Err(bad("ElementDataFile", &n, "1 to 65534 names were expected behind LIST"));
        }
        return Ok(keys.listed.clone());
    }
    match nrrd::numbered(text) {
        Some(names) => names,
        None => Ok(vec![text.to_owned()]),
    }
}

fn modality(keys: &Keys) -> String {
    match keys.get(&["modality"]) {
        Some("MET_MOD_CT") => "CT".into(),
        Some("MET_MOD_MR") => "MR".into(),
        _ => String::new(),
    }
}

fn bad(field: &'static str, value: &str, expected: &'static str) -> Error {
    let value: String = value.chars().take(60).collect();
    Error::BadHeader { field, value: format!("{value:?}"), expected }
}
