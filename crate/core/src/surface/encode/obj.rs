//! Wavefront OBJ: lines of text. Vertices are counted from 1 through the whole file.

use std::fmt::Write;

use super::{damaged, surface, word};
use crate::{Error, surface::Surface};

/// Bytes of a line, for a first guess.
const LINE_BYTES: usize = 32;
/// A line of an OBJ file begins with one of these.
const KEYWORDS: [&str; 9] = ["#", "v", "vn", "vt", "f", "o", "g", "mtllib", "usemtl"];

pub(super) fn encode(surfaces: &[Surface]) -> Result<Vec<u8>, Error> {
    let lines: usize = surfaces.iter().map(|s| s.positions.len() + s.triangles.len() + 1).sum();
    let bytes = crate::error::try_with_capacity(LINE_BYTES * lines, "an OBJ file")?;
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    text.push_str("# Hounsfield surface, RAS millimetres\n");
    let mut before = 1u64;
    for surface in surfaces {
        // A String takes everything.
        let _ = writeln!(text, "g {}", word(&surface.name));
        if !surface.ct_check().is_empty() {
            let _ = writeln!(text, "# {}", surface.ct_check());
        }
        for [x, y, z] in &surface.positions {
            let _ = writeln!(text, "v {x} {y} {z}");
        }
        for triangle in &surface.triangles {
            let [a, b, c] = triangle.map(|vertex| before + u64::from(vertex));
            let _ = writeln!(text, "f {a} {b} {c}");
        }
        before += surface.positions.len() as u64;
    }
    Ok(text.into_bytes())
}

pub(super) fn is_obj(text: &str) -> bool {
    let mut lines = text.lines().filter_map(|line| line.split_whitespace().next());
    lines.next().is_some_and(|first| KEYWORDS.contains(&first) || first.starts_with('#'))
}

/// Every group is a surface, with the vertices that stand in the file since the group before. Faces of
/// more corners become fans; normals, textures and materials are passed by.
pub(super) fn decode(text: &str) -> Result<Vec<Surface>, Error> {
    let mut all = vec![surface(String::new(), Vec::new(), Vec::new())];
    let mut before = 0u64;
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(current) = all.last_mut() else { break };
        match words.next() {
            Some("g" | "o") => {
                let name = words.collect::<Vec<_>>().join(" ");
                if current.positions.is_empty() {
                    current.name = name;
                } else {
                    before += current.positions.len() as u64;
                    all.push(surface(name, Vec::new(), Vec::new()));
                }
            }
            Some("v") => {
                let mut next = || words.next().and_then(|word| word.parse().ok());
                let (Some(x), Some(y), Some(z)) = (next(), next(), next()) else {
                    return Err(damaged("a vertex is not three numbers"));
                };
                current.positions.push([x, y, z]);
            }
            Some("f") => {
                let corner = |word: &str| {
                    let number = word.split('/').next().unwrap_or("");
                    let number: u64 = number.parse().ok()?;
                    u32::try_from(number.checked_sub(1 + before)?).ok()
                };
                let corners: Option<Vec<u32>> = words.map(corner).collect();
                let Some([first, others @ ..]) = corners.as_deref() else {
                    return Err(damaged("a face has a corner outside its group"));
                };
                let fan = others.windows(2).map(|pair| [*first, pair[0], pair[1]]);
                current.triangles.extend(fan);
            }
            Some("#") => current.set_ct_check(line.trim_start_matches(['#', ' ']).trim_end()),
            _ => {}
        }
    }
    all.retain(|surface| !surface.triangles.is_empty());
    if all.is_empty() {
        return Err(damaged("it has no faces"));
    }
    Ok(all)
}
