package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	gossh "golang.org/x/crypto/ssh"

	"helpdesk.campus/cmd/helpdesk/programtest"
	"helpdesk.campus/core"
	"helpdesk.campus/core/plain/plaintest"
	"helpdesk.campus/sshserver/sshtest"
	"helpdesk.campus/storage/storagetest"
)

var linkOfGuest = regexp.MustCompile(`/t/[A-Za-z0-9_-]{16,}`)

// canaries are secrets, and words of people, that a run hands to every door. None may ever be in a log.
type canaries struct {
	*house

	t       *testing.T
	secrets []string
	linked  bool // a guest was given a link
}

// word is a text that people could have written, with all in it that a terminal or a log would obey.
func (c *canaries) word(what string) string {
	c.t.Helper()
	word := "canary-" + what
	c.secrets = append(c.secrets, word)
	return word + "\x1b]0;owned\a\u009b31m\u202e\r\nlevel=ERROR msg=forged"
}

// secret remembers a secret that the helpdesk made.
func (c *canaries) secret(made string) string {
	c.t.Helper()
	if len(made) < 8 {
		c.t.Fatalf("no secret: %q", made)
	}
	c.secrets = append(c.secrets, made)
	return made
}

// TestAttackReadingSecretsInTheLog goes through every door with secrets and hostile words, when all is well and when
// the database fails under each of them, and looks for them in all that was logged.
func TestAttackReadingSecretsInTheLog(t *testing.T) {
	t.Parallel()
	address := storagetest.URL(t)
	db := storagetest.OpenURL(t, address)
	c := &canaries{house: open(t, db, storagetest.CampusOn(t, storagetest.DeskWith(t, db, core.Options{}))), t: t}
	c.SignIn(t, c.Ines, core.DoorWeb)
	c.onThePage()
	if !c.linked {
		t.Fatal("the guest was given no link")
	}
	c.overTheAPI()
	c.overSSH()

	owner, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(t.Context()) }()
	for _, table := range []string{"messages", "attempts"} {
		if _, err := owner.Exec(t.Context(), `alter table `+table+` rename to gone`); err != nil {
			t.Fatal(err)
		}
		c.onThePage()
		c.overTheAPI()
		c.overSSH()
		if _, err := owner.Exec(t.Context(), `alter table gone rename to `+table); err != nil {
			t.Fatal(err)
		}
	}

	for _, wanted := range []string{"route=\"POST /report\"", "sign-in refused", "signed in", "level=ERROR"} {
		if !strings.Contains(c.log.String(), wanted) {
			t.Errorf("the log lacks %s: is it the right one?", wanted)
		}
	}
	c.logHolds(t, append(c.secrets, "canary", "owned")...)
	for line := range strings.Lines(c.log.String()) {
		if strings.HasPrefix(line, "level=") || strings.Contains(line, plaintest.Secret) {
			t.Errorf("a line of somebody else's: %q", line)
		}
	}
}

func (c *canaries) onThePage() {
	b := programtest.NewBrowser(c.t, c.page)
	get := func(path string) string {
		_, page, err := b.Get(path)
		if err != nil {
			c.t.Fatal(err)
		}
		return page
	}
	post := func(path string, fields url.Values) string {
		if key := formKey.FindStringSubmatch(get("/")); key != nil && !fields.Has("key") {
			fields.Set("key", c.secret(key[1]))
		}
		_, page, err := b.Post(path, fields)
		if err != nil {
			c.t.Fatal(err)
		}
		return page
	}
	sent := post("/report", url.Values{
		"title": {c.word("title")}, "description": {c.word("description")}, "room": {c.word("room")}, "category": {c.Network.ID.String()},
		"contact": {"canary-guest@example.org"}, "name": {c.word("name")},
	})
	if link := linkOfGuest.FindString(sent); link != "" {
		c.linked = true
		c.secret(strings.TrimPrefix(link, "/t/"))
		key := formKey.FindStringSubmatch(get(link))
		post(link+"/reply", url.Values{"key": {key[1]}, "body": {c.word("reply")}})
		post(link+"/reply", url.Values{"key": {c.word("key")}, "body": {c.word("reply")}})
	}
	get("/t/" + url.PathEscape(c.word("link")))
	get("/files/once/" + url.PathEscape(c.word("once")))
	get("/?building=" + url.QueryEscape(c.word("query")))
	get("/" + url.PathEscape(c.word("path")))
	post("/sign-up", url.Values{"name": {c.word("person")}, "username": {"canary" + fmt.Sprint(len(c.secrets))}, "email": {"canary@example.org"}, "password": {c.word("password")}})
	post("/sign-in", url.Values{"login": {c.word("login")}, "password": {c.word("wrong password")}})
	post("/sign-in", url.Values{"login": {"ines"}, "password": {c.word("wrong password")}})
	if code, _, err := c.Desk.IssueCode(c.t.Context(), core.Operator(), c.Ben.ID); err == nil {
		post("/new-password", url.Values{"login": {"ben"}, "code": {c.secret(code)}, "password": {c.word("new password")}})
	}
	post("/sign-in", url.Values{"login": {"ines"}, "password": {storagetest.Password}})
	at, _ := url.Parse(c.page)
	for _, cookie := range b.Client.Jar.Cookies(at) {
		if cookie.Name == "session" {
			c.secret(cookie.Value)
		}
	}
	post("/account/password", url.Values{"old": {c.word("old password")}, "password": {c.word("new password")}})
	post("/account/keys", url.Values{"authorized": {"ssh-ed25519 canary-key AAAA"}, "name": {c.word("key name")}, "key_password": {c.word("key password")}})
	get("/work?q=" + url.QueryEscape("title:"+c.word("search")))
}

func (c *canaries) overTheAPI() {
	_, token, err := c.Desk.NewToken(c.t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.NewToken{Name: "test", Scope: core.TokenWrite})
	if err != nil {
		c.t.Fatal(err)
	}
	c.secret(token)
	for _, bearer := range []string{token, "hd_canary", token[:len(token)-1] + "a"} {
		for path, body := range map[string]string{
			"/api/v1/tickets":             fmt.Sprintf(`{"title":%q,"description":%q,"category":"network","where":"LIB-204"}`, "canary-title", "canary-body"),
			"/api/v1/tickets/1001/reply":  `{"body":"canary-reply"}`,
			"/api/v1/tickets/1001/notes":  `{"body":"canary-note`,
			"/api/v1/canary":              `{"canary":"canary"}`,
			"/api/v1/tickets?q=canary":    "",
			"/api/v1/tickets/1001/canary": `{"role":"canary"}`,
		} {
			r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.page+path, strings.NewReader(body))
			if err != nil {
				c.t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+bearer)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", "canary-idempotency")
			r.Header.Set("User-Agent", "canary-agent")
			if answer, err := http.DefaultClient.Do(r); err == nil {
				_ = answer.Body.Close()
			}
		}
	}
}

func (c *canaries) overSSH() {
	for _, answers := range [][]string{{c.word("login"), c.word("password")}, {"ines", c.word("password")}, {"ines", "K7QM-3XDPR", c.word("new"), c.word("new")}} {
		if client, err := gossh.Dial("tcp", c.ssh, sshtest.Config(c.word("login name"), sshtest.Answers(answers...))); err == nil {
			_ = client.Close()
		}
	}
	client, err := gossh.Dial("tcp", c.ssh, sshtest.Config(c.word("login name"), signer(c.t, c.Desk, c.Ines)))
	if err != nil {
		return // the database is away
	}
	defer func() { _ = client.Close() }()
	for _, command := range []string{
		"new --category network --where LIB-204 --title " + c.word("title"), "note 1001 " + c.word("note"), "reply 1001 " + c.word("reply"), "ls " + c.word("query"),
		c.word("verb"), "show " + c.word("ticket"), "get 1001 " + c.word("file"), "token new canary-token",
	} {
		session, err := client.NewSession()
		if err != nil {
			return
		}
		_ = session.Setenv("LANG", c.word("env"))
		_ = session.Run(command)
		_ = session.Close()
	}
}
