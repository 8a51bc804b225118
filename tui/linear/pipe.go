package linear

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// key says how an entry ended.
type key int

const (
	entered     key = iota // with enter
	interrupted            // with ctrl-c: what was typed is not meant any more
	dismissed              // with ctrl-d: enough of this
	ended                  // with the end of the input
)

// entry is one line that somebody entered.
type entry struct {
	text string
	key  key
	cut  bool // it was longer than what is kept
}

// longest is how much of a line is kept, in bytes: more than a message may have.
const longest = 1 << 20

// source is where lines come from. Ask and interject are called from one goroutine, next from another, after each ask.
type source interface {
	// ask says that a line is wanted, and shows the prompt.
	ask(prompt string)
	// next waits for the line.
	next() entry
	// interject says something while a line is wanted, and shows the prompt again with what is typed so far.
	interject(words string)
	// hide has what is typed from now on not be shown, or be shown again. It is called while no line is wanted.
	hide(unseen bool)
	// quiet reports whether what is interjected leaves what is being typed whole.
	quiet() bool
	resize(width int)
}

// pipe reads lines from a client that has no terminal with us. What is typed there is shown, and edited, on its side.
type pipe struct {
	in      *bufio.Reader
	out     io.Writer
	touched func()
	prompt  string
}

func newPipe(in io.Reader, out io.Writer, touched func()) *pipe {
	return &pipe{in: bufio.NewReaderSize(in, 4<<10), out: out, touched: touched}
}

func (p *pipe) ask(prompt string) {
	p.prompt = prompt
	_, _ = io.WriteString(p.out, prompt)
}

func (p *pipe) next() entry {
	var line strings.Builder
	got := entry{}
	for {
		part, err := p.in.ReadSlice('\n')
		p.touched()
		room := longest - line.Len()
		if len(part) > room+1 { // but for its end
			part, got.cut = part[:room], true
		}
		line.Write(part)
		switch {
		case err == nil:
			got.text = strings.TrimRight(line.String(), "\r\n")
			return got
		case !errors.Is(err, bufio.ErrBufferFull): // an end that may be a connection's: half a line is no order
			return entry{key: ended, text: line.String()}
		}
	}
}

func (p *pipe) interject(words string) { _, _ = io.WriteString(p.out, "\n"+words+p.prompt) }

// hide: what is typed is shown on the other side.
func (p *pipe) hide(bool) {}

// quiet: we cannot see what is being typed on the other side.
func (p *pipe) quiet() bool { return false }

func (p *pipe) resize(int) {}
