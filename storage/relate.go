package storage

import (
	"context"

	"helpdesk.campus/core"
)

// A link is kept once, and read from both of its ends.
const (
	relate   = `insert into links (ticket_id, kind, other_id) values ($1, $2, $3) on conflict do nothing`
	unrelate = `
		delete from links
		where kind = $2 and (ticket_id = $1 and other_id = $3 or $2 = 'related' and ticket_id = $3 and other_id = $1)`
	relationsOf = `
		select other_id as id, case kind when 'duplicate' then 'duplicate_of' else kind end as relation
		from links where ticket_id = $1
		union all
		select ticket_id, case kind when 'duplicate' then 'duplicated_by' when 'blocks' then 'blocked_by' else kind end
		from links where other_id = $1`
	relationsBetween = `select relation from (` + relationsOf + `) x where id = $2`
)

// endsOf gives the way round in which a relation is kept.
func endsOf(id core.TicketID, r core.Relation, other core.TicketID) (from int64, kind string, to int64) {
	switch r {
	case core.DuplicateOf:
		return int64(id), "duplicate", int64(other)
	case core.DuplicatedBy:
		return int64(other), "duplicate", int64(id)
	case core.BlockedBy:
		return int64(other), "blocks", int64(id)
	case core.Blocks, core.RelatedTo:
	}
	return int64(id), string(r), int64(other)
}

// Relate implements core.
func (s queries) Relate(ctx context.Context, id core.TicketID, r core.Relation, other core.TicketID) error {
	from, kind, to := endsOf(id, r, other)
	return s.exec(ctx, relate, from, kind, to)
}

// Unrelate implements core.
func (s queries) Unrelate(ctx context.Context, id core.TicketID, r core.Relation, other core.TicketID) error {
	from, kind, to := endsOf(id, r, other)
	return s.exec(ctx, unrelate, from, kind, to)
}

// RelationsBetween implements core.
func (s queries) RelationsBetween(ctx context.Context, id, other core.TicketID) ([]core.Relation, error) {
	type relation struct{ Relation string }
	rows, err := collect[relation](ctx, s, relationsBetween, int64(id), int64(other))
	list := make([]core.Relation, len(rows))
	for i, r := range rows {
		list[i] = core.Relation(r.Relation)
	}
	return list, err
}
