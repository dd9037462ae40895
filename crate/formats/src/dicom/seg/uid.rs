//! Unique identifiers without a clock or a random source.

/// A hash of everything that makes a segmentation what it is: FNV-1a with 128 bits
/// (draft-eastlake-fnv). Nobody gains by making two that collide, so it need not be a secret one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hash(u128);

const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Hash {
    pub(super) fn new() -> Self {
        Self(START)
    }

    /// Takes in some bytes, and where they end.
    #[must_use]
    pub(super) fn with(self, bytes: &[u8]) -> Self {
        let length = (bytes.len() as u64).to_le_bytes();
        Self(
            bytes
                .iter()
                .chain(&length)
                .fold(self.0, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME)),
        )
    }

    /// A UID (PS3.5 B.2): `2.25.` and a UUID as a decimal number; version 8, which leaves it to the
    /// maker where the bits come from.
    pub(super) fn uid(self, purpose: &str) -> String {
        let bits = self.with(purpose.as_bytes()).0;
        let version = bits & !(0xf << 76) | 0x8 << 76;
        let uuid = version & !(0b11 << 62) | 0b10 << 62;
        format!("2.25.{uuid}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_differ_by_content_and_purpose_only() {
        let of = |bytes: &[u8]| Hash::new().with(bytes).uid("series");
        assert_eq!(of(b"a"), of(b"a"));
        assert_ne!(of(b"a"), of(b"b"));
        assert_ne!(
            Hash::new().with(b"ab").with(b"c").uid(""),
            Hash::new().with(b"a").with(b"bc").uid("")
        );
        assert_ne!(of(b"a"), Hash::new().with(b"a").uid("instance"));
        let uid = of(b"a");
        assert!(uid.len() <= 64, "{uid}");
        let uuid: u128 = uid.strip_prefix("2.25.").unwrap().parse().unwrap();
        assert_eq!((uuid >> 76 & 0xf, uuid >> 62 & 0b11), (8, 0b10));
    }
}
