//! Which kind of answer a client wants: the `Accept` header.

use axum::http::{HeaderMap, header::ACCEPT};

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status says what became of the request.
    GraphQl,
    /// `application/json`: for older clients; 200 for whatever was understood.
    Json,
    /// `text/html`: the page for people.
    Html,
    /// `application/openmetrics-text`: numbers, for whoever asks for that.
    OpenMetrics,
    /// `text/plain`: numbers in the classic format of Prometheus.
    Text,
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// Which version of its kind it is, where there are several: a range that names another does not mean it.
    const fn version(self) -> Option<&'static str> {
        match self {
            Self::OpenMetrics => Some("1.0.0"),
            Self::Text => Some("0.0.4"),
            Self::GraphQl | Self::Json | Self::Html => None,
        }
    }

    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::GraphQl => ("application", "graphql-response+json"),
            Self::Json => ("application", "json"),
            Self::Html => ("text", "html"),
            Self::OpenMetrics => ("application", "openmetrics-text"),
            Self::Text => ("text", "plain"),
        }
    }
}

/// What the client wants most of what is offered; none when it wants nothing of it. Among equals, what it named
/// goes before what it meant as well (`*/*`), and then the order of the offer holds. A client that does not say, and
/// one that takes anything, gets what is older: `application/json` and `text/plain`.
pub(super) fn negotiate(headers: &HeaderMap, offered: &[Media]) -> Option<Media> {
    let wanted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|v| v.to_str().ok()).collect();
    let ranges: Vec<Range<'_>> = wanted.iter().flat_map(|v| v.split(',')).filter_map(Range::parse).collect();
    let anything = [Range { kind: "*", subtype: "*", version: None, quality: 1000 }];
    let ranges = if ranges.is_empty() { anything.as_slice() } else { ranges.as_slice() };
    let mut best: Option<((u16, u8, bool), Media)> = None;
    for media in offered {
        let Some((specific, quality)) = wanted_by(ranges, *media).filter(|(_, quality)| *quality > 0) else { continue };
        let rank = (quality, specific, specific < NAMED && matches!(media, Media::Json | Media::Text));
        if best.is_none_or(|(best, _)| rank > best) {
            best = Some((rank, *media));
        }
    }
    best.map(|(_, media)| media)
}

/// How specific a range is that names a kind in full.
const NAMED: u8 = 2;

/// The most specific range that a kind falls in: how specific it is, and how much is wanted, in thousandths.
fn wanted_by(ranges: &[Range<'_>], media: Media) -> Option<(u8, u16)> {
    let (kind, subtype) = media.parts();
    let fitting = ranges.iter().filter_map(|range| {
        if range.version.zip(media.version()).is_some_and(|(wanted, is)| wanted != is) {
            return None;
        }
        let specific = match (range.kind, range.subtype) {
            ("*", "*") => 0,
            (k, "*") if k.eq_ignore_ascii_case(kind) => 1,
            (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => NAMED,
            _ => return None,
        };
        Some((specific, range.quality))
    });
    fitting.max()
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    version: Option<&'a str>,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (media, parameters) = text.split_once(';').unwrap_or((text, ""));
        let (kind, subtype) = media.trim().split_once('/')?;
        let parameter = |name: &str| {
            let mut all = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
            let (_, value) = all.find(|(is, _)| is.trim().eq_ignore_ascii_case(name))?;
            Some(value.trim().trim_matches('"'))
        };
        let quality = parameter("q").map_or(1000, thousandths);
        Some(Self { kind, subtype, version: parameter("version"), quality })
    }
}

/// `0.8` is 800; what is no quality is none.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let value = whole.parse::<u16>().ok().zip(part.parse::<u16>().ok());
    value.map_or(0, |(whole, part)| whole.saturating_mul(1000).saturating_add(part).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: Option<&str>, expected: Option<Media>) {
        let mut headers = HeaderMap::new();
        headers.extend(accept.map(|a| (ACCEPT, a.parse().unwrap())));
        assert_eq!(negotiate(&headers, &[Media::GraphQl, Media::Json, Media::Html]), expected, "{accept:?}");
    }

    #[test]
    fn who_does_not_say_gets_plain_json() {
        check(None, Some(Media::Json));
        check(Some(""), Some(Media::Json));
        check(Some("*/*"), Some(Media::Json));
        check(Some("application/*"), Some(Media::Json));
        check(Some("text/plain, */*;q=0.1"), Some(Media::Json));
        check(Some("application/graphql-response+json, */*"), Some(Media::GraphQl));
        check(Some("application/json, text/plain, */*"), Some(Media::Json));
    }

    #[test]
    fn the_most_wanted_wins() {
        check(Some("application/json"), Some(Media::Json));
        check(Some("application/json, application/graphql-response+json"), Some(Media::GraphQl));
        check(Some("application/json;q=0.9, application/graphql-response+json;q=0.8"), Some(Media::Json));
        check(Some("application/graphql-response+json; charset=utf-8"), Some(Media::GraphQl));
        check(Some("application/graphql-response+json;q=0, */*;q=0.5"), Some(Media::Json));
    }

    #[test]
    fn a_browser_gets_the_page() {
        check(Some("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"), Some(Media::Html));
    }

    #[test]
    fn numbers_are_of_the_version_that_is_asked_for() {
        for (accept, expected) in [
            ("application/openmetrics-text;version=1.0.0", Some(Media::OpenMetrics)),
            ("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", Some(Media::OpenMetrics)),
            ("application/openmetrics-text;version=0.0.1", None),
            ("application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.1", Some(Media::Text)),
            ("text/plain;version=1.0.0, */*;q=0.1", Some(Media::Text)),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(negotiate(&headers, &[Media::OpenMetrics, Media::Text]), expected, "{accept}");
        }
    }

    #[test]
    fn what_is_not_offered_is_not_given() {
        check(Some("image/png"), None);
        check(Some("application/json;q=0"), None);
    }
}
