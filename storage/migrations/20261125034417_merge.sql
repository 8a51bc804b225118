-- +goose Up

-- What goes on in another ticket, by that ticket.
create index tickets_merged on tickets (merged_into) where merged_into is not null;

-- Of words that were said on one ticket and reach the reporter of another there: where they were said. No foreign key:
-- checking it would hold up everybody who writes while the column is added.
alter table messages add column said_on bigint;
