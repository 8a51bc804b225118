package storage

import (
	"context"
	"time"

	"helpdesk.campus/core"
)

const insertFileLink = `
	insert into file_links (token_hash, ticket_id, file_id, user_id, session_id, created_at, expires_at)
	values ($1, $2, $3, $4, $5, $6, $7)`

// InsertFileLink implements core.
func (s queries) InsertFileLink(ctx context.Context, l core.FileLink) error {
	return s.exec(ctx, insertFileLink, l.Hash, int64(l.Ticket), int64(l.File), int64(l.User), null(int64(l.Session)), l.Created, l.Expires)
}

const useFileLink = `
	update file_links set used_at = $2
	where token_hash = $1 and used_at is null and expires_at > $2
	returning ticket_id, file_id, user_id, coalesce(session_id, 0) as session_id`

// UseFileLink implements core. Of two who come at once, the row's lock lets one through.
func (s queries) UseFileLink(ctx context.Context, hash []byte, now time.Time) (core.FileLink, error) {
	type row struct{ TicketID, FileID, UserID, SessionID int64 }
	r, err := one[row](ctx, s, useFileLink, hash, now)
	return core.FileLink{
		Hash: hash, Ticket: core.TicketID(r.TicketID), File: core.FileID(r.FileID), User: core.UserID(r.UserID), Session: core.SessionID(r.SessionID),
	}, err
}

const ticketFiles = `
	select a.message_id, ` + fileColumns + `, m.visibility, m.created_at,
	       coalesce(u.name, case when m.side = 'reporter' then k.name end, '') as by
	from attachments a
	join messages m on m.ticket_id = a.ticket_id and m.id = a.message_id
	join files f on f.id = a.file_id
	left join users u on u.id = m.author_id
	left join contacts k on k.ticket_id = a.ticket_id
	where a.ticket_id = $1 and ($2 or m.visibility = 'public')
	order by a.id`

// TicketFiles implements core.
func (s queries) TicketFiles(ctx context.Context, ticket core.TicketID, internal bool) ([]core.TicketFile, error) {
	type row struct {
		MessageID int64
		fileRow
		Visibility string
		CreatedAt  time.Time
		By         string
	}
	rows, err := collect[row](ctx, s, ticketFiles, int64(ticket), internal)
	list := make([]core.TicketFile, len(rows))
	for i, r := range rows {
		list[i] = core.TicketFile{
			File: r.file(), Message: core.MessageID(r.MessageID), By: r.By, Visibility: core.Visibility(r.Visibility), At: r.CreatedAt.UTC(),
		}
	}
	return list, err
}
