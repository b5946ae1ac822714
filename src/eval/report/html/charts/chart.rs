use serde::Serialize;

/// A picture and its text alternatives.
#[derive(Debug, Serialize)]
pub(in super::super) struct Chart {
    /// Tells its marks from those of other pictures on the page.
    pub id: String,
    /// What is drawn.
    pub title: &'static str,
    /// What is to be seen, for those who do not see it.
    pub summary: String,
    /// How to read it.
    pub note: &'static str,
    /// What is within the SVG element: numbers and words of this software only; empty where there
    /// is nothing to draw.
    pub marks: String,
    /// The heads of the table with the same figures.
    pub columns: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}
