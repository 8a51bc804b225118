-- +goose NO TRANSACTION
-- +goose Up

-- One index for all that staff find a ticket by. Two words no text can hold say in which stretch of numbers it lies, so that a
-- common word can be looked for among the newest tickets alone. Whoever is no staff searches their own few tickets without it.
drop index if exists ticket_search_staff;
create index concurrently ticket_search_staff on ticket_search using gin ((
    public_doc || internal_doc || about_doc
    || array_to_tsvector(array['#' || (ticket_id / 16384)::text, '##' || (ticket_id / 131072)::text])))
    with (gin_pending_list_limit = 256);
drop index if exists ticket_search_public;
drop index if exists ticket_search_internal;

-- A queue's own lists, in their orders.
drop index if exists tickets_queue_attention;
create index concurrently tickets_queue_attention on tickets (queue_id, attention, (-priority), attention_at, id) where status <> 'closed';
drop index if exists tickets_queue_closed;
create index concurrently tickets_queue_closed on tickets (queue_id, closed_at, id) where status = 'closed';
drop index if exists tickets_queue_updated;
create index concurrently tickets_queue_updated on tickets (queue_id, updated_at, id);
drop index if exists tickets_assignee_closed;
create index concurrently tickets_assignee_closed on tickets (assignee_id, closed_at, id) where status = 'closed';
drop index if exists tickets_worked; -- tickets_queue_attention begins with the same
