//! Binary PLY: a header of text, then vertices with a colour, then faces.

use std::fmt::Write;

use super::{damaged, surface, word};
use crate::{Error, error::try_with_capacity, surface::Surface};

const VERTEX_BYTES: usize = 15;
const FACE_BYTES: usize = 13;
/// What a part's line in the header begins with; then vertices, triangles and name.
const PART: &str = "comment part ";
/// How the CT check of the part before came out.
const REMARK: &str = "comment ";
const FORMAT: &str = "format binary_little_endian 1.0";
const VERTEX: [&str; 6] = [
    "property float x",
    "property float y",
    "property float z",
    "property uchar red",
    "property uchar green",
    "property uchar blue",
];
const FACE: &str = "property list uchar int vertex_indices";
const END: &str = "end_header\n";

pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let vertices: usize = surfaces.iter().map(|surface| surface.positions.len()).sum();
    let triangles: usize = surfaces.iter().map(|surface| surface.triangles.len()).sum();
    let mut header = format!("ply\n{FORMAT}\ncomment Hounsfield surface, RAS millimetres\n");
    for Surface { name, positions, triangles, ct_check, .. } in surfaces {
        // A String takes everything.
        let _ = writeln!(header, "{PART}{} {} {}", positions.len(), triangles.len(), word(name));
        if !ct_check.is_empty() {
            let _ = writeln!(header, "{REMARK}{ct_check}");
        }
    }
    let _ = writeln!(header, "element vertex {vertices}\n{}", VERTEX.join("\n"));
    let _ = write!(header, "element face {triangles}\n{FACE}\n{END}");
    let length = header.len() + VERTEX_BYTES * vertices + FACE_BYTES * triangles;
    let mut bytes = try_with_capacity(length, "a PLY file")?;
    bytes.extend_from_slice(header.as_bytes());
    for surface in surfaces {
        for position in &surface.positions {
            for mm in position {
                bytes.extend_from_slice(&mm.to_le_bytes());
            }
            bytes.extend_from_slice(&surface.colour);
        }
    }
    let mut before = 0;
    for surface in surfaces {
        for triangle in &surface.triangles {
            bytes.push(3);
            for vertex in triangle {
                bytes.extend_from_slice(&(before + vertex).to_le_bytes());
            }
        }
        before += surface.positions.len() as u32;
    }
    Ok(bytes)
}

/// A part, as its lines in the header say.
struct Part<'a> {
    vertices: usize,
    triangles: usize,
    name: &'a str,
    remark: &'a str,
}

impl<'a> Part<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let mut count = || words.next()?.parse().ok();
        let (vertices, triangles) = (count()?, count()?);
        Some(Self { vertices, triangles, name: words.next()?, remark: "" })
    }
}

/// Of the PLY files there are, those as we write them.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    let at = bytes.windows(END.len()).position(|window| window == END.as_bytes());
    let (header, mut rest) = at
        .and_then(|at| bytes.split_at_checked(at + END.len()))
        .ok_or_else(|| damaged("its header has no end"))?;
    let header = std::str::from_utf8(header).map_err(|_| damaged("its header is no text"))?;
    let described: Vec<&str> =
        header.lines().filter(|line| !line.starts_with("comment")).map(str::trim).collect();
    let count = |name: &str| {
        let line =
            described.iter().find_map(|line| line.strip_prefix("element ")?.strip_prefix(name));
        line.and_then(|number| number.trim().parse::<usize>().ok())
    };
    let (Some(vertices), Some(triangles)) = (count("vertex"), count("face")) else {
        return Err(damaged("its header does not count vertices and faces"));
    };
    let own = [vec!["ply", FORMAT], vec![""], VERTEX.to_vec(), vec!["", FACE, END.trim()]].concat();
    let is_own = described.len() == own.len()
        && described.iter().zip(&own).all(|(line, own)| own.is_empty() || line == own);
    if !is_own {
        return Err(Error::Unsupported {
            what: "a PLY file with other fields than x, y, z and a colour in binary".into(),
            hint: "save the surface as binary STL or as OBJ",
        });
    }
    let whole = vertices.checked_mul(VERTEX_BYTES).zip(triangles.checked_mul(FACE_BYTES));
    if whole.and_then(|(a, b)| a.checked_add(b)) != Some(rest.len()) {
        return Err(damaged("its length is not what its header says"));
    }
    let mut parts: Vec<Part<'_>> = Vec::new();
    for line in header.lines() {
        if let Some(part) = line.strip_prefix(PART).and_then(Part::read) {
            parts.push(part);
        } else if let Some((text, part)) = line.strip_prefix(REMARK).zip(parts.last_mut()) {
            part.remark = text;
        }
    }
    let sums = parts.iter().try_fold((0usize, 0usize), |(v, t), part| {
        Some((v.checked_add(part.vertices)?, t.checked_add(part.triangles)?))
    });
    if sums != Some((vertices, triangles)) {
        parts = vec![Part { vertices, triangles, name: "", remark: "" }];
    }
    let mut surfaces = Vec::new();
    for Part { vertices, triangles, name, remark } in &parts {
        let (own, others) = rest.split_at_checked(VERTEX_BYTES * vertices).unwrap_or((rest, &[]));
        rest = others;
        let mut positions = try_with_capacity(*vertices, "vertices")?;
        let mut made = surface((*name).to_owned(), Vec::new(), Vec::new());
        made.set_ct_check(remark);
        for vertex in own.as_chunks::<VERTEX_BYTES>().0 {
            let [x, y, z] = [0, 4, 8]
                .map(|at| vertex[at..].first_chunk().map_or(0.0, |four| f32::from_le_bytes(*four)));
            positions.push([x, y, z]);
            made.colour = [vertex[12], vertex[13], vertex[14]];
        }
        made.positions = positions;
        made.triangles = try_with_capacity(*triangles, "triangles")?;
        surfaces.push(made);
    }
    let mut before = 0;
    for (made, Part { vertices, triangles, .. }) in surfaces.iter_mut().zip(&parts) {
        let (own, others) = rest.split_at_checked(FACE_BYTES * triangles).unwrap_or((rest, &[]));
        rest = others;
        for face in own.as_chunks::<FACE_BYTES>().0 {
            let corners = [1, 5, 9].map(|at| {
                let vertex = face[at..].first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
                vertex.checked_sub(before)
            });
            let [Some(a), Some(b), Some(c)] = corners else {
                return Err(damaged("a triangle has a vertex of another part"));
            };
            if face[0] != 3 {
                return Err(damaged("it has faces of more than three corners"));
            }
            made.triangles.push([a, b, c]);
        }
        before += *vertices as u32;
    }
    Ok(surfaces)
}
