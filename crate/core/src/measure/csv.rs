//! Rows as CSV: RFC 4180, header names as in JSON, one line for each row.
//!
//! Nothing but the header and rows, because programs that read CSV stumble over remarks: what holds
//! for the whole table stands in columns of its own, on every row.

use super::{lungs::LungRow, table::Row};

/// Numbers are rounded to so many significant digits, and written in as few as say the same.
const DIGITS: usize = 12;

/// What is said on every row; `None` makes no column.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// Which scan.
    pub scan: Option<&'a str>,
    /// Which recipe made the masks.
    pub recipe: Option<&'a str>,
    /// Where that recipe has the border of lung.
    pub border_hu: Option<i16>,
    /// How the CT check came out ([`crate::check::summary`]).
    pub ct_check: Option<&'a str>,
}

/// A line of cells, or of their names.
struct Line {
    text: String,
    names: bool,
}

impl Line {
    fn cell(&mut self, name: &str, value: &str) {
        let cell = if self.names { name } else { value };
        let plain = !cell.contains([',', '"', '\n', '\r']) && cell.trim() == cell;
        if plain {
            self.text.push_str(cell);
        } else {
            self.text.push('"');
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        }
        self.text.push(',');
    }

    fn number(&mut self, name: &str, value: Option<f64>) {
        self.cell(name, &value.map(number).unwrap_or_default());
    }

    fn row(&mut self, row: &Row) {
        self.cell("name", &row.name);
        self.cell("voxels", &row.voxels.to_string());
        self.cell("paddingVoxels", &row.padding_voxels.to_string());
        self.number("volumeMl", Some(row.volume_ml));
        self.number("surfaceMm2", Some(row.surface_mm2));
        let corners = row.box_voxel.as_ref();
        let corners = [corners.map(|corners| corners.min), corners.map(|corners| corners.max)];
        for (end, corner) in ["Min", "Max"].into_iter().zip(corners) {
            for (axis, letter) in ["X", "Y", "Z"].into_iter().enumerate() {
                let at = corner.map(|corner| corner[axis].to_string()).unwrap_or_default();
                self.cell(&format!("boxVoxel{end}{letter}"), &at);
            }
        }
        for (axis, letter) in ["X", "Y", "Z"].into_iter().enumerate() {
            let at = row.centroid_ras_mm.map(|mm| mm[axis]);
            self.number(&format!("centroidRasMm{letter}"), at);
        }
        self.number("meanHu", row.mean_hu);
        self.number("sdHu", row.sd_hu);
        self.number("minHu", row.min_hu);
        self.number("p5Hu", row.p5_hu);
        self.number("p15Hu", row.p15_hu);
        self.number("medianHu", row.median_hu);
        self.number("p95Hu", row.p95_hu);
        self.number("maxHu", row.max_hu);
    }

    /// Of a row that is not of lungs, empty cells.
    fn lungs(&mut self, row: Option<&LungRow>) {
        let weight = row.and_then(|row| row.aeration_weight_percent);
        let number = |number: fn(&LungRow) -> Option<f64>| row.and_then(number);
        self.number("gasMl", number(|row| row.gas_ml));
        self.number("tissueG", number(|row| row.tissue_g));
        self.number("schneiderG", number(|row| row.schneider_g));
        self.number("overAeratedPercent", number(|row| row.over_aerated_percent));
        self.number("normallyAeratedPercent", number(|row| row.normally_aerated_percent));
        self.number("poorlyAeratedPercent", number(|row| row.poorly_aerated_percent));
        self.number("nonAeratedPercent", number(|row| row.non_aerated_percent));
        for (k, class) in ["over", "normally", "poorly", "non"].into_iter().enumerate() {
            let name = format!("{class}AeratedWeightPercent");
            self.number(&name, weight.map(|percent| percent[k]));
        }
        self.number("laa950Percent", number(|row| row.laa950_percent));
        self.number("laa910Percent", number(|row| row.laa910_percent));
        self.number("laa856Percent", number(|row| row.laa856_percent));
    }

    fn about(&mut self, about: &About<'_>) {
        for (name, value) in
            [("scan", about.scan), ("recipe", about.recipe), ("ctCheck", about.ct_check)]
        {
            if let Some(value) = value {
                self.cell(name, value);
            }
        }
        if let Some(hu) = about.border_hu {
            self.cell("borderHu", &hu.to_string());
        }
    }
}

/// The rows of lungs, if any, then the others; with rows of lungs there are their columns, empty
/// for the others. Without any row there is a header.
///
/// ```
/// use hounsfield::{Grid, Mask, Volume, Voxels};
/// use hounsfield::measure::{csv::{About, csv}, table::{Named, table}};
/// let grid = Grid::from_spacing([2, 1, 1], [1.0; 3])?;
/// let volume = Volume::new(grid, Voxels::I16(vec![100, 201]))?;
/// let rows = table(&volume, &[Named { name: "rib, 1st", mask: &Mask::drawn("##") }], &mut ())?;
/// let text = csv(&[], &rows, &About { scan: Some("a.nii"), ..About::default() });
/// let lines: Vec<&str> = text.lines().collect();
/// assert!(lines[0].starts_with("name,voxels,paddingVoxels,volumeMl,"));
/// assert!(lines[1].starts_with("\"rib, 1st\",2,0,0.002,"));
/// assert!(lines[1].contains(",150.5,50.5,100,") && lines[1].ends_with(",a.nii"));
/// # Ok::<(), hounsfield::Error>(())
/// ```
#[must_use]
pub fn csv(lungs: &[LungRow], rows: &[Row], about: &About<'_>) -> String {
    let nothing = Row::default();
    let all = lungs.iter().map(|lung| (&lung.row, Some(lung)));
    let all = all.chain(rows.iter().map(|row| (row, None)));
    let header = std::iter::once((&nothing, None));
    let mut text = String::new();
    for (k, (row, lung)) in header.chain(all).enumerate() {
        let mut line = Line { text: String::new(), names: k == 0 };
        line.row(row);
        if !lungs.is_empty() {
            line.lungs(lung);
        }
        line.about(about);
        line.text.pop();
        text.push_str(&line.text);
        text.push_str("\r\n");
    }
    text
}

/// A number with a point, without an exponent.
fn number(value: f64) -> String {
    let rounded = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    // Zero has no sign here.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_point_and_no_exponent() {
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(-1234.5), "-1234.5");
        assert_eq!(number(1e-9 / 3.0), "0.000000000333333333333");
        assert_eq!(number(123_456_789_012_345.0), "123456789012000");
    }

    #[test]
    fn quotes_are_doubled_and_every_line_has_as_many_cells() {
        let row = Row { name: "say \"ah\"\nloud".into(), ..Row::default() };
        let lung = LungRow::default();
        let about = About {
            scan: Some(" a"),
            recipe: Some("anatomy"),
            border_hu: Some(-450),
            ct_check: Some("CT check: fail hu, missing"),
        };
        let text = csv(&[lung], &[row], &about);
        assert!(text.contains("\"say \"\"ah\"\"\nloud\",0,0,"), "{text}");
        assert!(
            text.ends_with(",\" a\",anatomy,\"CT check: fail hu, missing\",-450\r\n"),
            "{text}"
        );
        let header = text.lines().next().unwrap();
        let second = text.lines().nth(1).unwrap();
        // One quoted comma.
        assert_eq!(header.split(',').count() + 1, second.split(',').count(), "{text}");
        assert!(header.contains("nonAeratedWeightPercent,laa950Percent"));
        assert!(header.ends_with("laa856Percent,scan,recipe,ctCheck,borderHu"));
    }

    #[test]
    fn no_rows_leave_the_header() {
        let text = csv(&[], &[], &About::default());
        assert!(text.starts_with("name,") && text.ends_with("maxHu\r\n"), "{text}");
    }
}
