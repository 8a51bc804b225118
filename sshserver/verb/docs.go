package verb

import (
	"fmt"
	"strings"
)

// Document writes the page about verbs for docs.
func Document() string {
	var out strings.Builder
	out.WriteString(`# Verbs

Everything one can do in the console, a script can do with one command over SSH, and nothing needs to be installed:
` + "`ssh helpdesk.example.edu VERB …`" + `. [scripting.md](scripting.md) has recipes. This page is made from the table in ` + "`sshserver/verb`" + ` (` + "`go test ./sshserver/verb -write`" + `).

## How a command is read

- Words are split at blanks. Quotes hold words together where they open a word and close one; every other character, a
  semicolon or an apostrophe too, stands for itself. No shell reads the command on our side. Your own shell does on yours: it
  takes one layer of quotes away.
- Flags may stand anywhere behind the verb; ` + "`--`" + ` ends them. The value of a flag for words (` + "`--message`, `--title`, `--place`" + `) goes on until
  the next flag, so that ` + "`--message Done for today`" + ` needs no quotes.
- A query is taken exactly as it comes, quotes included.
- A text comes on standard input. Where it may be left out, ` + "`-`" + ` says that it comes. 20,000 characters are the most.
- ` + "`--if-version N`" + ` refuses (status 65) if somebody changed the same property after version N of the ticket; changes of other
  properties do no harm. ` + "`--key K`" + ` does what says something exactly once, however often it is sent; the other verbs change
  nothing when they are repeated.
- A ticket is a number (` + "`1042`, `#1042`" + `) or a reference (` + "`K7QM-3XDPR`" + `). One that you may not see answers like one that does not exist.

## What comes out

Tables on a terminal (` + "`ssh -t`" + `), tab-separated lines in the order of the fields elsewhere, without a line of names. ` + "`--json`" + ` puts out a JSON
object a line, ` + "`--csv`" + ` CSV with names, ` + "`-q`" + ` only what identifies each: ` + "`ssh HOST ls -q queue:it | xargs -n1 ssh HOST take`" + `.
` + "`show`" + ` puts out a name and a value a line, then the conversation. Times are RFC 3339 in UTC, but on a terminal those of the campus.
Text from people is made safe to show in every form; JSON keeps it whole and escapes every control, bidi and
zero-width character; CSV cells that a spreadsheet would compute begin with an apostrophe. In JSON a time that is none
is null, a word that is none is empty. New fields may be added at the end; none is renamed.

## Exit statuses

Errors stand on standard error, in your language.

`)
	for _, line := range statuses() {
		status, words, _ := strings.Cut(line, " ")
		fmt.Fprintf(&out, "- `%s` %s\n", status, strings.TrimSpace(words))
	}
	out.WriteString("\n## The verbs\n")
	for _, v := range Verbs() {
		if !v.Hidden {
			document(&out, v)
		}
	}
	out.WriteString("\n## The fields\n")
	for _, s := range Shapes() {
		fmt.Fprintf(&out, "\n### %s\n\n%s\n\n", s.Name, s.Help)
		for _, f := range s.Fields {
			fmt.Fprintf(&out, "- `%s` %s\n", f.Name, f.Help)
		}
	}
	return out.String()
}

func document(out *strings.Builder, v Verb) {
	fmt.Fprintf(out, "\n### %s\n\n%s", v.Name, v.Help)
	if v.Staff {
		out.WriteString(" For staff.")
	}
	if v.Puts != "" {
		fmt.Fprintf(out, " Puts out: %s", v.Puts)
		if v.Puts == "ticket" && !v.Staff {
			out.WriteString(", or report for its reporter")
		}
		out.WriteString(".")
	}
	fmt.Fprintf(out, "\n\n```\n%s\n```\n", v.Synopsis())
	if v.More != "" {
		fmt.Fprintf(out, "\n%s\n", v.More)
	}
	if len(v.Arguments)+len(v.Flags) > 0 {
		out.WriteByte('\n')
	}
	for _, a := range v.Arguments {
		fmt.Fprintf(out, "- `%s` %s\n", strings.ToUpper(a.Name), a.Help)
	}
	for _, f := range v.Flags {
		fmt.Fprintf(out, "- `%s` %s\n", f, f.Help)
	}
}
