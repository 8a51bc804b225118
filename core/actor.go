package core

// Door is a way into the helpdesk. A door translates; it decides nothing.
type Door string

// The doors.
const (
	DoorWeb    Door = "web"
	DoorAPI    Door = "api"
	DoorSSH    Door = "ssh"
	DoorCLI    Door = "cli"
	DoorMail   Door = "mail"
	DoorWorker Door = "worker"
)

// ActorKind says what an actor can be at most; the database says what it is now.
type ActorKind string

// The kinds of actors.
const (
	ActorUser      ActorKind = "user"      // somebody with an account
	ActorGuest     ActorKind = "guest"     // somebody who holds a ticket's private link
	ActorAnonymous ActorKind = "anonymous" // somebody who sends a report and does nothing else
	ActorOperator  ActorKind = "operator"  // the command line on the host
	ActorSystem    ActorKind = "system"    // timers
	ActorKiosk     ActorKind = "kiosk"     // a read-only wall
)

// Actor is who acts, through which door. Every use-case takes one as an explicit argument. It names
// somebody; what they may do is looked up when they act, so that a role taken away is gone at once.
type Actor struct {
	Kind    ActorKind
	User    UserID    // of a user
	Link    LinkID    // of a guest: the private link they hold
	Session SessionID // the sign-in behind a user, 0 for none; a session that has ended acts no more
	Token   TokenID   // the personal token behind a user, 0 for none; as with a session
	Door    Door
	Key     string // fingerprint of the SSH key that signed in, if one did
	Address string // network address, for limits only; never stored with an anonymous report
	undoes  string // the command that they take back with what they do now
}

// Anonymous is somebody unknown at a door.
func Anonymous(door Door, address string) Actor {
	return Actor{Kind: ActorAnonymous, Door: door, Address: address}
}

// Operator is the command line on the host: whoever can run it owns the installation.
func Operator() Actor { return Actor{Kind: ActorOperator, Door: DoorCLI} }

// System is the helpdesk's own timers.
func System() Actor { return Actor{Kind: ActorSystem, Door: DoorWorker} }
