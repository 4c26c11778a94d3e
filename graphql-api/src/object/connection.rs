//! Pages of lists, as Relay has them.

use async_graphql::{OutputType, SimpleObject};

use super::{
    assignment::Assignment, delivery::Delivery, entry::JournalEntry, escalation::Escalation, matter::Matter,
    notice::Notice, preview::LimitPreview, request::Request, unit::Unit,
};

/// A page of a list.
#[derive(SimpleObject)]
#[graphql(
    serial,
    concrete(name = "AssignmentConnection", params(Assignment)),
    concrete(name = "DeliveryConnection", params(Delivery)),
    concrete(name = "EscalationConnection", params(Escalation)),
    concrete(name = "JournalConnection", params(JournalEntry)),
    concrete(name = "LimitPreviewConnection", params(LimitPreview)),
    concrete(name = "MatterConnection", params(Matter)),
    concrete(name = "NoticeConnection", params(Notice)),
    concrete(name = "RequestConnection", params(Request)),
    concrete(name = "UnitConnection", params(Unit))
)]
pub(crate) struct Connection<T: OutputType>
where
    Edge<T>: OutputType,
{
    /// The items of the page, in order.
    edges: Vec<Edge<T>>,
    /// Where the page stands in the list.
    page_info: PageInfo,
}

/// One item of a page, with its place in the list.
#[derive(SimpleObject)]
#[graphql(
    serial,
    concrete(name = "AssignmentEdge", params(Assignment)),
    concrete(name = "DeliveryEdge", params(Delivery)),
    concrete(name = "EscalationEdge", params(Escalation)),
    concrete(name = "JournalEdge", params(JournalEntry)),
    concrete(name = "LimitPreviewEdge", params(LimitPreview)),
    concrete(name = "MatterEdge", params(Matter)),
    concrete(name = "NoticeEdge", params(Notice)),
    concrete(name = "RequestEdge", params(Request)),
    concrete(name = "UnitEdge", params(Unit))
)]
pub(crate) struct Edge<T: OutputType> {
    /// The place of the item, for `after`; it means nothing but that.
    cursor: String,
    /// The item.
    node: T,
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct PageInfo {
    /// Whether the list goes on after this page.
    has_next_page: bool,
    /// Whether there was something before this page.
    has_previous_page: bool,
    /// The place of the first item.
    start_cursor: Option<String>,
    /// The place to go on from. A page may be empty and yet not be the last: go on while `hasNextPage`.
    end_cursor: Option<String>,
}

impl<T: OutputType> Connection<T>
where
    Edge<T>: OutputType,
{
    /// A page of items with their cursors, of which there are more behind it or not.
    pub(crate) fn new(items: impl IntoIterator<Item = (String, T)>, begun: bool, more: bool) -> Self {
        let edges: Vec<Edge<T>> = items.into_iter().map(|(cursor, node)| Edge { cursor, node }).collect();
        let page_info = PageInfo {
            has_next_page: more,
            has_previous_page: begun,
            start_cursor: edges.first().map(|e| e.cursor.clone()),
            end_cursor: edges.last().map(|e| e.cursor.clone()),
        };
        Self { edges, page_info }
    }

    /// The same for a list that is filtered as it is read: where to go on is known even when the page
    /// is empty.
    pub(crate) fn filtered(items: impl IntoIterator<Item = (String, T)>, begun: bool, next: Option<String>) -> Self {
        let mut page = Self::new(items, begun, next.is_some());
        if next.is_some() {
            page.page_info.end_cursor = next;
        }
        page
    }
}
