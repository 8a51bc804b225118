package screen

import (
	"errors"
	"strings"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

// Explain gives an error its words: those of the catalogue for what the desk refuses, a line that
// promises nothing for anything else.
func Explain(words text.Language, err error) string {
	refusal, ok := errors.AsType[*core.Error](err)
	if !ok {
		return words.T("error.internal")
	}
	if len(refusal.Problems) == 0 {
		return words.T("error."+refusal.Code, refusal.Args)
	}
	var parts []string
	for _, p := range refusal.Problems {
		parts = append(parts, words.T("error."+p.Code, p.Args))
	}
	return strings.Join(parts, " ")
}
