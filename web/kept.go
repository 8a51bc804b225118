package web

import (
	"net/http"
	"slices"
	"strings"

	"helpdesk.campus/core"
)

// keptReport is how much a form may carry that takes a report along: whatever the form of the report
// could hold, percent-encoded.
const keptReport = 3*longText + fewFields

// keptPrefix keeps the inputs of a report apart from those of the form that carries it.
const keptPrefix = "report."

// kept is a report that waits while its reporter signs in: hidden in the form of the sign-in, and
// nowhere else. Its files wait under its key.
type kept struct {
	reportFields

	key    string
	step   step // where it came from: a step, or "" for the form on one page
	review bool
}

// readKept finds the report that a form takes along, nil if it takes none.
func readKept(f form) *kept {
	inner := form{values: make(map[string][]string)}
	for name, values := range f.values {
		if field, isKept := strings.CutPrefix(name, keptPrefix); isKept {
			inner.values[field] = values
		}
	}
	if inner.get("key") == "" {
		return nil
	}
	return keptFrom(inner, readReport(inner), inner.get("key"))
}

func keptFrom(f form, fields reportFields, key string) *kept {
	k := &kept{reportFields: fields, key: key, review: f.get("review") != ""}
	if at := step(f.get("step")); slices.Contains(steps(), at) {
		k.step = at
	}
	return k
}

// Inputs are what the form carries of the report.
func (k *kept) Inputs() []carried {
	list := append([]carried{{"key", k.key}}, k.carry("", k.review)...)
	if k.step != "" {
		list = append(list, carried{"step", string(k.step)})
	}
	for i := range list {
		list[i].Name = keptPrefix + list[i].Name
	}
	return list
}

// signInKeeping offers to sign in half-way through a report, which goes along.
func (h *Handler) signInKeeping(w http.ResponseWriter, r *http.Request, c *caller, k *kept) error {
	if c.signedIn() {
		return h.goOn(w, r, c, k)
	}
	return h.accountAgain(w, r, c, "sign-in", "sign_in.title", "login", accountPage{Kept: k}, nil)
}

// goOn shows a report again to somebody who has signed in meanwhile, as it was typed. It is theirs from
// here on: the key becomes one of their own, and the files move along.
func (h *Handler) goOn(w http.ResponseWriter, r *http.Request, c *caller, k *kept) error {
	key, err := h.keepKey(r.Context(), c.actor, k.key)
	if err != nil {
		return h.reportAgain(w, r, c, k.reportFields, k.key, err)
	}
	if k.step == "" {
		return h.reportAgain(w, r, c, k.reportFields, key, nil)
	}
	return h.showStep(w, r, c, k.step, stepState{reportFields: k.reportFields, key: key, review: k.review})
}

// continued is the caller as the answer to a sign-in sees them: the request came from nobody.
func (h *Handler) continued(c *caller, in core.SignedIn) *caller {
	next := *c
	next.actor, next.user = in.Actor, in.User
	if tag := in.User.Language; tag != "" {
		next.words = h.words.For(tag, c.words.Tag())
	}
	return &next
}
