-- +goose Up

-- The people and places of a ticket, by which its staff find it too.
alter table ticket_search add column about_doc tsvector not null default '';

-- The words that exist, as people write them: how many tickets they stand in, roughly, and what is left of each when any one
-- letter is missing, by which a misspelt word finds the right one. Confidential tickets teach no words.
create table words (
    word    text collate "C" primary key,
    lexeme  text not null,
    tickets integer not null,
    slips   text[] not null,
    seen_at timestamptz not null
);
create index words_lexeme on words (lexeme);
create index words_slips on words using gin (slips);

-- Tickets whose words are still to be learnt.
create table words_due (ticket_id bigint primary key references tickets);
insert into words_due (ticket_id) select ticket_id from ticket_search;

grant select, insert, update, delete on words, words_due to helpdesk_app;
