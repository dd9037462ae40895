//! Where the voxels of a NRRD lie.

use hounsfield::{Error, Note, grid::Affine};

use super::fields::{self, Fields, bad};

/// Which of a header's axes are i, j, k, and where they lie.
#[derive(Debug)]
pub(super) struct Place {
    /// Index of the first axis in space; those before it are numbers of a voxel.
    pub(super) first_axis: usize,
    pub(super) ras_from_file: Affine,
    /// Does the header say where the axes point?
    pub(super) stated: bool,
    pub(super) has_spacing: bool,
}

/// Signs that turn the space's axes into RAS; `None`: it has no anatomy.
fn ras_signs(space: &str) -> Option<[f64; 3]> {
    let space = space.trim().to_lowercase();
    let space = space.strip_suffix("-time").unwrap_or(&space);
    match space {
        "right-anterior-superior" | "ras" | "rast" => Some([1.0, 1.0, 1.0]),
        "left-anterior-superior" | "las" | "last" => Some([-1.0, 1.0, 1.0]),
        "left-posterior-superior" | "lps" | "lpst" => Some([-1.0, -1.0, 1.0]),
        _ => None,
    }
}

/// # Errors
/// [`Error::BadHeader`] for vectors that are none, [`Error::Unsupported`] when the axes in space are
/// not next to each other.
pub(super) fn read(fields: &Fields, rank: usize, notes: &mut Vec<Note>) -> Result<Place, Error> {
    let signs = fields.get("space").map(ras_signs);
    let directions = match fields.get("spacedirections") {
        Some(text) => Some(vectors("space directions", text, rank)?),
        None => None,
    };
    let spacings = match fields.get("spacings") {
        Some(text) => numbers("spacings", text, rank)?,
        None => vec![f64::NAN; rank],
    };
    let in_space = axes_in_space(fields, rank, directions.as_deref(), &spacings)?;
    let mut columns = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut has_spacing = true;
    for (n, column) in columns.iter_mut().enumerate() {
        let axis = in_space.start + n;
        let direction = directions.as_ref().and_then(|all| all.get(axis)).copied().flatten();
        if let (Some(direction), true) = (direction, axis < in_space.end) {
            *column = direction;
        } else if let Some(mm) = spacings.get(axis).filter(|mm| mm.is_finite())
            && axis < in_space.end
        {
            // A negative spacing is no direction; ITK takes its size.
            column[n] = mm.abs();
        } else if axis < in_space.end {
            has_spacing = false;
        }
    }
    if !has_spacing {
        notes.push(Note::new(
            "spacing_assumed",
            "The header states no distance of voxels along some axis; 1 mm is assumed.",
        ));
    }
    let origin = match fields.get("spaceorigin") {
        Some(text) => vectors("space origin", text, 1)?.first().copied().flatten(),
        None => None,
    };
    let units = unit_mm(fields, notes)?;
    let stated = matches!(signs, Some(Some(_))) && directions.is_some();
    if !stated {
        let space = fields.get("space").map_or("missing".into(), fields::short);
        notes.push(Note::new(
            "orientation_unknown",
            format!("The header does not say where the axes point (space: {space}); Left, Posterior, Superior is assumed."),
        ));
    }
    // LPS where nothing is said, as ITK has it.
    let signs = signs.flatten().unwrap_or([-1.0, -1.0, 1.0]);
    let mut ras_from_file = [[0.0; 4]; 3];
    for (r, row) in ras_from_file.iter_mut().enumerate() {
        for (f, column) in columns.iter().enumerate() {
            row[f] = signs[r] * units[r] * column[r] + 0.0;
        }
        row[3] = signs[r] * units[r] * origin.map_or(0.0, |origin| origin[r]) + 0.0;
    }
    Ok(Place { first_axis: in_space.start, ras_from_file, stated, has_spacing })
}

/// The axes that lie in space: what has a direction, else a spacing, else a kind that says so,
/// else the first three.
fn axes_in_space(
    fields: &Fields,
    rank: usize,
    directions: Option<&[Option<[f64; 3]>]>,
    spacings: &[f64],
) -> Result<std::ops::Range<usize>, Error> {
    let kinds: Vec<&str> = fields.get("kinds").unwrap_or_default().split_whitespace().collect();
    let domain = |axis: usize| matches!(kinds.get(axis), Some(&("domain" | "space")));
    let lies: Vec<bool> = (0..rank)
        .map(|axis| match directions {
            Some(all) => all.get(axis).is_some_and(Option::is_some),
            None if spacings.iter().any(|mm| mm.is_finite()) => {
                spacings.get(axis).is_some_and(|mm| mm.is_finite())
            }
            None if kinds.iter().any(|kind| *kind == "domain" || *kind == "space") => domain(axis),
            None => true,
        })
        .collect();
    let start = lies.iter().position(|lies| *lies).unwrap_or(0);
    let mut end = lies.iter().rposition(|lies| *lies).map_or(rank, |last| last + 1);
    // Without a word about it the fourth axis is time or a list.
    if directions.is_none() && end - start > 3 {
        end = start + 3;
    }
    let gap = lies.get(start..end).is_some_and(|lies| lies.contains(&false));
    if gap || end - start > 3 || end - start < 2 {
        return Err(Error::Unsupported {
            what: format!("a NRRD of {rank} axes of which {} lie in space", end - start),
            hint: "two or three axes next to each other must; save it as one volume",
        });
    }
    Ok(start..end)
}

/// Millimetres in the unit of each axis of the space.
fn unit_mm(fields: &Fields, notes: &mut Vec<Note>) -> Result<[f64; 3], Error> {
    let mut units = [1.0; 3];
    let Some(text) = fields.get("spaceunits") else { return Ok(units) };
    let named = text.split('"').map(str::trim).filter(|unit| !unit.is_empty());
    for (mm, unit) in units.iter_mut().zip(named) {
        *mm = match unit.to_lowercase().as_str() {
            "mm" | "millimeter" | "millimeters" | "???" => 1.0,
            "cm" => 10.0,
            "m" => 1000.0,
            "um" | "µm" | "μm" | "micron" | "microns" => 0.001,
            _ => return Err(bad("space units", text, "mm, cm, m and um are known")),
        };
    }
    if units != [1.0; 3] {
        notes.push(Note::new(
            "units",
            format!("The header's lengths are in {text}; they were turned into millimetres."),
        ));
    }
    Ok(units)
}

/// `(1,0,0) none (0,0,1)`; at most `limit` of them.
fn vectors(field: &'static str, text: &str, limit: usize) -> Result<Vec<Option<[f64; 3]>>, Error> {
    let wrong =
        || bad(field, text, "vectors of two to four finite numbers were expected, as in (1,0,0)");
    let mut vectors = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && vectors.len() < limit {
        if let Some(behind) = rest.strip_prefix("none") {
            vectors.push(None);
            rest = behind.trim_start();
            continue;
        }
        let (inside, behind) =
            rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or_else(wrong)?;
        let mut vector = [0.0; 3];
        for (n, number) in inside.split(',').enumerate() {
            let number: f64 = number.trim().parse().map_err(|_| wrong())?;
            match vector.get_mut(n) {
                Some(place) if number.is_finite() => *place = number,
                // The fourth is time.
                None if n == 3 && number == 0.0 => {}
                _ => return Err(wrong()),
            }
        }
        vectors.push(Some(vector));
        rest = behind.trim_start();
    }
    Ok(vectors)
}

/// Numbers with blanks between them, `nan` where there is none.
fn numbers(field: &'static str, text: &str, limit: usize) -> Result<Vec<f64>, Error> {
    let words = text.split_whitespace().take(limit);
    words.map(|word| word.parse().map_err(|_| bad(field, text, "numbers were expected"))).collect()
}
