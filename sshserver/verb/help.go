package verb

import (
	"context"
	"fmt"
	"strings"

	"helpdesk.campus/core/plain"
)

// statuses explains the exit statuses.
func statuses() []string {
	return []string{
		"0    done",
		"64   the command is not understood (EX_USAGE)",
		"65   what it says is refused, or somebody else changed the same meanwhile (EX_DATAERR)",
		"66   a text was needed on standard input and did not come (EX_NOINPUT)",
		"69   no such ticket or person, or you may not know of it",
		"70   an error of ours, which has been noted (EX_SOFTWARE)",
		"74   what was put out could not be written, or the connection ended (EX_IOERR)",
		"75   unavailable, limited or restarting: try again (EX_TEMPFAIL)",
		"77   you may not (EX_NOPERM)",
		"130  ctrl-c on a terminal",
	}
}

// help lists the verbs, or explains one.
func help(_ context.Context, s *session) error {
	name := s.args["verb"]
	if name == "" {
		return s.putText(s.overview())
	}
	verb, ok := Find(name)
	if !ok || verb.Hidden {
		return s.unknownVerb(name)
	}
	return s.putText(s.explainVerb(verb))
}

func (s *session) putText(text string) error {
	_, err := s.out.WriteString(text)
	return err
}

func (s *session) overview() string {
	var out strings.Builder
	fmt.Fprintf(&out, "ssh %s                 open the console\nssh %s VERB …          do one thing\n\n", s.Host, s.Host)
	for _, v := range Verbs() {
		if !v.Hidden && (!v.Staff || s.Me.IsStaff()) {
			fmt.Fprintf(&out, "  %-12s%s\n", v.Name, v.Help)
		}
	}
	fmt.Fprintf(&out, "\nssh %s help VERB       explain a verb, its flags and the fields it puts out\n", s.Host)
	fmt.Fprintf(&out, "\nLists are tables on a terminal (ssh -t) and tab-separated lines elsewhere; --json, --csv and -q say otherwise.\n")
	fmt.Fprintf(&out, "Exit statuses:\n  %s\n", strings.Join(statuses(), "\n  "))
	return out.String()
}

// Synopsis is the verb with its arguments and flags in one line.
func (v *Verb) Synopsis() string {
	parts := []string{v.Name}
	for _, a := range v.Arguments {
		name := strings.ToUpper(a.Name)
		if a.Rest {
			name += " …"
		}
		if a.Optional {
			name = "[" + name + "]"
		}
		parts = append(parts, name)
	}
	for _, f := range v.Flags {
		word := f.String()
		if !f.Must {
			word = "[" + word + "]"
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, " ")
}

// String is the flag as it is typed.
func (f Flag) String() string { return strings.TrimSpace(f.Name + " " + f.Value) }

func (s *session) explainVerb(v Verb) string {
	var out strings.Builder
	fmt.Fprintf(&out, "ssh %s %s\n\n%s\n", s.Host, v.Synopsis(), v.Help)
	if v.More != "" {
		for _, line := range plain.Wrap(plain.Block(strings.ReplaceAll(v.More, "HOST", s.Host)), 78) {
			fmt.Fprintln(&out, line)
		}
	}
	out.WriteByte('\n')
	for _, a := range v.Arguments {
		fmt.Fprintf(&out, "  %-22s%s\n", strings.ToUpper(a.Name), a.Help)
	}
	for _, f := range v.AllFlags() {
		fmt.Fprintf(&out, "  %-22s%s\n", f, f.Help)
	}
	if v.Puts == "" {
		return out.String()
	}
	shape := shapeOf(v.Puts)
	if v.Puts == "ticket" && !s.Me.IsStaff() {
		shape = reportShape()
	}
	fmt.Fprintf(&out, "\nIt puts out, in this order:\n")
	for _, f := range shape.Fields {
		fmt.Fprintf(&out, "  %-22s%s\n", f.Name, f.Help)
	}
	return out.String()
}
