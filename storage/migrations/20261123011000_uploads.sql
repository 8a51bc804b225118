-- +goose Up

-- Who sent a file, which serves to add up what one sender sends in a day: an account, or an address under that day's salt.
alter table files add column uploader text not null default '';
create index files_uploader on files (uploader, created_at) where uploader <> '';
