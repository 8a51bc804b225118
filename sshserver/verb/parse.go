package verb

import (
	"slices"
	"strings"
)

// word is one word of a command.
type word struct {
	text   string // without the quotes around it
	raw    string // as it was sent
	quoted bool
}

// split takes a command apart at its blanks. Quotes hold words together where they open a word and close one; anywhere
// else they, and every other character, stand for themselves: no shell reads this, and "It's done" is no mistake.
func split(command string) []word {
	var words []word
	for rest := strings.TrimLeft(command, blanks); rest != ""; rest = strings.TrimLeft(rest, blanks) {
		w, n := quoted(rest)
		if n == 0 {
			n = strings.IndexAny(rest, blanks)
			if n < 0 {
				n = len(rest)
			}
			w = word{text: rest[:n], raw: rest[:n]}
		}
		words, rest = append(words, w), rest[n:]
	}
	return words
}

const blanks = " \t\r\n"

// quoted reads a word in quotes and how long it is, 0 if there is none. Inside "…", a backslash takes the
// meaning off a quote or a backslash.
func quoted(s string) (word, int) {
	quote := s[0]
	if quote != '"' && quote != '\'' {
		return word{}, 0
	}
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case quote == '"' && s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			text.WriteByte(s[i])
		case s[i] == quote && (i+1 == len(s) || strings.ContainsRune(blanks, rune(s[i+1]))):
			return word{text: text.String(), raw: s[:i+1], quoted: true}, i + 1
		default:
			text.WriteByte(s[i])
		}
	}
	return word{}, 0
}

// parse finds the verb, its arguments and flags.
func (s *session) parse(command string) error {
	words := split(command)
	if len(words) == 0 {
		words = []word{{text: "help"}}
	}
	name := words[0].text
	switch name {
	case "--help", "-h":
		name = "help"
	case "--version":
		name = "version"
	}
	verb, ok := Find(name)
	if !ok {
		return s.unknownVerb(name)
	}
	s.verb = verb
	if verb.Hidden { // what is completed is no command yet
		s.args[verb.Arguments[0].Name] = strings.TrimPrefix(strings.TrimLeft(command, blanks), name)
		return nil
	}
	loose, err := s.parseFlags(words[1:])
	if err != nil || s.has("--help") {
		return err
	}
	return s.parseArguments(loose)
}

// NameOf is the verb of a command, or "none" if it says none that there is.
func NameOf(command string) string {
	if words := split(command); len(words) > 0 {
		if v, ok := Find(words[0].text); ok {
			return v.Name
		}
	}
	return "none"
}

// parseFlags takes the flags out and returns the other words.
func (s *session) parseFlags(words []word) ([]word, error) {
	var loose []word
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.text == "--" && !w.quoted {
			return append(loose, words[i+1:]...), nil
		}
		name, value, hasValue := strings.Cut(w.text, "=")
		flag, known := s.verb.flag(name)
		switch {
		case w.quoted || !strings.HasPrefix(w.text, "-") || !known && s.verb.raw() && !strings.HasPrefix(w.text, "--"):
			loose = append(loose, w)
			continue
		case !known:
			return nil, s.unknownFlag(name)
		case flag.Value == "" && hasValue:
			return nil, s.usage(s.words.T("verb.flag_bare", "Flag", flag.Name))
		case flag.Value == "":
			s.flags[flag.Name] = ""
			continue
		}
		var values []string
		if hasValue {
			values = append(values, value)
		}
		for i+1 < len(words) && (len(values) == 0 || flag.Words) && !s.isFlag(words[i+1]) {
			i++
			if flag.Raw {
				values = append(values, words[i].raw)
				continue
			}
			values = append(values, words[i].text)
		}
		if len(values) == 0 {
			return nil, s.usage(s.words.T("verb.flag_value", "Flag", flag.Name))
		}
		s.flags[flag.Name] = flag.join(values)
	}
	return loose, nil
}

// join makes one value of the words behind a flag. Of a raw one, quotes around the whole hold it together, and all others
// are its own.
func (f Flag) join(values []string) string {
	value := strings.Join(values, " ")
	if !f.Raw || value == "" {
		return value
	}
	if w, n := quoted(value); n == len(value) {
		return w.text
	}
	return value
}

func (s *session) isFlag(w word) bool {
	name, _, _ := strings.Cut(w.text, "=")
	_, known := s.verb.flag(name)
	return !w.quoted && (known || w.text == "--")
}

func (s *session) parseArguments(words []word) error {
	for _, a := range s.verb.Arguments {
		if len(words) == 0 {
			if a.Optional {
				continue
			}
			return s.usage(s.words.T("verb.argument_missing", "Name", strings.ToUpper(a.Name)))
		}
		take := words[:1]
		if a.Rest {
			take = words
		}
		words = words[len(take):]
		parts := make([]string, len(take))
		for i, w := range take {
			if parts[i] = w.text; a.Raw {
				parts[i] = w.raw
			}
		}
		s.args[a.Name] = strings.Join(parts, " ")
	}
	if len(words) > 0 {
		return s.usage(s.words.T("verb.argument_extra", "Word", short(words[0].text)))
	}
	return nil
}

// raw reports whether the verb takes a query or tags, in which a hyphen says "not".
func (v *Verb) raw() bool {
	return slices.ContainsFunc(v.Arguments, func(a Argument) bool { return a.Raw })
}

// flag finds a flag of the verb, or one that all verbs have.
func (v *Verb) flag(name string) (Flag, bool) {
	if name == "-h" {
		name = "--help"
	}
	for _, f := range v.AllFlags() {
		if f.Name == name {
			return f, true
		}
	}
	return Flag{}, false
}
