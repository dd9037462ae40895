//! The ways a cell of eight voxels can be cut, as triangles between the cell's edges.
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
//! The table is made here, not copied. Each face of a cell is cut by itself, by a rule that sees its
//! four corners only: so the two cells at a face cut it alike, and the surface has no cracks
//! (Lorensen and Cline 1987 left some). On an *ambiguous* face two opposite corners are inside and
//! two outside; it is up to the caller whether the ones inside are joined across it.
//!
//! The cuts of the six faces make closed loops over the cell's edges, and each is filled with
//! triangles. A diagonal between two vertices of one face could meet the same diagonal of the cell on the other side, and four triangles
//! would share it; so of a face's four diagonals two belong to the cell on its one side and two to
//! that on the other. (That every loop can still be filled is what a test goes through.)

use std::sync::OnceLock;

/// Triangles a cell has at most: those of a loop over all twelve edges.
const MOST_TRIANGLES: usize = 10;

/// How one case is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Case {
    /// Triangles used of `edges`.
    pub(super) triangles: u8,
    /// The edges of each triangle's corners, counter-clockwise from outside (in a right-handed grid).
    pub(super) edges: [[u8; 3]; MOST_TRIANGLES],
}

/// All cases: bit k of a case's number says that corner k is inside.
#[derive(Debug)]
pub(super) struct Cases {
    /// Where the cases of a number begin: one for each way to join its ambiguous faces.
    first: [u16; 256],
    /// The ambiguous faces of a number, a bit each.
    pub(super) ambiguous: [u8; 256],
    cases: Vec<Case>,
}

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

/// The corners of the faces at x = 0, x = 1, y = 0, …, counter-clockwise from outside.
pub(super) const FACES: [[u8; 4]; 6] =
    [[4, 6, 2, 0], [1, 3, 7, 5], [1, 5, 4, 0], [2, 6, 7, 3], [2, 3, 1, 0], [4, 5, 7, 6]];

const NONE: usize = usize::MAX;

impl Cases {
    pub(super) fn get() -> &'static Self {
        static CASES: OnceLock<Cases> = OnceLock::new();
        CASES.get_or_init(Self::new)
    }

    /// The case of `number`, whose ambiguous faces (the lowest first) are joined where `joined` has
    /// ones.
    #[inline]
    pub(super) fn case(&self, number: usize, joined: usize) -> &Case {
        &self.cases[usize::from(self.first[number]) + joined]
    }

    fn new() -> Self {
        let mut all = Self { first: [0; 256], ambiguous: [0; 256], cases: Vec::new() };
        for number in 0..256 {
            let faces: Vec<usize> = (0..6).filter(|face| is_ambiguous(number, *face)).collect();
            all.first[number] = all.cases.len() as u16;
            all.ambiguous[number] = faces.iter().fold(0, |bits, face| bits | 1 << face);
            for joined in 0..1usize << faces.len() {
                let is_joined = |face| {
                    faces.iter().position(|f| *f == face).is_some_and(|k| joined >> k & 1 == 1)
                };
                all.cases.push(case_of(number, &is_joined));
            }
        }
        all
    }
}

fn is_inside(number: usize, corner: u8) -> bool {
    number >> corner & 1 == 1
}

fn is_ambiguous(number: usize, face: usize) -> bool {
    let [a, b, c, d] = FACES[face].map(|corner| is_inside(number, corner));
    a == c && b == d && a != b
}

fn case_of(number: usize, is_joined: &dyn Fn(usize) -> bool) -> Case {
    let mut next = [NONE; 12];
    for face in 0..6 {
        cut_face(number, face, is_joined(face), &mut next);
    }
    let mut case = Case::default();
    for start in 0..12 {
        // Follow the loop, taking it out on the way.
        let (mut cycle, mut edge) = (Vec::new(), start);
        while next[edge] != NONE {
            cycle.push(edge);
            edge = std::mem::replace(&mut next[edge], NONE);
        }
        if !cycle.is_empty() {
            fill(&cycle, &mut case);
        }
    }
    case
}

/// For each cut edge of a face the one that follows it around its loop.
fn cut_face(number: usize, face: usize, joined: bool, next: &mut [usize; 12]) {
    let corners = FACES[face];
    let side = |k: usize| (corners[k % 4], corners[(k + 1) % 4]);
    for k in 0..4 {
        let (a, b) = side(k);
        if is_inside(number, a) || !is_inside(number, b) {
            continue;
        }
        // Walking around the face, here it goes inside. The cut leads to where it comes out next, or,
        // which joins opposite corners, to where it last came out.
        let step = if joined { 3 } else { 1 };
        let mut other = k + step;
        while !is_inside(number, side(other).0) || is_inside(number, side(other).1) {
            other += step;
        }
        next[edge_between(side(k))] = edge_between(side(other));
    }
}

fn edge_between((a, b): (u8, u8)) -> usize {
    EDGES.iter().position(|edge| *edge == [a.min(b), a.max(b)]).unwrap_or(0)
}

/// Fills a loop with triangles: for each stretch of it, from short to long, a vertex is looked for that
/// closes the stretch with its chord.
fn fill(cycle: &[usize], case: &mut Case) {
    let n = cycle.len();
    let mut apex = [[NONE; 12]; 12];
    for length in 2..n {
        for i in 0..n - length {
            let j = i + length;
            let is_closed = |i: usize, j: usize| {
                j - i == 1 || (apex[i][j] != NONE && !is_others(cycle[i], cycle[j]))
            };
            apex[i][j] = (i + 1..j).find(|k| is_closed(i, *k) && is_closed(*k, j)).unwrap_or(NONE);
        }
    }
    let mut open = vec![(0, n - 1)];
    while let Some((i, j)) = open.pop() {
        let k = apex[i][j];
        if k == NONE {
            continue;
        }
        if let Some(place) = case.edges.get_mut(usize::from(case.triangles)) {
            *place = [cycle[i], cycle[k], cycle[j]].map(|edge| edge as u8);
            case.triangles += 1;
        }
        open.extend([(i, k), (k, j)]);
    }
}

/// Does the chord between two edges lie on a face, and belong to the cell beyond?
fn is_others(a: usize, b: usize) -> bool {
    (0..6).any(|face| {
        on_face(face, a) && on_face(face, b) && belongs_to_upper(face, a, b) != (face % 2 == 0)
    })
}

fn on_face(face: usize, edge: usize) -> bool {
    EDGES[edge].iter().all(|corner| FACES[face].contains(corner))
}

/// Of a face's diagonals, those of the cell on its upper side: the one that runs along its normal's
/// next axis, and the one that cuts off its lowest and highest corners.
fn belongs_to_upper(face: usize, a: usize, b: usize) -> bool {
    let axis = face / 2;
    let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
    let [along_a, along_b] = [a, b].map(axis_of);
    if along_a == along_b {
        return along_a == u;
    }
    let shared = EDGES[a].iter().find(|corner| EDGES[b].contains(corner)).copied().unwrap_or(0);
    (shared >> u ^ shared >> v) & 1 == 0
}

fn axis_of(edge: usize) -> usize {
    ((EDGES[edge][0] ^ EDGES[edge][1]) / 2) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each_case(mut see: impl FnMut(usize, usize, &Case)) {
        let all = Cases::get();
        for number in 0..256 {
            for joined in 0..1usize << all.ambiguous[number].count_ones() {
                see(number, joined, all.case(number, joined));
            }
        }
    }

    #[test]
    fn every_cut_edge_is_used_and_no_other() {
        each_case(|number, joined, case| {
            let triangles = &case.edges[..usize::from(case.triangles)];
            for (edge, [a, b]) in EDGES.iter().enumerate() {
                let cut = is_inside(number, *a) != is_inside(number, *b);
                let used = triangles.iter().flatten().any(|used| usize::from(*used) == edge);
                assert_eq!(cut, used, "case {number:08b} {joined}, edge {edge}");
            }
        });
    }

    #[test]
    fn no_loop_needs_a_diagonal_of_the_cell_beyond_a_face() {
        each_case(|number, joined, case| {
            for triangle in &case.edges[..usize::from(case.triangles)] {
                let [a, b, c] = triangle.map(usize::from);
                for (a, b) in [(a, b), (b, c), (c, a)] {
                    let sides = case.edges[..usize::from(case.triangles)]
                        .iter()
                        .filter(|other| [a, b].iter().all(|edge| other.contains(&(*edge as u8))))
                        .count();
                    for face in (0..6).filter(|face| on_face(*face, a) && on_face(*face, b)) {
                        // A side of the loop has one triangle here, a diagonal two.
                        let own = belongs_to_upper(face, a, b) == (face % 2 == 0);
                        assert!(sides == 1 || own, "case {number:08b} {joined}: {a} {b}");
                    }
                }
            }
        });
    }

    #[test]
    fn one_corner_is_a_triangle_that_faces_away_from_it() {
        // Corner 0 inside: edges 0 (x), 4 (y), 6 (z); outwards is towards +x +y +z.
        let Case { triangles, edges } = Cases::get().case(1, 0);
        assert_eq!(*triangles, 1);
        assert!([[0, 4, 6], [4, 6, 0], [6, 0, 4]].contains(&edges[0]), "{:?}", edges[0]);
    }

    #[test]
    fn opposite_corners_of_a_face_are_joined_or_not() {
        // Corners 0 and 3: one loop of six edges, or two triangles.
        assert_eq!(Cases::get().case(0b1001, 1).triangles, 4);
        assert_eq!(Cases::get().case(0b1001, 0).triangles, 2);
    }
}
