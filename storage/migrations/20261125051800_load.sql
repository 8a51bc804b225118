-- +goose NO TRANSACTION
-- +goose Up

-- What is open is counted by team and by person on every dashboard. The tickets lie far apart, one to a page; this index
-- holds all that is counted, so that none of those pages is read.
drop index if exists tickets_load;
create index concurrently tickets_load on tickets (queue_id)
    include (status, waiting_on, assignee_id, created_at, confidential) where status <> 'closed';
