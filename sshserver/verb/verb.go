package verb

import (
	"bufio"
	"context"
	"io"
	"sync"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/text"
)

// Exit statuses, after sysexits.h.
const (
	Done        = 0
	Usage       = 64  // the command is not understood
	BadData     = 65  // what it says is refused, or somebody else changed the same meanwhile
	NoInput     = 66  // a text was needed on standard input and did not come
	NotFound    = 69  // no such ticket or person, or the caller may not know of it
	Broken      = 70  // an error of ours
	Output      = 74  // what was put out could not be written
	Later       = 75  // unavailable, limited or restarting: trying again may help
	NoAccess    = 77  // the caller may not
	Interrupted = 130 // ctrl-c on a terminal
)

// Call is one command and the session it came by.
type Call struct {
	Desk  *core.Desk
	Words *text.Catalogue
	Who   core.Actor
	Me    core.User

	In       io.Reader
	Out, Err io.Writer
	Alive    func() bool     // whether the client is still there; asked when its input has ended
	Closing  <-chan struct{} // closed when the server closes
	HangUp   func()          // ends the connection of a caller who may not be here any more, and takes no last word
	Broke    func(error) string

	Terminal bool // out is a terminal
	Width    int  // its columns

	Host    string // what stands after "ssh": the port, if it has to be named, and the name
	Version string
	Recheck time.Duration // how often it is asked whether the caller may still be there
	Grace   time.Duration // how long they have to take the last word
}

// Verb is one row of the table.
type Verb struct {
	Name      string
	Actions   []action.Name // of the helpdesk, that it does
	Help      string        // one sentence
	More      string        // what else there is to know, as paragraphs
	Arguments []Argument
	Flags     []Flag
	Puts      string // name of the shape that it puts out, "" for none
	Staff     bool   // for staff alone
	Hidden    bool   // for programs: not in help
	Endless   bool   // ends by ctrl-c alone, which is then no error
	Long      bool   // puts out for long and reads nothing: ctrl-c on a terminal ends it
	Parting   bool   // may take away what it came by, and says so itself

	run func(context.Context, *session) error
}

// Argument is what stands behind a verb, in its order.
type Argument struct {
	Name     string
	Help     string
	Kind     Kind
	Optional bool
	Rest     bool // all that follows
	Raw      bool // as it was sent, quotes included: a query has its own
}

// Flag is what is said by name, anywhere behind the verb.
type Flag struct {
	Name  string // with its hyphens
	Value string // what it takes, "" for nothing
	Help  string
	Kind  Kind
	Words bool // its value goes on until the next flag
	Raw   bool // as it was sent, but for quotes around the whole: a query has its own
	Must  bool // without it there is no answer
}

// Kind is what a word stands for, which is what completion offers for it.
type Kind string

// The kinds.
const (
	Free       Kind = ""
	Ticket     Kind = "ticket"
	Person     Kind = "person"
	Category   Kind = "category"
	Queue      Kind = "queue"
	Place      Kind = "place"
	Priority   Kind = "priority"
	Status     Kind = "status"
	Resolution Kind = "resolution"
	Waiting    Kind = "waiting"
	Relation   Kind = "relation"
	Query      Kind = "query"
	ViewName   Kind = "view"
	VerbName   Kind = "verb"
	Shell      Kind = "shell"
	TokenVerb  Kind = "token verb"
	TokenScope Kind = "token scope"
	ReportName Kind = "report"

	ReportFormat Kind = "report format"
	ReportStep   Kind = "report step"
	ReportVersus Kind = "report comparison"
	ReportRows   Kind = "report rows"
)

// session is a command while it is answered.
type session struct {
	Call
	words text.Language
	out   *bufio.Writer
	over  chan struct{} // closed when the verb has been answered
	verb  Verb
	args  map[string]string
	flags map[string]string
}

// Run answers a command and returns its exit status. It returns when the command is done, when the context, which
// ends with the client's channel, does, when the caller may not do it any more, or when nobody takes what it puts out.
func Run(ctx context.Context, call Call, command string) int {
	var beside sync.WaitGroup
	defer beside.Wait()
	may, end := context.WithCancelCause(ctx)
	defer end(nil)
	call.In, call.Out = &input{ended: may, from: call.In}, &output{ended: may, to: call.Out}
	s := &session{
		Call: call, words: call.Words.For(call.Me.Language, "en"), out: bufio.NewWriterSize(call.Out, outputPiece),
		over: make(chan struct{}), args: map[string]string{}, flags: map[string]string{},
	}
	defer close(s.over)
	err := s.prepare(command)
	if err == nil && !s.verb.Parting {
		beside.Go(func() { s.mindAccess(may, end) })
	}
	if err == nil {
		err = s.answer(may, end)
	}
	if flushed := s.out.Flush(); err == nil && flushed != nil {
		err = errOutput
	}
	if cause := context.Cause(may); err != nil && cause != nil && ctx.Err() == nil {
		err = cause // whatever it was doing then
	}
	return s.fail(ctx, err)
}

// prepare reads the command, and refuses what its caller may not do or has to confirm.
func (s *session) prepare(command string) error {
	if err := s.parse(command); err != nil || s.has("--help") {
		return err
	}
	if err := s.mayRun(s.Me); err != nil {
		return err
	}
	return s.checkDanger()
}

func (s *session) answer(ctx context.Context, end context.CancelCauseFunc) error {
	if s.has("--help") {
		s.args["verb"] = s.verb.Name
		return help(ctx, s)
	}
	if s.Terminal && s.verb.Long {
		go s.awaitInterrupt(end)
	}
	return s.verb.run(ctx, s)
}

// awaitInterrupt ends a verb that only puts out when somebody presses ctrl-c or ctrl-d. It ends with the channel at
// the latest.
func (s *session) awaitInterrupt(cancel context.CancelCauseFunc) {
	var key [1]byte
	for {
		if _, err := io.ReadFull(s.In, key[:]); err != nil {
			return
		}
		if key[0] == 0x03 || key[0] == 0x04 {
			cancel(errStopped)
			return
		}
	}
}

// checkDanger asks for --yes where a person would be asked.
func (s *session) checkDanger() error {
	if s.verb.dangerous() && !s.has("--yes") {
		return s.usage(s.words.T("verb.yes"))
	}
	return nil
}

func (v *Verb) dangerous() bool {
	for _, name := range v.Actions {
		if a, ok := action.Find(name); ok && a.Dangerous {
			return true
		}
	}
	return false
}
