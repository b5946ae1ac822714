use super::super::ProbeReport;

/// Writes the report as indented JSON that ends with a new line.
///
/// # Errors
/// Where `serde_json` cannot write it, which no report of this software does.
pub fn probe_json(report: &ProbeReport) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report).map(|json| format!("{json}\n"))
}

#[cfg(test)]
mod tests {
    use crate::eval::probe::samples;

    use super::*;

    #[test]
    fn what_is_undefined_is_null() {
        let json = probe_json(&samples::report()).unwrap();
        assert!(json.ends_with("}\n"));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let rows = value["rows"].as_array().unwrap();
        let dialect = rows.iter().find(|row| row["perturbation"] == "dialect");
        assert!(dialect.unwrap()["shift"]["value"].is_null());
        assert!(value["run"]["model"].is_null());
    }
}
