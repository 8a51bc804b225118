package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

// fileRow is a file without its content.
type fileRow struct {
	ID        int64
	Name      string
	MediaType string
	Size      int64
	Digest    []byte
}

func (r fileRow) file() core.File {
	return core.File{ID: core.FileID(r.ID), Name: r.Name, MediaType: r.MediaType, Size: r.Size, Digest: r.Digest}
}

// attachedRow is a file and the message it came with.
type attachedRow struct {
	MessageID int64
	fileRow
}

const fileColumns = `f.id, f.name, f.media_type, f.size, f.sha256 as digest`

const lockForm = `select pg_advisory_xact_lock(hashtextextended($1, 0))`

// LockForm implements core.
func (s queries) LockForm(ctx context.Context, form string) error {
	return s.exec(ctx, lockForm, form)
}

// LockUploader implements core.
func (s queries) LockUploader(ctx context.Context, uploader string) error {
	if uploader == "" {
		return nil
	}
	return s.exec(ctx, lockForm, "uploader "+uploader)
}

const (
	selectUploads  = `select ` + fileColumns + ` from files f where f.form_key = $1 and f.expires_at > $2 order by f.id`
	uploadByDigest = `
		select ` + fileColumns + ` from files f
		where f.form_key = $1 and f.sha256 = $2 and (f.expires_at is null or f.expires_at > $3) order by f.id limit 1`
	hasUploads    = `select exists (select from files where form_key = $1)`
	uploadedSince = `select coalesce(sum(size), 0)::bigint from files where uploader = $1 and uploader <> '' and created_at > $2`
)

// Uploads implements core.
func (s queries) Uploads(ctx context.Context, form string, now time.Time) ([]core.File, error) {
	rows, err := collect[fileRow](ctx, s, selectUploads, form, now)
	list := make([]core.File, len(rows))
	for i, r := range rows {
		list[i] = r.file()
	}
	return list, err
}

// UploadByDigest implements core.
func (s queries) UploadByDigest(ctx context.Context, form string, digest []byte, now time.Time) (core.File, error) {
	r, err := one[fileRow](ctx, s, uploadByDigest, form, digest, now)
	return r.file(), err
}

// HasUploads implements core.
func (s queries) HasUploads(ctx context.Context, form string) (bool, error) {
	return scalar[bool](ctx, s, hasUploads, form)
}

// UploadedSince implements core.
func (s queries) UploadedSince(ctx context.Context, uploader string, since time.Time) (int64, error) {
	return scalar[int64](ctx, s, uploadedSince, uploader, since)
}

const (
	insertUpload = `
		insert into files (form_key, name, media_type, size, sha256, uploader, created_at, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		returning id`
	insertChunk = `insert into file_chunks (file_id, number, data) values ($1, $2, $3)`
)

// InsertUpload implements core.
func (s queries) InsertUpload(ctx context.Context, r core.UploadRecord) (core.FileID, error) {
	id, err := scalar[int64](ctx, s, insertUpload, r.Form, r.Name, r.MediaType, r.Size, r.Digest, r.Uploader, r.Now, r.Expires)
	return core.FileID(id), err
}

// InsertChunk implements core.
func (s queries) InsertChunk(ctx context.Context, file core.FileID, number int, data []byte) error {
	return s.exec(ctx, insertChunk, int64(file), number, data)
}

// What was attached has no end any more, and is neither removed nor moved.
const (
	removeUploads = `
		with gone as (
			select id from files where form_key = $1 and id = any($2::bigint[]) and expires_at is not null for update
		), chunks as (
			delete from file_chunks where file_id in (select id from gone)
		)
		delete from files where id in (select id from gone)`
	moveUploads = `
		update files set form_key = $2 where id in (
			select f.id from files f
			where f.form_key = $1 and f.expires_at > $4 and not exists (
				select from files x where x.form_key = $2 and x.sha256 = f.sha256 and (x.expires_at is null or x.expires_at > $4))
			order by f.id
			limit greatest(0, $3 - (select count(*) from files x where x.form_key = $2 and x.expires_at > $4)))`
	attachUploads = `
		with file as (
			update files set expires_at = null, uploader = case when $4 then '' else uploader end
			where form_key = $3 and expires_at > $5
			returning id
		)
		insert into attachments (ticket_id, message_id, file_id) select $1, $2, id from file order by id`
)

// RemoveUploads implements core.
func (s queries) RemoveUploads(ctx context.Context, form string, ids []core.FileID) error {
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = int64(id)
	}
	return s.exec(ctx, removeUploads, form, numbers)
}

// MoveUploads implements core.
func (s queries) MoveUploads(ctx context.Context, from, to string, most int, now time.Time) error {
	return s.exec(ctx, moveUploads, from, to, most, now)
}

// AttachUploads implements core.
func (s queries) AttachUploads(ctx context.Context, ticket core.TicketID, message core.MessageID, form string, anonymous bool, now time.Time) error {
	return s.exec(ctx, attachUploads, int64(ticket), int64(message), form, anonymous, now)
}

const (
	selectAttachment = `
		select ` + fileColumns + `
		from attachments a
		join messages m on m.ticket_id = a.ticket_id and m.id = a.message_id
		join files f on f.id = a.file_id
		where a.ticket_id = $1 and a.file_id = $2 and ($3 or m.visibility = 'public')`
	messageFiles = `
		select a.message_id, ` + fileColumns + `
		from attachments a
		join files f on f.id = a.file_id
		where a.ticket_id = any($1::bigint[]) and a.message_id = any($2::bigint[])
		order by a.id`
	filesOnTicket = `
		select a.message_id, ` + fileColumns + `
		from attachments a
		join files f on f.id = a.file_id
		where a.ticket_id = $1
		order by a.id`
	selectChunk = `select data from file_chunks where file_id = $1 and number = $2`
)

// Attachment implements core.
func (s queries) Attachment(ctx context.Context, ticket core.TicketID, id core.FileID, internal bool) (core.File, error) {
	r, err := one[fileRow](ctx, s, selectAttachment, int64(ticket), int64(id), internal)
	return r.file(), err
}

// addFiles gives messages their files. Messages are numbered across tickets.
func (s queries) addFiles(ctx context.Context, messages []core.Message) error {
	ids, of := make([]int64, len(messages)), make([]int64, len(messages))
	for i, m := range messages {
		ids[i], of[i] = int64(m.ID), int64(m.Ticket)
	}
	rows, err := collect[attachedRow](ctx, s, messageFiles, of, ids)
	attach(messages, rows)
	return err
}

// attach gives those of the files to messages that came with one of them.
func attach(messages []core.Message, files []attachedRow) {
	at := make(map[int64]*core.Message, len(messages))
	for i := range messages {
		at[int64(messages[i].ID)] = &messages[i]
	}
	for _, f := range files {
		if m := at[f.MessageID]; m != nil {
			m.Files = append(m.Files, f.file())
		}
	}
}

// Chunk implements core.
func (s queries) Chunk(ctx context.Context, id core.FileID, number int) ([]byte, error) {
	return scalar[[]byte](ctx, s, selectChunk, int64(id), number)
}
