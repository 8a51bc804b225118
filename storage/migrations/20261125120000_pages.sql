-- +goose NO TRANSACTION
-- +goose Up

-- Somebody's own work, in its order, and counted in the index alone.
drop index concurrently if exists tickets_assignee_attention;
create index concurrently tickets_assignee_attention on tickets (assignee_id, attention, (-priority), attention_at, id)
    include (queue_id, status, confidential) where status <> 'closed';
drop index concurrently if exists tickets_assigned; -- it began with the same

-- Which stretches of numbers hold a ticket of some days, so that words are looked for in those alone. Neither column ever changes.
drop index concurrently if exists tickets_stretch;
create index concurrently tickets_stretch on tickets ((id / 16384), created_at);
