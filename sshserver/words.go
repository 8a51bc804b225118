package sshserver

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/text"
)

// words is all that this door says. Nothing in it repeats what a client sent unless it was made safe.
type words struct {
	name    func() string // of the helpdesk, as it is now
	page    string        // the page's address
	host    string        // what stands after "ssh": the port, if it has to be named, and the name
	version string
	english text.Language
}

// standardPort is the one that ssh takes by itself.
const standardPort = 22

func newWords(name func() string, catalogue *text.Catalogue, opts Options) words {
	host := "HOST"
	if page, err := url.Parse(opts.PublicURL); err == nil && page.Hostname() != "" {
		host = page.Hostname()
	}
	if opts.Port != 0 && opts.Port != standardPort {
		host = fmt.Sprintf("-p %d %s", opts.Port, host)
	}
	return words{
		name: name, page: opts.PublicURL, host: host,
		version: cmp.Or(opts.Version, "(unknown version)"), english: catalogue.For("en"),
	}
}

// loginPattern is a login name or mail address that can be repeated in a prompt as it is.
var loginPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}$`)

func (w words) signingIn() string {
	return cmp.Or(plain.Line(w.name()).String(), "The campus") + ". If you have been given a one-time code, type it as the password."
}

func (w words) askLogin(login string) string {
	if !loginPattern.MatchString(login) {
		return "Username or e-mail: "
	}
	return "Username or e-mail [" + login + "]: "
}

func (w words) askPassword() string      { return "Password: " }
func (w words) askNewPassword() []string { return []string{"New password: ", "New password again: "} }

func (w words) newPassword() string {
	return "That is not your password. If it is a one-time code, choose a new password now."
}

func (w words) passwordsDiffer() string { return "The two are not the same. Please type them again." }

// failure says what went wrong, one line for each problem.
func (w words) failure(err error) string {
	refusal, ok := errors.AsType[*core.Error](err)
	if !ok {
		return w.english.T("error.internal")
	}
	if len(refusal.Problems) == 0 {
		return w.english.T("error."+refusal.Code, refusal.Args)
	}
	var lines []string
	for _, p := range refusal.Problems {
		lines = append(lines, w.english.T("error."+p.Code, p.Args))
	}
	return strings.Join(lines, "\n")
}

func (w words) onlyStaff(me core.User) string {
	return "Hello " + plain.Line(cmp.Or(me.Name, me.Username)).String() + ".\n" +
		"The console is for the staff of the helpdesk. You report issues and follow your tickets here:\n  " + w.page + "\n" +
		"or with commands such as: ssh " + w.host + " help"
}

func (w words) wallAlone() string {
	return "This key opens the wall of figures and nothing else: ssh -t " + w.host
}

func (w words) noRoom() string {
	return "The helpdesk has no room for one more sign-in from there at this moment. Try again in some seconds."
}

func (w words) crowded() string {
	return "Many consoles open at this moment. Yours is next in some seconds."
}

func (w words) noSubsystem() string {
	return "There is no sftp and no scp here. Files are put on a ticket and read from it by commands:\n" +
		"  ssh " + w.host + " attach 1042 photo.jpg < photo.jpg\n  ssh " + w.host + " help get"
}

func (w words) broken(id string) string {
	return "The console stopped because of an error of ours. What you had saved is safe; please sign in again.\n" +
		"If it happens again, tell whoever runs the helpdesk this number: " + id
}

func (w words) verbBroke(id string) string {
	return w.english.T("error.internal") + "\nIf it happens again, tell whoever runs the helpdesk this number: " + id
}

func (w words) revoked() string {
	return "Your sign-in to this console has ended. If that surprises you, ask an administrator of the helpdesk."
}

func (w words) closing() string {
	return "The helpdesk restarts in a few seconds. What you type is kept; sign in again then."
}

func (w words) closed() string {
	return "The helpdesk restarts now. What you typed is kept; sign in again in a moment."
}

func (w words) idle() string {
	return "The console closed because nobody used it. What you typed is kept."
}
