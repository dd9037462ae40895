//! What others found in people whose lungs were taken to be normal, to stand beside the numbers of
//! one scan. They bind nobody: other scanners, other people, another breath.

use serde::Serialize;

/// One quantity of one published group, for both lungs together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Norm {
    /// The field of [`LungRow`](super::lungs::LungRow) it belongs to, as in JSON; for the shares of
    /// weight with its place in the list: `"aerationWeightPercent.0"`.
    pub quantity: &'static str,
    /// The mean, or what [`Norm::of`] says.
    pub mean: f64,
    /// Standard deviation, where published.
    pub sd: Option<f64>,
    /// Mean − 2 SD, but not below 0, where an SD was published; else the lower end as published.
    pub low: Option<f64>,
    /// Mean + 2 SD where an SD was published; else the upper end as published.
    pub high: Option<f64>,
    /// What the numbers are, and of whom.
    pub of: &'static str,
    /// Authors, journal, year.
    pub source: &'static str,
    /// Digital object identifier.
    pub doi: &'static str,
}

const CRESSONI: Norm = Norm {
    quantity: "",
    mean: 0.0,
    sd: None,
    low: None,
    high: None,
    of: "100 patients with scans read as normal, supine, 64 ± 13 years",
    source: "Cressoni et al., Crit Care 2013",
    doi: "10.1186/cc12738",
};
const CHENG: Norm = Norm {
    of: "564 people in China with normal lung function",
    source: "Cheng et al., Int J COPD 2019",
    doi: "10.2147/COPD.S187596",
    ..CRESSONI
};
const ZACH: Norm = Norm {
    of: "92 healthy non-smokers in the USA, full inspiration; −950 HU itself counted",
    source: "Zach et al., Invest Radiol 2012",
    doi: "10.1097/RLI.0b013e318262292e",
    ..CRESSONI
};

impl Norm {
    const fn with(self, quantity: &'static str, mean: f64, sd: f64) -> Self {
        let low = mean - 2.0 * sd;
        Self {
            quantity,
            mean,
            sd: Some(sd),
            low: Some(if low < 0.0 { 0.0 } else { low }),
            high: Some(mean + 2.0 * sd),
            ..self
        }
    }
}

/// What is known.
pub const NORMS: [Norm; 10] = [
    CRESSONI.with("volumeMl", 4066.0, 1190.0),
    CHENG.with("volumeMl", 4468.0, 1271.0),
    CRESSONI.with("aerationWeightPercent.0", 11.0, 7.0),
    CRESSONI.with("aerationWeightPercent.1", 65.0, 8.0),
    CRESSONI.with("aerationWeightPercent.2", 18.0, 3.0),
    CRESSONI.with("aerationWeightPercent.3", 7.0, 4.0),
    Norm {
        quantity: "laa950Percent",
        mean: 0.19,
        low: Some(0.03),
        high: Some(0.43),
        of: "564 people in China with normal lung function; the median, and the range given with it",
        ..CHENG
    },
    ZACH.with("laa950Percent", 2.0, 2.7),
    Norm {
        of: "92 healthy non-smokers in the USA, normal expiration; −856 HU itself counted",
        ..ZACH.with("laa856Percent", 9.2, 6.8)
    },
    Norm {
        quantity: "tissueG",
        mean: 530.0,
        of: "tissue in ml at a height of 1.7 m, with other HU for air and tissue than here",
        source: "Kobayashi et al., Jpn J Radiol 2025",
        doi: "10.1007/s11604-025-01913-3",
        ..CRESSONI
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_norm_is_whole() {
        for norm in NORMS {
            assert!(!norm.quantity.is_empty() && norm.doi.starts_with("10."), "{norm:?}");
            let [low, high] = [norm.low.unwrap_or(norm.mean), norm.high.unwrap_or(norm.mean)];
            assert!(0.0 <= low && low <= norm.mean && norm.mean <= high, "{norm:?}");
        }
    }
}
