-- +goose Up

-- What stood in a setting before its last change, for undo, where that is words of people: those are in no event. The command is the
-- one that replaced it.
create table if not exists replaced_settings (
    key     text primary key,
    value   text not null,
    command uuid not null
);

grant select, insert, update, delete on replaced_settings to helpdesk_app;
