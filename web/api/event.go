package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"helpdesk.campus/core"
)

const (
	eventBatch = 200
	longestUse = 15 * time.Minute // of one stream: who goes on says so with Last-Event-ID
	retry      = time.Second      // after how long who lost a stream should come again
)

type feedInput struct {
	Cursor string `query:"cursor" maxLength:"400" doc:"Behind which event to begin: that of the last one you have dealt with, or start. Without one it begins now"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"200"`
	Wait   int    `query:"wait" minimum:"0" maximum:"50" doc:"How many seconds to wait for an event if there is none yet"`
}

// Feed is a part of the feed.
type Feed struct {
	Items  []Event `json:"items" nullable:"false"`
	Cursor string  `json:"cursor" doc:"Where the feed goes on behind them"`
}

type streamInput struct {
	Cursor string `query:"cursor" maxLength:"400" doc:"As in the feed; Last-Event-ID comes before it"`
	Last   string `header:"Last-Event-ID" maxLength:"400" doc:"The id of the last event that arrived, with which a stream goes on"`
}

func (a *API) events() {
	register(a, operation{
		route: "GET /events", id: "listEvents", tag: "Events", summary: "Read what happens", needs: core.TokenRead,
		help: "Events of the tickets that you work on, in an order in which none is left out and each comes once. With wait it answers as soon as something happens (long polling).",
	}, a.feed)
	register(a, operation{
		route: "GET /events/stream", id: "streamEvents", tag: "Events", summary: "Follow what happens", needs: core.TokenRead,
		help: "The same events as server-sent events: the id is the cursor, the event is its kind, the data is an Event in JSON. It ends after a quarter of an hour, when the helpdesk restarts, and within seconds when the token is revoked; with Last-Event-ID it goes on.",
		answer: map[string]*huma.Response{"200": {Description: "Events, for as long as they come", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}},
		}}},
	}, a.stream)
}

// start is the place in the feed that a cursor names.
func (a *API) start(ctx context.Context, c *call, text string) (core.FeedCursor, error) {
	switch text {
	case "start":
		return core.FeedCursor{}, nil
	case "":
		return a.desk.WatchEnd(ctx, c.who)
	}
	at, ok := core.ParseFeedCursor(text)
	if !ok {
		p := problem(http.StatusUnprocessableEntity, "cursor", c.words.T("api.cursor"))
		p.Errors = []Wrong{{Field: "cursor", Code: "cursor", Detail: p.Detail}}
		return core.FeedCursor{}, p
	}
	return at, nil
}

func (a *API) feed(ctx context.Context, c *call, in *feedInput) (*struct{ Body Feed }, error) {
	bell := a.desk.Hub().Subscribe()
	defer bell.Close()
	at, err := a.start(ctx, c, in.Cursor)
	if err != nil {
		return nil, err
	}
	until, cancel := context.WithTimeout(ctx, time.Duration(in.Wait)*time.Second)
	defer cancel()
	for {
		events, next, err := a.desk.Watch(ctx, c.who, at, in.Limit)
		if err != nil {
			return nil, err
		}
		at = next
		if len(events) > 0 || until.Err() != nil || a.closing() {
			out := Feed{Items: make([]Event, len(events)), Cursor: at.String()}
			for i := range events {
				out.Items[i] = eventOf(&events[i], cursorOf(&events[i], at))
			}
			return &struct{ Body Feed }{out}, nil
		}
		a.await(until, bell)
	}
}

func cursorOf(e *core.Event, at core.FeedCursor) string {
	return core.FeedCursor{Epoch: at.Epoch, XID: e.XID, ID: e.ID}.String()
}

// await waits until something may have happened, or it is time to ask whether the caller may still be here.
func (a *API) await(ctx context.Context, bell *core.Box) {
	wait, cancel := context.WithTimeout(ctx, a.opts.Recheck)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-a.opts.Closing:
			cancel()
		case <-ended:
		}
	}()
	_, _ = bell.Wait(wait) // why it ended is seen by whoever waits
}

func (a *API) closing() bool {
	select {
	case <-a.opts.Closing:
		return true
	default:
		return false
	}
}

// stream sends events for as long as the caller may read them. It holds one bell, never a queue, and nothing of the
// database while it writes: a reader that stops reading stops this loop and nothing else.
func (a *API) stream(ctx context.Context, c *call, in *streamInput) (*huma.StreamResponse, error) {
	text := in.Last
	if text == "" {
		text = in.Cursor
	}
	at, err := a.start(ctx, c, text)
	if err != nil {
		return nil, err
	}
	if _, _, err := a.desk.Watch(ctx, c.who, at, 1); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(huma.Context) {
		c.w.Header().Set("Content-Type", "text/event-stream")
		c.w.Header().Set("X-Accel-Buffering", "no")
		c.w.WriteHeader(http.StatusOK)
		a.sendEvents(ctx, c, at)
	}}, nil
}

func (a *API) sendEvents(ctx context.Context, c *call, at core.FeedCursor) {
	ctx, cancel := context.WithTimeout(ctx, longestUse)
	defer cancel()
	bell := a.desk.Hub().Subscribe()
	defer bell.Close()
	out := newPatientWriter(c.w)
	ctx, done := a.minded(ctx, c, out.stop)
	defer done()
	begin := at.String()
	if at == (core.FeedCursor{}) {
		begin = "start"
	}
	if !out.say("id: %s\nretry: %d\n\n", begin, retry.Milliseconds()) { // so that even who hears of nothing knows where to go on
		return
	}
	for ctx.Err() == nil && !a.closing() {
		events, next, err := a.desk.Watch(ctx, c.who, at, eventBatch)
		if err != nil {
			return // a revoked token too: the client asks again, and is told
		}
		var text bytes.Buffer
		for i := range events {
			id := cursorOf(&events[i], next)
			fmt.Fprintf(&text, "id: %s\nevent: %s\ndata: ", id, events[i].Kind)
			if err := marshal(&text, eventOf(&events[i], id)); err != nil {
				return
			}
			text.WriteByte('\n')
		}
		if text.Len() == 0 {
			text.WriteString(": still here\n\n") // so that a connection that is gone is found out
		}
		if _, err := out.Write(text.Bytes()); err != nil || out.connection.Flush() != nil {
			return
		}
		if at = next; len(events) < eventBatch {
			a.await(ctx, bell)
		}
	}
	if a.closing() {
		out.say(": the helpdesk restarts: go on with the last id\nid: %s\n\n", at)
	}
}
