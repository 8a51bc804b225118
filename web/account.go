package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"helpdesk.campus/core"
)

// accountPage is what the forms around an account show again after a mistake. Passwords are never
// shown again.
type accountPage struct {
	Name     string
	Username string
	Email    string
	Login    string
	Code     string
	Next     string // where to go afterwards
	Kept     *kept  // the report that waits for it, nil if none does
}

func (h *Handler) signInForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.signedIn() {
		goTo(w, r, "/tickets")
		return nil
	}
	data := accountPage{Next: nextFrom(r)}
	if from, err := url.Parse(r.Referer()); data.Next == "" && err == nil {
		data.Next = safeNext(from.Path) // the page that did not open; only ever one of ours is followed
	}
	h.show(w, r, c, http.StatusOK, "sign-in", page{Title: c.words.T("sign_in.title"), Section: "account", Form: "sign-in", Data: data})
	return nil
}

func (h *Handler) signUpForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	if c.signedIn() {
		goTo(w, r, "/tickets")
		return nil
	}
	h.show(w, r, c, http.StatusOK, "sign-up", page{Title: c.words.T("sign_up.title"), Section: "account", Form: "sign-up", Data: accountPage{Next: nextFrom(r)}})
	return nil
}

func (h *Handler) newPasswordForm(w http.ResponseWriter, r *http.Request, c *caller) error {
	h.show(w, r, c, http.StatusOK, "new-password", page{Title: c.words.T("new_password.title"), Section: "account", Form: "new-password", Data: accountPage{Next: nextFrom(r)}})
	return nil
}

// privatePath is the page of a private link.
var privatePath = regexp.MustCompile(`^/t/[A-Za-z0-9_-]{22}$`)

// workTicketPath is the page of a ticket for those who work on it.
var workTicketPath = regexp.MustCompile(`^/work/[0-9]{1,18}$`)

// nextFrom is where the address of a page says that somebody goes on afterwards.
func nextFrom(r *http.Request) string { return safeNext(fromQuery(r, "next", 200)) }

// safeNext lets people return to a page of theirs, and to nothing that somebody else made up.
func safeNext(path string) string {
	if path == "/" || path == "/tickets" || path == "/work" || workTicketPath.MatchString(path) || privatePath.MatchString(path) {
		return path
	}
	if ref, ok := core.ParseReference(strings.TrimPrefix(path, "/tickets/")); ok {
		return "/tickets/" + string(ref)
	}
	return ""
}

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	data := accountPage{Login: f.get("login"), Next: safeNext(f.get("next")), Kept: readKept(f)}
	if f.get("show") != "" || h.switched(w, r, c, f) {
		return h.accountAgain(w, r, c, "sign-in", "sign_in.title", "login", data, nil)
	}
	if data.Kept != nil && f.get("back") != "" {
		return h.goOn(w, r, c, data.Kept)
	}
	in, err := h.desk.SignIn(r.Context(), c.actor, data.Login, f.secret("password"), r.UserAgent())
	if err != nil {
		return h.accountAgain(w, r, c, "sign-in", "sign_in.title", "login", data, err)
	}
	return h.welcome(w, r, c, in, data)
}

func (h *Handler) signUp(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	data := accountPage{Name: f.get("name"), Username: f.get("username"), Email: f.get("email"), Next: safeNext(f.get("next")), Kept: readKept(f)}
	if f.get("show") != "" || h.switched(w, r, c, f) {
		return h.accountAgain(w, r, c, "sign-up", "sign_up.title", "name", data, nil)
	}
	in, err := h.desk.SignUp(r.Context(), c.actor, core.NewAccount{
		Name: data.Name, Username: data.Username, Email: data.Email, Password: f.secret("password"),
		Language: c.words.Tag(), Agent: r.UserAgent(),
	})
	if err != nil {
		return h.accountAgain(w, r, c, "sign-up", "sign_up.title", "name", data, err)
	}
	return h.welcome(w, r, c, in, data)
}

// newPassword signs somebody in with the one-time code that staff gave them.
func (h *Handler) newPassword(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	data := accountPage{Login: f.get("login"), Code: f.get("code"), Next: safeNext(f.get("next")), Kept: readKept(f)}
	if f.get("show") != "" || h.switched(w, r, c, f) {
		return h.accountAgain(w, r, c, "new-password", "new_password.title", "code", data, nil)
	}
	in, err := h.desk.SignInWithCode(r.Context(), c.actor, data.Login, data.Code, f.secret("password"), r.UserAgent())
	if err != nil {
		return h.accountAgain(w, r, c, "new-password", "new_password.title", "code", data, err)
	}
	return h.welcome(w, r, c, in, data)
}

// welcome gives the browser its session. A sign-in that it had before ends, so that none is left
// behind that nobody remembers. Whoever came from a report finds it again, the others the page that
// they came from, or the list of what is theirs.
func (h *Handler) welcome(w http.ResponseWriter, r *http.Request, c *caller, in core.SignedIn, data accountPage) error {
	if c.signedIn() {
		if err := h.desk.SignOut(r.Context(), c.actor); err != nil {
			return fmt.Errorf("end the former session: %w", err)
		}
	}
	h.rememberCookie(w, in)
	if data.Kept != nil {
		return h.goOn(w, r, h.continued(c, in), data.Kept)
	}
	goTo(w, r, afterSignIn(in.User, data.Next))
	return nil
}

// afterSignIn is where somebody goes on. Staff sign in to work, and only they find it.
func afterSignIn(u core.User, next string) string {
	work := next == "/work" || workTicketPath.MatchString(next)
	switch {
	case u.IsStaff() && (next == "" || next == "/"):
		return "/work"
	case next == "" || work && !u.IsStaff():
		return "/tickets"
	}
	return next
}

// accountAgain shows a form of the account again. An error that names no field stands beside one;
// without an error, it was sent only to be read in another language.
func (h *Handler) accountAgain(w http.ResponseWriter, r *http.Request, c *caller, name, title, field string, data accountPage, cause error) error {
	p := page{Title: c.words.T(title), Section: "account", Form: name, Data: data}
	if cause == nil {
		h.show(w, r, c, http.StatusOK, name, p)
		return nil
	}
	status := statusOf(cause)
	switch core.KindOf(cause) {
	case core.Unauthenticated:
		status = http.StatusUnprocessableEntity // the form was wrong, not the request
	case core.Invalid, core.Limited:
	default:
		if data.Kept == nil {
			return cause
		}
		h.complain(r.Context(), r, status, cause) // the report must come back all the same
	}
	sayWhen(w.Header(), cause)
	p.Title = c.words.T("form.error_title", "Title", p.Title)
	p.Problems = c.problems(cause)
	if e, ok := errors.AsType[*core.Error](cause); ok && len(e.Problems) == 0 {
		p.Problems[0].Field = field
	}
	h.show(w, r, c, status, name, p)
	return nil
}

// signOut ends the session, here and in the database.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request, c *caller) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if c.trouble != nil {
		return c.trouble
	}
	if c.signedIn() {
		if err := h.desk.CheckFormKey(c.actor, f.get("key")); err != nil {
			return fmt.Errorf("sign out: %w", err)
		}
		if err := h.desk.SignOut(r.Context(), c.actor); err != nil {
			return err
		}
	}
	h.forgetCookie(w)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	goTo(w, r, "/")
	return nil
}
