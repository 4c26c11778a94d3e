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
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::GraphQl => ("application", "graphql-response+json"),
            Self::Json => ("application", "json"),
            Self::Html => ("text", "html"),
        }
    }
}

/// What the client wants most of what is offered, in the order of the offer among equals; none when it
/// wants nothing of it. A client that does not say gets the first.
pub(super) fn negotiate(headers: &HeaderMap, offered: &[Media]) -> Option<Media> {
    let wanted: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|v| v.to_str().ok()).collect();
    let ranges: Vec<Range<'_>> = wanted.iter().flat_map(|v| v.split(',')).filter_map(Range::parse).collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let mut best: Option<(u16, Media)> = None;
    for media in offered {
        let quality = quality(&ranges, *media);
        if quality > best.map_or(0, |(quality, _)| quality) {
            best = Some((quality, *media));
        }
    }
    best.map(|(_, media)| media)
}

/// How much a kind is wanted, in thousandths: by the most specific range that it falls in.
fn quality(ranges: &[Range<'_>], media: Media) -> u16 {
    let (kind, subtype) = media.parts();
    let fitting = ranges.iter().filter_map(|range| {
        let specific = match (range.kind, range.subtype) {
            ("*", "*") => 0,
            (k, "*") if k.eq_ignore_ascii_case(kind) => 1,
            (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => 2,
            _ => return None,
        };
        Some((specific, range.quality))
    });
    fitting.max().map_or(0, |(_, quality)| quality)
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.filter_map(|p| p.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        Some(Self { kind, subtype, quality: quality.map_or(1000, |(_, q)| thousandths(q.trim())) })
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
    fn who_does_not_say_gets_the_first() {
        check(None, Some(Media::GraphQl));
        check(Some("*/*"), Some(Media::GraphQl));
        check(Some("application/*"), Some(Media::GraphQl));
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
    fn what_is_not_offered_is_not_given() {
        check(Some("image/png"), None);
        check(Some("application/json;q=0"), None);
    }
}
