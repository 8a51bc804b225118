package api

import (
	"errors"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/core/query"
	"helpdesk.campus/core/text"
)

// Problem is why something was not done (RFC 9457).
type Problem struct { //nolint:errname // the name that RFC 9457 gives it
	Type    string  `json:"type" doc:"Names the sort of problem; it stays the same" example:"urn:helpdesk:problem:ticket_not_found"`
	Title   string  `json:"title" doc:"The sort of problem in words" example:"Not Found"`
	Status  int     `json:"status" doc:"The HTTP status" example:"404"`
	Code    string  `json:"code" doc:"The sort of problem as a word for programs" example:"ticket_not_found"`
	Detail  string  `json:"detail" doc:"What is wrong and what to do about it, in the reader's language"`
	Errors  []Wrong `json:"errors,omitempty" doc:"What is wrong with single fields"`
	Changes []Event `json:"changes,omitempty" doc:"With 412 and 409: what others did meanwhile"`

	header http.Header
}

// Wrong is what is wrong with one field.
type Wrong struct {
	Field  string `json:"field" doc:"The field or parameter" example:"title"`
	Code   string `json:"code" doc:"As a word for programs" example:"title_missing"`
	Detail string `json:"detail" doc:"What is wrong and what to do about it"`
}

// Error gives the code, for logs.
func (p *Problem) Error() string { return p.Code }

// GetStatus is what huma asks errors for.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is what huma asks errors for.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType is what huma asks bodies for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problemType() reflect.Type { return reflect.TypeFor[Problem]() }

func problem(status int, code, detail string) *Problem {
	return &Problem{
		Type: "urn:helpdesk:problem:" + code, Title: http.StatusText(status), Status: status, Code: code, Detail: detail, header: http.Header{},
	}
}

// problemOf is the one function that gives an error of the desk its form.
func (a *API) problemOf(words text.Language, err error) *Problem {
	if asked, ok := errors.AsType[*query.Error](err); ok {
		p := problem(http.StatusUnprocessableEntity, "query", asked.Error())
		p.Errors = []Wrong{{Field: "q", Code: asked.Code, Detail: asked.Error()}}
		return p
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Kind == core.Internal {
		return problem(http.StatusInternalServerError, "internal", words.T("error.internal"))
	}
	p := problem(StatusOf(e), e.Code, words.T("error."+e.Code, e.Args))
	for _, wrong := range e.Problems {
		p.Errors = append(p.Errors, Wrong{Field: wrong.Field, Code: wrong.Code, Detail: words.T("error."+wrong.Code, wrong.Args)})
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Detail
	}
	for i := range e.Events {
		p.Changes = append(p.Changes, eventOf(&e.Events[i], ""))
	}
	if e.RetryAfter > 0 {
		p.header.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if e.Kind == core.Unauthenticated {
		p.header.Set("WWW-Authenticate", `Bearer realm="helpdesk", error="invalid_token"`)
	}
	return p
}

// StatusOf gives each kind of error its place in HTTP, for the API and for the pages.
func StatusOf(err error) int {
	e, ok := errors.AsType[*core.Error](err)
	if ok && slices.ContainsFunc(e.Problems, func(p core.Problem) bool { return p.Code == "file_too_large" }) {
		return http.StatusRequestEntityTooLarge
	}
	switch core.KindOf(err) {
	case core.NotFound:
		return http.StatusNotFound
	case core.Forbidden:
		return http.StatusForbidden
	case core.Invalid:
		return http.StatusUnprocessableEntity
	case core.Conflict:
		return http.StatusConflict
	case core.Unauthenticated:
		return http.StatusUnauthorized
	case core.Limited:
		return http.StatusTooManyRequests
	case core.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// maxField is how much of a name is repeated: a field that is not in the document may be called anything.
const maxField = 80

// transform gives what huma itself complains about, an input that does not fit the document, the form of a problem. What
// was sent is not repeated.
func (a *API) transform(ctx huma.Context, _ string, v any) (any, error) {
	complaint, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	words := wordsOf(ctx)
	if complaint.Status == http.StatusRequestEntityTooLarge {
		ctx.SetHeader("Connection", "close") // the rest of the body is not read
	}
	codes := map[int]string{http.StatusRequestEntityTooLarge: "too_large", http.StatusUnsupportedMediaType: "media_type", http.StatusInternalServerError: "internal"}
	code, known := codes[complaint.Status]
	if !known {
		code = "input"
	}
	p := problem(complaint.Status, code, a.complaint(words, code))
	for _, d := range complaint.Errors {
		field := d.Location
		for _, where := range []string{"body.", "query.", "path.", "header."} {
			field = strings.TrimPrefix(field, where)
		}
		p.Errors = append(p.Errors, Wrong{Field: plain.Truncate(plain.Line(field[:min(len(field), maxField)]), maxField).String(), Code: "input", Detail: d.Message})
	}
	return p, nil
}

func wordsOf(ctx huma.Context) string { return ctx.Header("Accept-Language") }

// complaint says in words what huma complains about.
func (a *API) complaint(languages, code string) string {
	words := a.words.For(languages, "en")
	switch code {
	case "too_large":
		return words.T("api.too_large")
	case "media_type":
		return words.T("api.media_type")
	case "internal":
		return words.T("api.internal")
	}
	return words.T("api.input")
}
