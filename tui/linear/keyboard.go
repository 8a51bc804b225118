package linear

import (
	"bufio"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"helpdesk.campus/core/plain"
)

// keyboard edits lines on a terminal, as a terminal of old does by itself: it shows what is typed, backspace takes a
// character back, ctrl-w a word, ctrl-u the line; ctrl-c gives the line up and ctrl-d ends the input. Arrows do nothing.
// It never moves the cursor but back over what it takes away.
type keyboard struct {
	in      *bufio.Reader
	touched func()

	mu     sync.Mutex // guards what follows, and that words come whole
	out    io.Writer
	width  int
	asking bool
	prompt string
	line   []byte
	column int // cells from the beginning of the prompt
	cut    bool
	unseen bool // what is typed is not shown
}

func newKeyboard(in io.Reader, out io.Writer, width int, touched func()) *keyboard {
	return &keyboard{in: bufio.NewReaderSize(in, 4<<10), out: out, width: max(1, width), touched: touched}
}

func (k *keyboard) ask(prompt string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.prompt, k.line, k.asking, k.cut = prompt, k.line[:0], true, false
	k.column = plain.Line(prompt).Width()
	k.show(prompt)
}

// show writes; whoever calls holds the lock.
func (k *keyboard) show(text string) { _, _ = io.WriteString(k.out, text) }

func (k *keyboard) interject(words string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asking {
		words = "\n" + words + k.prompt + k.shown(k.line)
	}
	k.show(words)
}

func (k *keyboard) hide(unseen bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unseen = unseen
}

func (k *keyboard) quiet() bool { return true }

func (k *keyboard) resize(width int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.width = max(1, width)
}

func (k *keyboard) next() entry {
	for {
		r, err := k.rune()
		if err != nil {
			return entry{key: ended, text: k.end()}
		}
		k.touched()
		if got, done := k.press(r); done {
			return got
		}
	}
}

// rune reads a key. What arrows and their like send is read to its end, and is none.
func (k *keyboard) rune() (rune, error) {
	for {
		r, n, err := k.in.ReadRune()
		if err != nil {
			return 0, err
		}
		switch {
		case r == utf8.RuneError && n == 1:
		case r == '\x1b':
			if err := k.skipSequence(); err != nil {
				return 0, err
			}
		default:
			return r, nil
		}
	}
}

// skipSequence reads what follows escape: "[", parameters and a last letter, or "O" and a letter. Escape by itself is
// followed by nothing that has come yet.
func (k *keyboard) skipSequence() error {
	if k.in.Buffered() == 0 {
		return nil
	}
	kind, err := k.in.ReadByte()
	if err != nil || kind != '[' && kind != 'O' {
		return err
	}
	for {
		b, err := k.in.ReadByte()
		if err != nil || kind == 'O' || b >= '@' && b <= '~' || b < ' ' {
			return err
		}
	}
}

const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	ctrlU     = 0x15
	ctrlW     = 0x17
	backspace = 0x7f
)

// press does what a key does, and returns the line if that ends it.
func (k *keyboard) press(r rune) (entry, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch r {
	case '\r', '\n':
		k.show("\n")
		k.asking = false
		return entry{text: string(k.line), cut: k.cut}, true
	case ctrlC:
		k.show("^C\n")
		k.asking = false
		return entry{key: interrupted}, true
	case ctrlD:
		if len(k.line) > 0 {
			return entry{}, false
		}
		k.show("\n")
		k.asking = false
		return entry{key: dismissed}, true
	case backspace, '\b':
		k.shorten(lastCharacter(k.line))
	case ctrlW:
		k.shorten(lastWord(k.line))
	case ctrlU:
		k.shorten(len(k.line))
	default:
		k.add(r)
	}
	return entry{}, false
}

// add types one character more. What is shown of it is safe; what is kept is what was typed.
func (k *keyboard) add(r rune) {
	if r == '\t' {
		r = ' '
	}
	if unicode.IsControl(r) {
		return
	}
	if len(k.line)+utf8.RuneLen(r) > longest {
		k.cut = true
		return
	}
	from := tail(k.line)
	before := k.shown(k.line[from:])
	k.line = utf8.AppendRune(k.line, r)
	after := k.shown(k.line[from:])
	if more, simply := strings.CutPrefix(after, before); simply {
		k.show(more)
		k.column += ansi.StringWidth(more)
		return
	}
	k.replace(before, after) // a mark that settles on the character before it
}

// shorten takes the last n bytes away.
func (k *keyboard) shorten(n int) {
	from := min(tail(k.line), len(k.line)-n)
	before := k.shown(k.line[from:])
	k.line = k.line[:len(k.line)-n]
	k.replace(before, k.shown(k.line[from:]))
}

// replace shows one text in the place of another at the end of the line. A line that goes over several rows of the
// terminal is shown anew below: there is no going back over the edge.
func (k *keyboard) replace(before, after string) {
	if rest, shorter := strings.CutPrefix(before, after); shorter {
		before, after = rest, ""
	}
	was, is := ansi.StringWidth(before), ansi.StringWidth(after)
	start := k.column - was
	k.column = start + is
	if start/k.width != (start+was)/k.width {
		k.show("\n" + k.prompt + k.shown(k.line))
		return
	}
	k.show(strings.Repeat("\b \b", was) + after)
}

// end gives what stood on a line that was never ended.
func (k *keyboard) end() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asking = false
	return string(k.line)
}

// shown is what the terminal shows of a line, or of a part of it.
func (k *keyboard) shown(line []byte) string {
	if k.unseen {
		return ""
	}
	return plain.Line(string(line)).String()
}

// farthest is how far back a character, as people see it, is looked for.
const farthest = 128

// tail is where the last character begins, with one before it that nothing joins: what is typed next changes nothing
// before that.
func tail(line []byte) int {
	for at := len(line); at > 0 && len(line)-at < farthest; {
		r, n := utf8.DecodeLastRune(line[:at])
		at -= n
		if r < utf8.RuneSelf {
			return at
		}
	}
	at := max(0, len(line)-farthest)
	for at < len(line) && !utf8.RuneStart(line[at]) {
		at++
	}
	return at
}

// lastCharacter is how many bytes the last character has, as people see it.
func lastCharacter(line []byte) int {
	n := 0
	for rest := string(line[tail(line):]); rest != ""; {
		first, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		n, rest = len(first), rest[len(first):]
	}
	return n
}

// lastWord is how many bytes the last word has, with the blanks behind it.
func lastWord(line []byte) int {
	rest := strings.TrimRightFunc(string(line), unicode.IsSpace)
	return len(line) - (strings.LastIndexFunc(rest, unicode.IsSpace) + 1)
}
