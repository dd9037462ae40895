//! Where the parts of a file stand.

/// 3×4, row by row: a place's new coordinates from its old ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Transform(pub(super) [[f64; 4]; 3]);

impl Transform {
    pub(super) const IDENTITY: Self =
        Self([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);

    /// First `other`, then this.
    pub(super) fn after(&self, other: &Self) -> Self {
        Self(self.0.map(|[x, y, z, shift]| {
            let entry = |column: usize| {
                let [a, b, c] = other.0.map(|row| row.get(column).copied().unwrap_or_default());
                x * a + y * b + z * c
            };
            [entry(0), entry(1), entry(2), entry(3) + shift]
        }))
    }

    pub(super) fn place(&self, at: [f32; 3]) -> [f32; 3] {
        let [px, py, pz] = at.map(f64::from);
        self.0.map(|[x, y, z, shift]| (x * px + y * py + z * pz + shift) as f32)
    }

    /// Does it turn left into right?
    pub(super) fn mirrors(&self) -> bool {
        let [[a, b, c, _], [d, e, f, _], [g, h, i, _]] = self.0;
        a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) < 0.0
    }

    /// The triangle's corners, in the order in which they face outwards there.
    pub(super) fn order([a, b, c]: [u32; 3], mirrors: bool) -> [u32; 3] {
        if mirrors { [a, c, b] } else { [a, b, c] }
    }
}
