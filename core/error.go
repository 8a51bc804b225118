package core

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind is what sort of refusal an error is; each door has one table from kinds to its own form
// (page and status, exit code, toast, problem document).
type Kind string

// The kinds of errors. What somebody may not know of is NotFound, never Forbidden.
const (
	NotFound        Kind = "not_found"
	Forbidden       Kind = "forbidden"
	Invalid         Kind = "invalid"
	Conflict        Kind = "conflict"
	Unauthenticated Kind = "unauthenticated"
	Limited         Kind = "limited"
	Unavailable     Kind = "unavailable"
	Internal        Kind = "internal"
)

// Problem says what is wrong with one field of the input. Its words are "error.<code>" in the
// catalogue, filled with Args.
type Problem struct {
	Field string
	Code  string
	Args  map[string]any
}

// Error is the one error type that crosses the border of this package on purpose. Code chooses the
// words ("error.<code>" in the catalogue), Args fill them.
type Error struct {
	Kind       Kind
	Code       string
	Args       map[string]any
	Problems   []Problem     // of an Invalid error: one per field, in the order of the form
	Events     []Event       // of a Conflict: what others did meanwhile
	RetryAfter time.Duration // of a Limited or Unavailable error
	cause      error
}

// Error gives the code, for logs; people read the catalogue's words instead.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", e.Kind, e.Code)
	for _, p := range e.Problems {
		fmt.Fprintf(&text, " [%s: %s]", p.Field, p.Code)
	}
	if e.cause != nil {
		fmt.Fprintf(&text, ": %v", e.cause)
	}
	return text.String()
}

// Unwrap returns what caused the error.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of err: Internal for anything that is not an [*Error], "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Unreachable wraps a failure of the database as an Unavailable error: trying again later may help.
func Unreachable(cause error) error {
	return &Error{Kind: Unavailable, Code: "unavailable", RetryAfter: 5 * time.Second, cause: cause}
}

// Missing is the answer for what does not exist and for what the actor may not know of.
func Missing(what string) error {
	return &Error{Kind: NotFound, Code: what + "_not_found"}
}

func forbidden(code string) *Error { return &Error{Kind: Forbidden, Code: code} }

func limited(code string, wait time.Duration) error {
	minutes := max(1, int((wait+time.Minute-1)/time.Minute))
	return &Error{Kind: Limited, Code: code, RetryAfter: wait, Args: map[string]any{"Count": minutes}}
}

// problems collects what is wrong with an input.
type problems []Problem

func (p *problems) add(field, code string, args ...any) {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	*p = append(*p, Problem{Field: field, Code: code, Args: m})
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "invalid", Problems: p}
}
