package core

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// UserID numbers the accounts.
type UserID int64

// Role is what an account may be at most. They rise: an admin is also staff, staff also reporters.
type Role string

// The roles, rising.
const (
	RoleReporter Role = "reporter"
	RoleStaff    Role = "staff"
	RoleAdmin    Role = "admin"
)

// Valid reports whether r is one of the three.
func (r Role) Valid() bool { return r == RoleReporter || r == RoleStaff || r == RoleAdmin }

// Membership is a member of staff's place in a queue.
type Membership struct {
	Queue QueueID
	Code  string
	Name  string
	Lead  bool
}

// User is an account.
type User struct {
	ID          UserID
	Username    string
	Name        string
	Email       string
	Role        Role
	Language    string
	Disabled    bool
	HasPassword bool
	Memberships []Membership
	Preferences Preferences
	CreatedAt   time.Time
}

// Person is the user as tickets show them.
func (u *User) Person() Person { return Person{ID: u.ID, Username: u.Username, Name: u.Name} }

// IsStaff reports whether the user works here.
func (u *User) IsStaff() bool { return u.Role == RoleStaff || u.Role == RoleAdmin }

// Key is an SSH public key that signs its owner in.
type Key struct {
	ID          int64
	User        UserID
	Fingerprint string // SHA256:…, as ssh-keygen -l prints it
	Name        string
	CreatedAt   time.Time
	LastUsedAt  time.Time
}

// SessionID numbers the sign-ins.
type SessionID int64

// Session is one sign-in, on the page or over SSH.
type Session struct {
	ID        SessionID
	User      UserID
	Door      Door
	Key       string // fingerprint of the SSH key that signed in, if one did
	KeyName   string // filled when listed
	Address   string
	Agent     string // the browser or SSH client, filled when listed
	CreatedAt time.Time
	SeenAt    time.Time // filled when listed
	ExpiresAt time.Time
}

const (
	maxName     = 100
	maxEmail    = 254 // RFC 5321, 4.5.3.1.3
	maxUsername = 32
)

// usernamePattern is what a login name may be: it must be easy to type after "ssh", and free of
// anything that a shell, a mail address or the query language reads as its own.
var usernamePattern = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// reservedUsernames read as words of the query language.
var reservedUsernames = map[string]bool{"me": true, "none": true, "root": true, "anonymous": true}

func checkUsername(p *problems, username string) {
	switch {
	case username == "":
		p.add("username", "username_missing")
	case utf8.RuneCountInString(username) > maxUsername:
		p.add("username", "username_too_long", "Max", maxUsername)
	case !usernamePattern.MatchString(username) || reservedUsernames[username]:
		p.add("username", "username_form")
	}
}

func checkName(p *problems, name string) {
	switch {
	case name == "":
		p.add("name", "name_missing")
	case utf8.RuneCountInString(name) > maxName:
		p.add("name", "name_too_long", "Max", maxName)
	}
}

// checkEmail accepts one plain address. Whether it exists is for the mail that goes there to find.
func checkEmail(p *problems, email string) {
	if email == "" {
		p.add("email", "email_missing")
		return
	}
	address, err := mail.ParseAddress(email)
	if err != nil || address.Address != email || len(email) > maxEmail || !strings.Contains(email[strings.LastIndexByte(email, '@')+1:], ".") {
		p.add("email", "email_form")
	}
}
