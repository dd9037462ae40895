//! The 256 ways a cell of eight voxels can be cut, as triangles between the cell's edges.
//!
//! ```text
//!      6───────7        Corner k is (k & 1, k >> 1 & 1, k >> 2).
//!     /│      /│        Edges 0–3 run along x, on the rows (y, z) = 00, 10, 01, 11.
//!    4───────5 │        Edges 4, 5 along y at x = 0 (z = 0, 1); 6, 7 along z at x = 0 (y = 0, 1).
//!    │ 2─────│─3        Edges 8–11 are 4–7 at x = 1.
//!    │/      │/
//!    0───────1          z up, y back, x right
//! ```
//!
//! The table is made here, not copied. Each face of a cell is cut by itself, by a rule that sees
//! its four corners only: so the two cells at a face cut it alike, and the surface has no cracks.
//! Where two opposite corners of a face are inside, they are joined across it. The cuts of the six
//! faces make closed loops over the cell's edges; each is filled by a fan whose diagonals lie on no
//! face (one always exists), so that no diagonal can meet another cell's. (Lorensen and Cline 1987
//! left cracks at such faces; joined faces are the rule of Montani and others 1994, turned round.)

/// Triangles a cell has at most.
const MOST_TRIANGLES: usize = 5;

/// How one case is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    /// Triangles used of `edges`.
    pub(super) triangles: u8,
    /// The edges of each triangle's corners, counter-clockwise from outside (in a right-handed grid).
    pub(super) edges: [[u8; 3]; MOST_TRIANGLES],
}

/// Case number: bit k says that corner k is inside.
pub(super) static CASES: [Case; 256] = cases();

/// The corners of the edges.
const EDGES: [[u8; 2]; 12] = [
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [0, 2],
    [4, 6],
    [0, 4],
    [2, 6],
    [1, 3],
    [5, 7],
    [1, 5],
    [3, 7],
];

/// The corners of the faces, counter-clockwise from outside.
const FACES: [[u8; 4]; 6] =
    [[4, 6, 2, 0], [1, 3, 7, 5], [1, 5, 4, 0], [2, 6, 7, 3], [2, 3, 1, 0], [4, 5, 7, 6]];

const NONE: u8 = u8::MAX;

const fn cases() -> [Case; 256] {
    let mut cases = [Case { triangles: 0, edges: [[0; 3]; MOST_TRIANGLES] }; 256];
    let mut case = 0;
    while case < 256 {
        cases[case] = triangles_of(case);
        case += 1;
    }
    cases
}

const fn triangles_of(case: usize) -> Case {
    let mut next = next_edges(case);
    let mut done = Case { triangles: 0, edges: [[0; 3]; MOST_TRIANGLES] };
    let mut start = 0;
    while start < 12 {
        let (mut cycle, mut length, mut edge) = ([0; 12], 0, start);
        // Follow the loop, taking it out as we go.
        while next[edge] != NONE {
            cycle[length] = edge as u8;
            length += 1;
            let following = next[edge] as usize;
            next[edge] = NONE;
            edge = following;
        }
        if length > 0 {
            let apex = fan_apex(&cycle, length);
            let mut k = 1;
            while k + 1 < length {
                done.edges[done.triangles as usize] = [
                    cycle[apex],
                    cycle[(apex + k) % length],
                    cycle[(apex + k + 1) % length],
                ];
                done.triangles += 1;
                k += 1;
            }
        }
        start += 1;
    }
    done
}

/// For each cut edge the one that follows it around its loop.
const fn next_edges(case: usize) -> [u8; 12] {
    let mut next = [NONE; 12];
    let mut face = 0;
    while face < 6 {
        let corners = FACES[face];
        let mut k = 0;
        while k < 4 {
            let (a, b) = (corners[k], corners[(k + 1) % 4]);
            // Walking around the face, here it goes inside …
            if case >> a & 1 == 0 && case >> b & 1 == 1 {
                // … and the cut goes to where it last came out, which joins opposite corners.
                let mut back = 1;
                while back < 4 {
                    let (c, d) = (corners[(k + 4 - back) % 4], corners[(k + 5 - back) % 4]);
                    if case >> c & 1 == 1 && case >> d & 1 == 0 {
                        next[edge_between(a, b)] = edge_between(c, d) as u8;
                        break;
                    }
                    back += 1;
                }
            }
            k += 1;
        }
        face += 1;
    }
    next
}

const fn edge_between(a: u8, b: u8) -> usize {
    let mut edge = 0;
    while edge < 12 {
        let [c, d] = EDGES[edge];
        if (a == c && b == d) || (a == d && b == c) {
            return edge;
        }
        edge += 1;
    }
    panic!("these corners are no edge")
}

/// Where a fan can start so that none of its diagonals lies on a face.
const fn fan_apex(cycle: &[u8; 12], length: usize) -> usize {
    let mut apex = 0;
    while apex < length {
        let (mut k, mut clear) = (2, true);
        while k + 1 < length {
            clear &= !on_one_face(cycle[apex], cycle[(apex + k) % length]);
            k += 1;
        }
        if clear {
            return apex;
        }
        apex += 1;
    }
    panic!("no fan is free of the faces")
}

const fn on_one_face(a: u8, b: u8) -> bool {
    let mut face = 0;
    while face < 6 {
        if has_edge(FACES[face], a) && has_edge(FACES[face], b) {
            return true;
        }
        face += 1;
    }
    false
}

const fn has_edge(face: [u8; 4], edge: u8) -> bool {
    let [a, b] = EDGES[edge as usize];
    let (mut k, mut found) = (0, 0);
    while k < 4 {
        if face[k] == a || face[k] == b {
            found += 1;
        }
        k += 1;
    }
    found == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_edge_is_used_and_no_other() {
        for (number, case) in CASES.iter().enumerate() {
            let triangles = &case.edges[..usize::from(case.triangles)];
            for (edge, [a, b]) in EDGES.iter().enumerate() {
                let cut = (number >> a & 1) != (number >> b & 1);
                let used = triangles.iter().flatten().any(|used| usize::from(*used) == edge);
                assert_eq!(cut, used, "case {number:08b}, edge {edge}");
            }
        }
    }

    #[test]
    fn one_corner_is_a_triangle_that_faces_away_from_it() {
        // Corner 0 inside: edges 0 (x), 4 (y), 6 (z); outwards is towards +x +y +z.
        let Case { triangles, edges } = CASES[1];
        assert_eq!(triangles, 1);
        let turned: Vec<[u8; 3]> = vec![[0, 4, 6], [4, 6, 0], [6, 0, 4]];
        assert!(turned.contains(&edges[0]), "{:?}", edges[0]);
    }

    #[test]
    fn opposite_corners_of_a_face_are_joined() {
        // Corners 0 and 3: one loop of six edges, not two triangles.
        assert_eq!(CASES[0b1001].triangles, 4);
    }
}
