//! Which threshold, and why.

use serde::{Deserialize, Serialize};

use super::Curve;

/// A way to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// Stable.
    Stable,
}
/// p
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {}
/// s
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stretch {}
/// c
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {}
/// choose
#[must_use]
pub fn choose(_curve: &Curve) -> Choice {
    Choice {}
}
