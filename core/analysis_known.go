package core

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// knownFigures are the last figures of some questions, for a dashboard that shows something at once and says how old
// it is. They are kept by actor: what one may see, nobody else is shown; and by zone, which says when days begin.
type knownFigures struct {
	mu   sync.Mutex
	list map[string]any
	keys []string // the oldest first
}

// mostKnown bounds what a process keeps.
const mostKnown = 64

func knownKey(who Actor, name string, q Question, zone *time.Location) string {
	return fmt.Sprintf("%s %d %s %s %d %t %s %s %s %s %v %s %s", who.Kind, who.User, who.Key, name, q.Days, q.Term, q.From, q.To, q.Step, q.Against, q.Office, zone, q.Query.String())
}

func (k *knownFigures) put(who Actor, name string, q Question, zone *time.Location, figures any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := knownKey(who, name, q, zone)
	if _, there := k.list[key]; !there {
		if k.list == nil {
			k.list = map[string]any{}
		}
		if len(k.keys) == mostKnown {
			delete(k.list, k.keys[0])
			k.keys = k.keys[1:]
		}
		k.keys = append(k.keys, key)
	}
	k.list[key] = figures
}

func (k *knownFigures) get(who Actor, name string, q Question, zone *time.Location) any {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list[knownKey(who, name, q, zone)]
}

// LastKnown returns the figures that this process last computed for the same actor and question: a *NowFigures for
// "now", and so on; nil if there are none. They may be old, and say how old. Nothing may change them.
func (d *Desk) LastKnown(ctx context.Context, who Actor, name string, q Question) (any, error) {
	if _, _, _, err := d.analyst(ctx, who, q.Query); err != nil {
		return nil, err
	}
	if name == "now" {
		q = Question{Query: q.Query}
	}
	return d.figures.get(who, name, q, d.Zone()), nil
}
