use std::collections::BTreeMap;
use std::path::Path;

/// Says why a file of groups cannot be used. It repeats nothing of the file but column names.
#[derive(Debug, thiserror::Error)]
pub enum GroupsError {
    /// It cannot be read, or is no CSV.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: csv::Error,
    },
    /// Its first column does not say who is meant.
    #[error(
        "{0}: the first column must be `subject` or `id`, and further ones name what groups people"
    )]
    Header(String),
    /// A person is in it twice.
    #[error("{path}:{line}: stands for a person of an earlier line")]
    Twice {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
    },
    /// A line names nobody.
    #[error("{path}:{line}: names nobody")]
    Nobody {
        /// The file.
        path: String,
        /// The line, from 1.
        line: u64,
    },
}

/// What the first column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// People, as the requests' `subject` does.
    Subject,
    /// Single grades, by their ids.
    Grade,
}

/// Who belongs to which group.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// What `members` are named by.
    pub by: Column,
    /// What groups people, such as `sex`, in the file's order.
    pub attributes: Vec<String>,
    /// The value of each attribute, empty where it is not known.
    pub members: BTreeMap<String, Vec<String>>,
}

impl Groups {
    /// Reads a CSV file: `subject` or `id`, then a column for each attribute.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn read(file: &Path) -> Result<Self, GroupsError> {
        let path = file.display().to_string();
        let unreadable = |source| GroupsError::Unreadable {
            path: path.clone(),
            source,
        };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_path(file)
            .map_err(unreadable)?;
        let header = reader.headers().map_err(unreadable)?.clone();
        let by = match header.get(0) {
            Some("subject") => Column::Subject,
            Some("id") => Column::Grade,
            _ => return Err(GroupsError::Header(path)),
        };
        let attributes: Vec<_> = header.iter().skip(1).map(str::to_owned).collect();
        if attributes.is_empty() || attributes.iter().any(String::is_empty) {
            return Err(GroupsError::Header(path));
        }
        let mut members = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut values = record.iter().map(str::to_owned);
            let name = values.next().filter(|name| !name.is_empty());
            let Some(name) = name else {
                return Err(GroupsError::Nobody { path, line });
            };
            if members.insert(name, values.collect()).is_some() {
                return Err(GroupsError::Twice { path, line });
            }
        }
        Ok(Self {
            by,
            attributes,
            members,
        })
    }
}
