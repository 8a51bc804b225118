-- +goose Up

-- Changes of status in the order of time: what was closed and reopened when.
create index events_status on events (at, stream_id) include (seq, from_value, to_value) where stream = 'ticket' and field = 'status';
-- Closings of a ticket, to find its first.
create index events_closed on events (stream_id, seq) where stream = 'ticket' and field = 'status' and to_value = 'closed' and from_value <> 'closed';
-- First answers in the order of time.
create index tickets_answered on tickets (first_response_at) where first_response_at is not null;
