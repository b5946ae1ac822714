//! Moments as they are written in requests and responses (RFC 3339), and kept (milliseconds since 1970).

use std::time::{Duration, UNIX_EPOCH};

use serde::Deserialize;
use serde::de::Error as _;

/// A moment that a request names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(i64);

impl Moment {
    pub(super) fn ms(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let since = humantime::parse_rfc3339(&text)
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let since = since
            .ok_or_else(|| D::Error::custom("must be a moment such as 2026-01-31T12:00:00Z"))?;
        Ok(Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Writes a moment, in UTC.
pub(super) fn rfc3339(ms: i64) -> String {
    let since = Duration::from_millis(ms.unsigned_abs());
    // The last second that four digits of a year can tell.
    let latest = Duration::from_secs(253_402_300_799);
    humantime::format_rfc3339_millis(UNIX_EPOCH + since.min(latest)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        let text = "\"2026-01-31T12:00:00.250Z\"";
        let moment: Moment = serde_json::from_str(text).unwrap();
        assert_eq!(format!("\"{}\"", rfc3339(moment.ms())), text);
        assert!(serde_json::from_str::<Moment>("\"yesterday\"").is_err());
        assert_eq!(rfc3339(i64::MAX), "9999-12-31T23:59:59.000Z");
    }
}
