package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

// selfPage is what the page of somebody's own account shows.
type selfPage struct {
	User     core.User
	Notices  core.Notices
	Sessions []ownSession
	Keys     []core.Key
	Tokens   []core.Token
	Token    tokenForm
	NewKey   string // a key that was pasted and not taken, and its name
	KeyName  string
}

// ownSession is one sign-in as its owner reads it.
type ownSession struct {
	core.Session
	Agent string // what signed in, in words
	This  bool   // the one that asks
}

// selfDone are the words that may stand in the address of the page to say what was done.
func selfDone() []string {
	return []string{"notices", "password", "key", "key_revoked", "session", "token_revoked"}
}

// account shows somebody's own account.
func (h *Handler) account(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.trouble != nil {
		return c.trouble
	}
	if !c.signedIn() {
		goTo(w, r, "/sign-in")
		return nil
	}
	p, err := h.selfPage(r, c, form{})
	if err != nil {
		return err
	}
	if done := r.URL.Query().Get("done"); slices.Contains(selfDone(), done) {
		p.Done = c.words.T("done." + done)
	}
	h.show(w, r, c, http.StatusOK, "account", p)
	return nil
}

// selfPage reads all that the page shows. What was typed into it is shown again, but for passwords.
func (h *Handler) selfPage(r *http.Request, c *caller, typed form) (page, error) {
	ctx := r.Context()
	data := selfPage{User: c.user, NewKey: typed.get("authorized"), KeyName: typed.get("name")}
	var err error
	if data.Notices, err = h.desk.Notices(ctx, c.actor); err != nil {
		return page{}, err
	}
	if data.Keys, err = h.desk.OwnKeys(ctx, c.actor); err != nil {
		return page{}, err
	}
	if data.Tokens, err = h.desk.Tokens(ctx, c.actor); err != nil {
		return page{}, err
	}
	data.Token = typedToken(typed)
	sessions, err := h.desk.Sessions(ctx, c.actor)
	if err != nil {
		return page{}, err
	}
	for _, s := range sessions {
		data.Sessions = append(data.Sessions, ownSession{Session: s, Agent: agentWords(s), This: s.ID == c.actor.Session})
	}
	key, err := h.desk.NewFormKey(c.actor)
	if err != nil {
		return page{}, fmt.Errorf("make form key: %w", err)
	}
	return page{Title: c.words.T("account.title"), Section: "account", Key: key, Form: "add-key", Data: data}, nil
}

// agentWords names what signed in: a key, an SSH program, or a browser and its system, as far as what
// a browser says of itself tells.
func agentWords(s core.Session) string {
	if s.Door != core.DoorWeb {
		return strings.TrimPrefix(s.KeyName+" "+strings.TrimPrefix(s.Agent, "SSH-2.0-"), " ")
	}
	var names []string
	for _, kind := range [][][2]string{
		{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}},
		{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}},
	} {
		for _, mark := range kind {
			if strings.Contains(s.Agent, mark[0]) {
				names = append(names, mark[1])
				break
			}
		}
	}
	return strings.Join(names, ", ")
}

// selfAct is the frame of everything that people do to their own account: read the form, check that it
// is one of ours for this sign-in, do it, and go back to the page.
func (h *Handler) selfAct(w http.ResponseWriter, r *http.Request, c *caller, done string, do func(form) error) error {
	return h.selfDo(w, r, c, do, func(form) error {
		goTo(w, r, "/account", "done", done)
		return nil
	})
}

// selfShow is selfAct for what the page must show at once, because it is shown once.
func (h *Handler) selfShow(w http.ResponseWriter, r *http.Request, c *caller, do func(form) error, fill func(*selfPage)) error {
	return h.selfDo(w, r, c, do, func(form) error {
		p, err := h.selfPage(r, c, form{})
		if err != nil {
			return err
		}
		data, _ := p.Data.(selfPage)
		fill(&data)
		p.Data = data
		w.Header().Set("Cache-Control", "no-store")
		h.show(w, r, c, http.StatusOK, "account", p)
		return nil
	})
}

func (h *Handler) selfDo(w http.ResponseWriter, r *http.Request, c *caller, do, after func(form) error) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if c.trouble != nil {
		return c.trouble
	}
	if !c.signedIn() {
		goTo(w, r, "/sign-in")
		return nil
	}
	if h.switched(w, r, c, f) {
		p, err := h.selfPage(r, c, f)
		if err == nil {
			h.show(w, r, c, http.StatusOK, "account", p)
		}
		return err
	}
	if err = h.desk.CheckFormKey(c.actor, f.get("key")); err == nil {
		err = do(f)
	}
	switch core.KindOf(err) {
	case "":
		return after(f)
	case core.Invalid, core.Limited, core.Forbidden:
		return h.selfAgain(w, r, c, f, err)
	case core.Unauthenticated:
		h.forgetCookie(w)
		goTo(w, r, "/sign-in")
		return nil
	default:
		return err
	}
}

// selfAgain shows the page again, why nothing was done, and what was typed.
func (h *Handler) selfAgain(w http.ResponseWriter, r *http.Request, c *caller, f form, cause error) error {
	p, err := h.selfPage(r, c, f)
	if err != nil {
		return err
	}
	p.Problems = c.problems(cause)
	asked, form := "", p.Form // the field of a password that is asked for once more, and the form that it is in
	switch {
	case f.values.Has("authorized"):
		asked = "key_password"
	case f.values.Has("scope"):
		asked, form = "token_password", "add-token"
	}
	for i, wrong := range p.Problems {
		switch {
		case asked != "" && (wrong.Field == "password" || core.KindOf(cause) == core.Limited):
			p.Problems[i].Field, p.Form = asked, form
		case wrong.Field == "key":
			p.Problems[i].Field = "authorized"
		case wrong.Field == "name" && f.get("token_name")+f.get("scope") != "":
			p.Problems[i].Field, p.Form = "token_name", "add-token"
		case wrong.Field == "days", wrong.Field == "scope":
			p.Form = "add-token"
		case wrong.Field == "form":
			p.Problems[i].Field = ""
		case core.KindOf(cause) == core.Limited:
			p.Problems[i].Field = "old"
		}
	}
	p.Title = c.words.T("form.error_title", "Title", p.Title)
	sayWhen(w.Header(), cause)
	h.show(w, r, c, statusOf(cause), "account", p)
	return nil
}

func (h *Handler) setNotices(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "notices", func(f form) error {
		return h.desk.SetNotices(r.Context(), c.actor, core.Notices{
			Answers: f.get("answers") != "", Progress: f.get("progress") != "", Closed: f.get("closed") != "",
		})
	})
}

func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "password", func(f form) error {
		return h.desk.ChangePassword(r.Context(), c.actor, f.secret("old"), f.secret("password"))
	})
}

func (h *Handler) addKey(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "key", func(f form) error {
		_, err := h.desk.AddOwnKey(r.Context(), c.actor, core.NewOwnKey{Authorized: f.get("authorized"), Name: f.get("name"), Password: f.secret("key_password")})
		return err
	})
}

func (h *Handler) revokeKey(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "key_revoked", func(f form) error {
		return h.desk.RevokeOwnKey(r.Context(), c.actor, number(f, "id"))
	})
}

// endSession ends one sign-in. Ending the one that asks is signing out.
func (h *Handler) endSession(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "session", func(f form) error {
		return h.desk.EndSession(r.Context(), c.actor, core.SessionID(number(f, "id")))
	})
}

// endSessions signs somebody out everywhere, here too.
func (h *Handler) endSessions(w http.ResponseWriter, r *http.Request, c *caller) error {
	errDone := errors.New("signed out everywhere")
	err := h.selfAct(w, r, c, "", func(form) error {
		if err := h.desk.SignOutEverywhere(r.Context(), c.actor); err != nil {
			return err
		}
		return errDone
	})
	if !errors.Is(err, errDone) {
		return err
	}
	h.forgetCookie(w)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	goTo(w, r, "/")
	return nil
}

// number reads the number of something of somebody's own; 0, which nothing has, if it is none.
func number(f form, name string) int64 {
	n, err := strconv.ParseInt(f.get(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// keep adds the ticket of a private link to the account of whoever has signed in.
func (h *Handler) keep(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.act(w, r, c, "keep", func(o *opened, _ form) error {
		if c.trouble != nil {
			return c.trouble
		}
		t, err := h.desk.Adopt(r.Context(), c.actor, o.actor)
		if err == nil {
			o.path = "/tickets/" + string(t.Reference)
		}
		return err
	})
}

// keepable reports whether the reader could add the ticket to an account.
func keepable(o *opened) bool {
	t := &o.view.Ticket
	return o.guest && t.Reporter.ID == 0 && !t.Anonymous && !t.GoesOn()
}
