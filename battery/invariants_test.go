package battery

import (
	"context"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage"
)

// invariants are what is true of every helpdesk at every moment. Each query counts what breaks one.
var invariants = []struct{ what, broken string }{
	{"a ticket is made whole", `
		select count(*) from tickets t
		where not exists (select from messages m where m.ticket_id = t.id)
		   or not exists (select from ticket_search s where s.ticket_id = t.id)
		   or not exists (select from events e where e.stream = 'ticket' and e.stream_id = t.id and e.seq = 1 and e.kind = 'created')`},
	{"a ticket is made once", `select count(*) from (select from events where stream = 'ticket' and kind = 'created' group by stream_id having count(*) > 1) twice`},
	{"a key makes one ticket", `
		select count(*) from (
		    select from dedupe d join tickets t on t.id = d.ticket_id where d.message_id is null group by d.key having count(*) > 1) twice`},
	{"events are numbered without a gap, and the ticket knows the last", `
		select count(*) from tickets t
		join lateral (select count(*) as n, max(seq) as last, min(seq) as first from events e where e.stream = 'ticket' and e.stream_id = t.id) e on true
		where e.n <> t.last_seq or e.last <> t.last_seq or e.first <> 1`},
	{"a status is what the last event of it says", `
		select count(*) from tickets t
		join lateral (
		    select to_value from events e where e.stream = 'ticket' and e.stream_id = t.id and e.field = 'status' order by seq desc limit 1) e on true
		where e.to_value <> t.status`},
	{"each event of a status goes on from the one before", `
		select count(*) from (
		    select from_value, lag(to_value, 1, 'open') over (partition by stream_id order by seq) as before
		    from events where stream = 'ticket' and field = 'status') e
		where from_value <> before`},
	{"an assignee is what the last event of it says", `
		select count(*) from tickets t
		join lateral (
		    select to_value from events e where e.stream = 'ticket' and e.stream_id = t.id and e.field = 'assignee' order by seq desc limit 1) e on true
		where e.to_value <> coalesce(t.assignee_id::text, '')`},
	{"a priority is what the last event of it says", `
		select count(*) from tickets t
		join lateral (
		    select to_value from events e where e.stream = 'ticket' and e.stream_id = t.id and e.field = 'priority' order by seq desc limit 1) e on true
		where e.to_value <> t.priority::text and e.to_value <> (array['low', 'normal', 'high', 'urgent'])[t.priority]`},
	{"versions never go back", `
		select count(*) from (
		    select version, lag(version) over (partition by stream_id order by seq) as before from events where stream = 'ticket') e
		where version < before`},
	{"what is closed says why and when, what is not says neither", `
		select count(*) from tickets where (status = 'closed') <> (closed_at is not null) or status <> 'closed' and resolution <> ''`},
	{"what is active, somebody works on; what is open, nobody does or rests", `select count(*) from tickets where status = 'closed' and snoozed_until is not null`},
	{"a message is in one ticket", `select count(*) from (select from messages group by id having count(*) > 1) twice`},
	{"nothing is merged in a circle, or into something merged", `
		select count(*) from tickets t join tickets into_ on into_.id = t.merged_into where into_.id = t.id or into_.merged_into is not null`},
	{"what is merged is closed, in the same queue", `
		select count(*) from tickets t join tickets into_ on into_.id = t.merged_into where t.status <> 'closed' or t.queue_id <> into_.queue_id`},
	{"an attachment is of a message of its ticket", `
		select count(*) from attachments a where not exists (select from messages m where m.ticket_id = a.ticket_id and m.id = a.message_id)`},
	{"a file is whole", `
		select count(*) from files f
		where f.size <> (select coalesce(sum(octet_length(c.data)), 0) from file_chunks c where c.file_id = f.id)`},
	{"milestones measure no time that is negative", `select count(*) from milestones where waited_since > at`},
	{"a reply that was held is held or said", `
		select count(*) from held_replies h where exists (select from dedupe d where d.key = h.once and d.message_id is not null)`},
	{"no job runs on long after its end", `
		select count(*) from river.river_job where state = 'running' and attempted_at < now() - interval '2 minutes'`},
}

// hold checks the invariants, and that the history is as it was written.
func hold(t testing.TB, url string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn := connect(t, url)
	for _, i := range invariants {
		var broken int
		if err := conn.QueryRow(ctx, i.broken).Scan(&broken); err != nil {
			t.Errorf("%s: %v", i.what, err)
		} else if broken != 0 {
			t.Errorf("%s: not so %d times", i.what, broken)
		}
	}
	db, err := storage.Open(ctx, storage.Config{URL: url, Unsafe: true, Service: "battery", MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	desk, err := core.New(ctx, db, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	verified, err := desk.VerifyHistory(ctx, core.Operator())
	if err != nil {
		t.Fatal(err)
	}
	if len(verified.Faults) > 0 {
		t.Errorf("the history is not as it was written: %+v", verified.Faults)
	}
}
