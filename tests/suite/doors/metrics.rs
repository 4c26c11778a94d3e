//! The page of numbers: both formats as strict readers want them, and an address of its own.

use std::collections::{BTreeMap, BTreeSet};

use hyper::Method;
use liandong_graphql_api::Config;
use liandong_tests::{client::Client, server::free_port, serving, stores::Trouble};
use serde_json::Value;

use super::{
    behind,
    exposition::{Format, read},
};
use crate::http::{Api, input, log, order};

const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

async fn page(client: &Client, accept: &str) -> Result<(String, String), Trouble> {
    let headers: &[(&str, &str)] = if accept.is_empty() { &[] } else { &[("accept", accept)] };
    let reply = client.send(Method::GET, "/metrics", headers, "").await?;
    assert_eq!(reply.status, 200, "{accept}");
    Ok((reply.content_type, reply.text))
}

/// Something of everything that is counted.
async fn live(api: &Api) -> Result<(), Trouble> {
    let client = api.client("P5").await?;
    let (id, _) = log(&client, "1", input("H11", "water-pipe")).await?;
    log(&client, "1", input("H11", "water-pipe")).await?;
    assert_eq!(order(&client, "escalate", &id, "reason: \"要换主管\"").await?, "NotAllowed");
    client.post("{ nothing }", Value::Null).await?;
    client.get("/nothing").await?;
    client.get("/metrics").await?;
    Ok(())
}

#[test]
fn both_formats_are_as_a_strict_reader_wants_them_and_say_the_same() {
    behind(serving::config(), |api| async move {
        live(&api).await?;
        let mut read_as = Vec::new();
        for (accept, kind, format) in
            [("text/plain", CLASSIC, Format::Classic), (OPEN_METRICS, OPEN_METRICS, Format::OpenMetrics)]
        {
            let (sent, text) = page(&api.serving.client, accept).await?;
            assert_eq!(sent, kind);
            let families = read(&text, format).map_err(|wrong| format!("{wrong}\n{text}"))?;
            assert!(families.values().filter(|family| family.kind == "histogram").count() >= 5, "{text}");
            let names = families.into_iter().map(|(name, family)| {
                let series: BTreeSet<_> = family.samples.into_iter().map(|(name, labels, _)| (name, labels)).collect();
                (name.trim_end_matches("_total").to_owned(), (family.kind, series))
            });
            read_as.push(names.collect::<BTreeMap<_, _>>());
        }
        assert_eq!(read_as[0], read_as[1]);
        api.close().await
    });
}

#[test]
fn the_kind_of_numbers_is_the_one_that_is_asked_for() {
    behind(serving::config(), |api| async move {
        for (accept, kind) in [
            ("", CLASSIC),
            ("*/*", CLASSIC),
            ("text/*", CLASSIC),
            ("image/png", CLASSIC),
            ("application/openmetrics-text", OPEN_METRICS),
            ("application/openmetrics-text;version=1.0.0", OPEN_METRICS),
            ("application/openmetrics-text;version=0.0.1", CLASSIC),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.6", CLASSIC),
            ("application/openmetrics-text;version=1.0.0;q=0,*/*", CLASSIC),
            ("text/plain;version=0.0.4;q=0.3, application/openmetrics-text;q=0.4", OPEN_METRICS),
            // What Prometheus sends.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                 text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                OPEN_METRICS,
            ),
        ] {
            let (sent, text) = page(&api.serving.client, accept).await?;
            assert_eq!(sent, kind, "{accept}");
            assert_eq!(text.ends_with("\n# EOF\n"), kind == OPEN_METRICS, "{accept}");
        }
        api.close().await
    });
}

#[test]
fn numbers_with_an_address_of_their_own_are_there_and_only_there_and_nothing_else_is() {
    let aside = std::net::SocketAddr::from((super::HERE, free_port().unwrap()));
    behind(Config { metrics_listen: Some(aside), ..serving::config() }, |api| async move {
        let numbers = Client::new(&format!("http://{aside}"));
        live(&api).await?;
        for (accept, format) in [("", Format::Classic), (OPEN_METRICS, Format::OpenMetrics)] {
            let families = read(&page(&numbers, accept).await?.1, format)?;
            assert!(families.keys().any(|name| name.starts_with("liandong_commands")), "{families:?}");
        }
        for path in
            ["/", "/graphql", "/graphql/ws", "/health/live", "/health/ready", "/graphiql/start.js", "/calendar/x"]
        {
            assert_eq!(numbers.get(path).await?.status, 404, "{path}");
        }
        assert_eq!(api.serving.client.get("/metrics").await?.status, 404);
        api.close().await?;
        assert!(numbers.get("/metrics").await.is_err(), "nobody listens any more");
        Ok(())
    });
}
