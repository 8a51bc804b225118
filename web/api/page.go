package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const about = `Everything that a person can do here, a program can do. It sends a personal token in the header Authorization: Bearer hd_…,
and may do what the token's owner may, as far as the token is for that.

Lists end with a cursor for the next page. A ticket's ETag goes back in If-Match, so that nothing is overwritten unseen. An Idempotency-Key
makes what is sent again be done once. Problems are documents of RFC 9457, whose errors name the fields to put right. Calls are limited by
token and by address; 429 says in Retry-After when to go on.`

//go:embed page.html
var pageTemplate string

// finish says in the document what all operations have in common, and writes it and its page once.
func (a *API) finish() error {
	document := a.huma.OpenAPI()
	schema := document.Components.Schemas.Schema(problemType(), true, "Problem")
	document.Components.Responses = map[string]*huma.Response{"Problem": {
		Description: "What is wrong, and what to do about it",
		Headers: map[string]*huma.Param{
			"Retry-After": {Description: "With 429 and 503: when to try again, in seconds", Schema: &huma.Schema{Type: huma.TypeInteger}},
		},
		Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}}
	for _, theirs := range []string{"ErrorModel", "ErrorDetail"} {
		delete(document.Components.Schemas.Map(), theirs)
	}
	for tag, help := range map[string]string{
		"Tickets": "Reported issues as they stand.", "Actions": "What is done to tickets.", "Messages": "What is said on tickets.",
		"Files": "What is sent along.", "Events": "What happens, as it happens.", "Place": "Queues, categories and locations.",
		"Views": "Named queries, counts and tags.", "Known issues": "What staff made public.", "People": "Accounts, who is here, and who calls.",
		"Reports": "The analysis.", "Macros": "Canned replies with changes.",
	} {
		document.Tags = append(document.Tags, &huma.Tag{Name: tag, Description: help})
	}
	slices.SortFunc(document.Tags, func(x, y *huma.Tag) int { return strings.Compare(x.Name, y.Name) })
	raw, err := document.MarshalJSON()
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	var whole bytes.Buffer
	if err := json.Indent(&whole, raw, "", "  "); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	a.spec = whole.Bytes()
	a.sections = a.describe(document)
	a.template, err = template.New("page").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	return nil
}

// section is the part of the page about one tag.
type section struct {
	Name, Help string
	Operations []described
}

// described is an operation as people read it.
type described struct {
	*huma.Operation
	Where  []*huma.Param // what the address and the headers take
	Fields []field       // of the body
}

type field struct {
	Name, Type, Help string
	Required         bool
}

func (a *API) describe(document *huma.OpenAPI) []section {
	var sections []section
	for _, tag := range document.Tags {
		s := section{Name: tag.Name, Help: tag.Description}
		for _, path := range document.Paths {
			for _, op := range []*huma.Operation{path.Get, path.Post, path.Patch, path.Put, path.Delete} {
				if op != nil && slices.Contains(op.Tags, tag.Name) {
					s.Operations = append(s.Operations, described{op, op.Parameters, fieldsOf(document.Components.Schemas, op)})
				}
			}
		}
		slices.SortFunc(s.Operations, func(x, y described) int { return strings.Compare(x.Path+x.Method, y.Path+y.Method) })
		sections = append(sections, s)
	}
	return sections
}

// referencePage is the page for people, as it is with one name of the helpdesk.
type referencePage struct {
	name string
	page []byte
}

// pageNow is the page with the name that the helpdesk has now. It is written anew only when that has changed.
func (a *API) pageNow() ([]byte, error) {
	name := a.desk.Name()
	if kept := a.page.Load(); kept != nil && kept.name == name {
		return kept.page, nil
	}
	var out bytes.Buffer
	err := a.template.Execute(&out, map[string]any{"Name": name, "About": strings.Split(about, "\n\n"), "Sections": a.sections})
	if err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	a.page.Store(&referencePage{name, out.Bytes()})
	return out.Bytes(), nil
}

func fieldsOf(schemas huma.Registry, op *huma.Operation) []field {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	schema := op.RequestBody.Content["application/json"].Schema
	if schema.Ref != "" {
		schema = schemas.SchemaFromRef(schema.Ref)
	}
	var list []field
	for name, p := range schema.Properties {
		kind := p.Type
		if len(p.Enum) > 0 {
			words := make([]string, len(p.Enum))
			for i, v := range p.Enum {
				words[i] = fmt.Sprint(v)
			}
			kind = strings.Join(words, ", ")
		}
		list = append(list, field{name, kind, p.Description, slices.Contains(schema.Required, name)})
	}
	slices.SortFunc(list, func(x, y field) int { return strings.Compare(x.Name, y.Name) })
	return list
}

func (a *API) document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(a.spec)
}

func (a *API) reference(w http.ResponseWriter, r *http.Request) {
	page, err := a.pageNow()
	if err != nil {
		a.opts.Logger.ErrorContext(r.Context(), "the reference failed", "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(page)
}

// Document is the OpenAPI document, in JSON.
func (a *API) Document() []byte { return a.spec }
