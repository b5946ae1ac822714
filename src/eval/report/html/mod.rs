//! The report as one self-contained page: it asks for nothing outside and shows hostile answers as
//! the text they are.
//!
//! | file | job |
//! |---|---|
//! | `page` | the page as a whole |
//! | `policy` | the content security policy, which lets only the page's own style and script in |
//! | `figures` | numbers as they are shown |
//! | `headline` | what the evaluation comes to, and what to keep in mind about it |
//! | `overview` | the table of runs and figures |
//! | `comparison` | a run beside the baseline |
//! | `groups` | figures by tag and by question |
//! | `charts` | the pictures, each with its text alternative |
//! | `cases` | the cases' data, which the page's script draws when a case is opened |
//! | `evidence` | where evidence stands in the units of the script |
//! | `templates` | markup, style and script |

mod cases;
mod charts;
mod comparison;
mod evidence;
mod figures;
mod groups;
mod headline;
mod overview;
mod page;
mod policy;
#[cfg(test)]
mod sample;

pub use page::html;
