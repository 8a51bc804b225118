package demo

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"helpdesk.campus/core"
)

//go:embed scripts/*.txt
var scriptFiles embed.FS

// script is one kind of issue as it could happen, with what people say. It stands in a text file:
//
//	== category | rooms where it can happen | where=words for elsewhere
//	t a title          b how the reporter describes it        (several of each: one is taken)
//	> staff answer     < the reporter answers                 # a note among staff
//	~ reporter         waits from here on                     @ queue to which staff move it
//	= resolution last words                                   (several: one is taken)
//	* what the known issues say while staff work on it
//	! priority   by guest|anonymous   from usernames   lang code   rare   request
//
// {room}, {place} and {building} stand for where it happens.
type script struct {
	category string
	rooms    []string
	where    string
	titles   []string
	bodies   []string
	lines    []line
	endings  []ending
	known    string
	priority core.Priority
	by       string
	from     []string
	language string
	rare     bool
	request  bool // asks for something, so nothing is broken
}

// line is one thing that happens on the way, by its mark in the file.
type line struct {
	mark byte
	text string
}

const (
	markStaff    = '>'
	markReporter = '<'
	markNote     = '#'
	markWait     = '~'
	markMove     = '@'
)

type ending struct {
	resolution core.Resolution
	words      string
}

func readScripts() ([]*script, error) {
	names, err := fs.Glob(scriptFiles, "scripts/*.txt")
	if err != nil {
		return nil, fmt.Errorf("find scripts: %w", err)
	}
	var list []*script
	for _, name := range names {
		data, err := scriptFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read scripts: %w", err)
		}
		if list, err = parseScripts(list, string(data)); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	return list, nil
}

func parseScripts(list []*script, text string) ([]*script, error) {
	scanner := bufio.NewScanner(strings.NewReader(text))
	for n := 1; scanner.Scan(); n++ {
		words := strings.TrimSpace(scanner.Text())
		mark, rest, _ := strings.Cut(words, " ")
		switch {
		case words == "":
		case mark == "==":
			list = append(list, newScript(rest))
		case len(list) == 0:
			return nil, fmt.Errorf("line %d stands before the first script", n)
		default:
			if err := list[len(list)-1].add(mark, strings.TrimSpace(rest)); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	return list, scanner.Err()
}

func newScript(header string) *script {
	var s script
	for i, part := range strings.Split(header, "|") {
		part = strings.TrimSpace(part)
		where, isWhere := strings.CutPrefix(part, "where=")
		switch {
		case i == 0:
			s.category = part
		case isWhere:
			s.where = where
		default:
			s.rooms = strings.Fields(part)
		}
	}
	return &s
}

func (s *script) add(mark, rest string) error {
	switch mark {
	case "t":
		s.titles = append(s.titles, rest)
	case "b":
		s.bodies = append(s.bodies, rest)
	case ">", "<", "#", "~", "@":
		s.lines = append(s.lines, line{mark: mark[0], text: rest})
	case "=":
		resolution, words, _ := strings.Cut(rest, " ")
		s.endings = append(s.endings, ending{resolution: core.Resolution(resolution), words: words})
	case "!":
		n, err := strconv.Atoi(rest)
		if err != nil {
			return fmt.Errorf("priority %q: %w", rest, err)
		}
		s.priority = core.Priority(n)
	case "*":
		s.known = rest
	case "by":
		s.by = rest
	case "from":
		s.from = strings.Fields(rest)
	case "lang":
		s.language = rest
	case "rare":
		s.rare = true
	case "request":
		s.request = true
	default:
		return fmt.Errorf("unknown mark %q", mark)
	}
	return nil
}

// fault reports whether something is broken that others notice too, and that may mend itself.
func (s *script) fault() bool {
	switch s.category {
	case "heating", "plumbing", "electrical", "doors", "lifts", "cleaning", "wifi", "wired", "printing", "av", "computers":
		return !s.request && s.language == ""
	}
	return false
}

// waitsFor says after how many lines the ticket waits for somebody, 0 if it never does.
func (s *script) waitsFor(w core.Waiting) int {
	for i, l := range s.lines {
		if l.mark == markWait && l.text == string(w) {
			return i + 1
		}
	}
	return 0
}
