//! A NRRD header, checked.

use hounsfield::{Error, Facts};

use super::{
    fields::{Fields, bad},
    place,
};
use crate::{
    number::Number,
    raster::{self, Encoding, Raster, Skip},
};

/// The standard's bound on the number of axes.
const MAX_RANK: usize = 16;
/// More data files than a volume may have slices.
const MAX_FILES: usize = 65_534;

/// Reads the text at the start of `header`.
///
/// # Errors
/// [`Error::NotAScan`], [`Error::BadHeader`], [`Error::Unsupported`].
pub(crate) fn parse(header: &[u8]) -> Result<Raster, Error> {
    let fields = Fields::read(header)?;
    let number = number(fields.need("type")?)?;
    let encoding = encoding(fields.need("encoding")?)?;
    let sizes = sizes(&fields)?;
    let mut notes = Vec::new();
    let place = place::read(&fields, sizes.len(), &mut notes)?;
    let product = |sizes: &[usize]| sizes.iter().fold(1usize, |all, n| all.saturating_mul(*n));
    let mut file_size = [1; 3];
    let mut behind = place.first_axis;
    for (size, n) in file_size.iter_mut().zip(sizes.get(place.first_axis..).unwrap_or(&[])) {
        *size = *n;
        behind += 1;
    }
    let components = product(sizes.get(..place.first_axis).unwrap_or(&[]));
    let volumes = product(sizes.get(behind..).unwrap_or(&[]));
    raster::note_firsts(components, volumes, &mut notes);
    let data_files = data_files(&fields)?;
    let attached_at = match (data_files.is_empty(), fields.end) {
        (false, _) => None,
        (true, Some(end)) => Some(end as u64),
        (true, None) => {
            return Err(Error::BadHeader {
                field: "data file",
                value: "missing".into(),
                expected: "the file has neither a blank line with voxels behind it nor the name of another file",
            });
        }
    };
    let modality = fields.pairs.get("modality").or_else(|| fields.pairs.get("DICOM_0008_0060"));
    let modality = modality.map(|text| text.trim().chars().take(16).collect()).unwrap_or_default();
    Ok(Raster {
        file_size,
        ras_from_file: place.ras_from_file,
        big_endian: big_endian(&fields, number, encoding)?,
        number,
        encoding,
        components,
        volumes,
        skip: skip(&fields, encoding)?,
        attached_at,
        data_files,
        notes,
        facts: Facts { modality, ..raster::facts(place.stated, place.has_spacing) },
        has_spacing: place.has_spacing,
    })
}

fn number(text: &str) -> Result<Number, Error> {
    let text = text.to_lowercase();
    Ok(match text.as_str() {
        "signed char" | "int8" | "int8_t" => Number::I8,
        "uchar" | "unsigned char" | "uint8" | "uint8_t" => Number::U8,
        "short" | "short int" | "signed short" | "signed short int" | "int16" | "int16_t" => {
            Number::I16
        }
        "ushort" | "unsigned short" | "unsigned short int" | "uint16" | "uint16_t" => Number::U16,
        "int" | "signed int" | "int32" | "int32_t" => Number::I32,
        "uint" | "unsigned int" | "uint32" | "uint32_t" => Number::U32,
        "longlong"
        | "long long"
        | "long long int"
        | "signed long long"
        | "signed long long int"
        | "int64"
        | "int64_t" => Number::I64,
        "ulonglong" | "unsigned long long" | "unsigned long long int" | "uint64" | "uint64_t" => {
            Number::U64
        }
        "float" => Number::F32,
        "double" => Number::F64,
        _ => {
            return Err(bad("type", &text, "integers of 8 to 64 bits, float and double are known"));
        }
    })
}

fn encoding(text: &str) -> Result<Encoding, Error> {
    let refused =
        |hint| Err(Error::Unsupported { what: format!("a NRRD with encoding {text}"), hint });
    match text.to_lowercase().as_str() {
        "raw" => Ok(Encoding::Raw),
        "gzip" | "gz" => Ok(Encoding::Gzip),
        "text" | "txt" | "ascii" => Ok(Encoding::Text),
        "bzip2" | "bz2" => refused("save it with gzip or raw"),
        "hex" => refused("save it with gzip or raw"),
        _ => Err(bad("encoding", text, "raw, gzip and text are known")),
    }
}

fn sizes(fields: &Fields) -> Result<Vec<usize>, Error> {
    let rank = fields.whole("dimension", 0)?;
    let rank = usize::try_from(rank).ok().filter(|rank| (2..=MAX_RANK).contains(rank));
    let rank = rank.ok_or_else(|| {
        bad("dimension", fields.get("dimension").unwrap_or("missing"), "2 to 16 were expected")
    })?;
    let text = fields.need("sizes")?;
    let sizes: Option<Vec<usize>> =
        text.split_whitespace().map(|word| word.parse().ok().filter(|n| *n > 0)).collect();
    sizes.filter(|sizes| sizes.len() == rank).ok_or_else(|| {
        bad("sizes", text, "a size of at least 1 was expected for each of the dimensions")
    })
}

fn big_endian(fields: &Fields, number: Number, encoding: Encoding) -> Result<bool, Error> {
    match fields.get("endian").map(str::to_lowercase).as_deref() {
        Some("big") => Ok(true),
        Some("little") => Ok(false),
        Some(other) => Err(bad("endian", other, "it must be little or big")),
        None if number.bytes() == 1 || encoding == Encoding::Text => Ok(false),
        None => Err(bad("endian", "missing", "numbers of more than a byte need it")),
    }
}

fn skip(fields: &Fields, encoding: Encoding) -> Result<Skip, Error> {
    let lines = fields.whole("lineskip", 0)?;
    let bytes = fields.whole("byteskip", 0)?;
    let lines = u64::try_from(lines)
        .map_err(|_| bad("line skip", &lines.to_string(), "it cannot be negative"))?;
    match (u64::try_from(bytes), encoding) {
        (Ok(bytes), _) => Ok(Skip::Start { lines, bytes }),
        (Err(_), Encoding::Raw) if bytes == -1 => Ok(Skip::UntilEnd),
        _ => Err(bad(
            "byte skip",
            &bytes.to_string(),
            "it must not be negative, but for -1 with raw voxels",
        )),
    }
}

/// Names of the data files, in order of the slices.
fn data_files(fields: &Fields) -> Result<Vec<String>, Error> {
    let Some(text) = fields.get("datafile") else { return Ok(Vec::new()) };
    if text.starts_with("LIST") {
        if fields.listed.is_empty() || fields.listed.len() > MAX_FILES {
            let n = fields.listed.len().to_string();
            return Err(bad("data file", &n, "1 to 65534 names were expected behind LIST"));
        }
        return Ok(fields.listed.clone());
    }
    match numbered(text) {
        Some(names) => names,
        None => Ok(vec![text.to_owned()]),
    }
}

/// `slice%03d.raw 1 20 1`: a pattern, the first number, the last, the step.
pub(crate) fn numbered(text: &str) -> Option<Result<Vec<String>, Error>> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [pattern, first, last, step, ..] = words.as_slice() else { return None };
    let (before, rest) = pattern.split_once('%')?;
    let (width, after) = rest.split_once('d')?;
    let zeros = width.starts_with('0');
    let width: usize = if width.is_empty() { 0 } else { width.parse().ok()? };
    let [first, last, step]: [i64; 3] =
        [first.parse().ok()?, last.parse().ok()?, step.parse().ok()?];
    let count = last.checked_sub(first)?.checked_div(step)?.checked_add(1)?;
    if !(1..=MAX_FILES as i64).contains(&count) || width > 20 {
        let n = count.to_string();
        return Some(Err(bad("data file", &n, "1 to 65534 files were expected")));
    }
    let name = |n: i64| {
        let number = first + n * step;
        if zeros {
            format!("{before}{number:0width$}{after}")
        } else {
            format!("{before}{number:width$}{after}")
        }
    };
    Some(Ok((0..count).map(name).collect()))
}
