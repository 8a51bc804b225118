package api_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

// Whatever a program sends to any operation, the answer is one of the document, and never an error of ours.
func TestNoVariationOfAnyOperationFails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.Report(t, s.Ana, "Network")
	programs := []*program{s.program(t, s.Ada, core.TokenWrite), s.program(t, s.Ines, core.TokenWrite), s.program(t, s.Ana, core.TokenWrite)}
	chance := rand.New(rand.NewPCG(311, 1042))
	for path, item := range s.check.document["paths"].(map[string]any) {
		if strings.HasSuffix(path, "/stream") || strings.HasSuffix(path, "/me/token") {
			continue // the one does not end, the other ends the program
		}
		for method, op := range item.(map[string]any) {
			for range 12 {
				f := fuzzer{chance, s, op.(map[string]any), strings.TrimPrefix(id.String(), "#")}
				address, headers := f.address(path)
				a := programs[chance.IntN(len(programs))].send(strings.ToUpper(method), address, f.body(), headers...)
				if a.Status >= http.StatusInternalServerError {
					t.Errorf("%s %s: %d %s\n%s", method, address, a.Status, a.Body, s.logged.String())
				}
			}
		}
	}
}

type fuzzer struct {
	*rand.Rand
	site   *site
	op     map[string]any
	ticket string
}

// value is something that a schema allows, or would not.
func (f fuzzer) value(schema map[string]any) any {
	if ref, ok := schema["$ref"].(string); ok {
		schema = f.site.check.at(ref)
	}
	if values, ok := schema["enum"].([]any); ok && f.IntN(4) > 0 {
		return values[f.IntN(len(values))]
	}
	if example, ok := schema["examples"].([]any); ok && f.IntN(3) > 0 {
		return example[0]
	}
	switch kind := schema["type"]; {
	case f.IntN(12) == 0:
		return []any{nil, -1, 1e300, "x", []any{}, map[string]any{}, true}[f.IntN(7)]
	case kind == "object":
		out := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range sortedKeys(properties) {
			if f.IntN(4) > 0 {
				out[name] = f.value(properties[name].(map[string]any))
			}
		}
		return out
	case kind == "integer", kind == "number":
		return []int64{0, 1, 2, 5, -1, 1 << 31, 1<<63 - 1}[f.IntN(7)]
	case kind == "boolean":
		return f.IntN(2) == 0
	case kind == "string":
		return f.word()
	}
	return []any{f.word()}
}

func (f fuzzer) word() string {
	words := []string{
		"", "1", f.ticket, "network", "it", "LIB-204", "me", "ines", "status:open", "assignee:me -queue:it", "2h", "now", "start", "\x00", "\u202e\u009b",
		strings.Repeat("x", 700), "'; drop table tickets; --", "%", "..", "K7QM-3XDPR", "MSAxIHg", "\xff\xfe", "2026-01-01..2026-02-01", "-1", "{}", "age:<99999999d",
	}
	return words[f.IntN(len(words))]
}

func (f fuzzer) address(path string) (string, []string) {
	var headers []string
	query := url.Values{}
	parameters, _ := f.op["parameters"].([]any)
	for _, p := range parameters {
		p := p.(map[string]any)
		name, _ := p["name"].(string)
		schema, _ := p["schema"].(map[string]any)
		raw, _ := json.Marshal(f.value(schema))
		text := strings.Trim(string(raw), `"`)
		switch p["in"] {
		case "path":
			if name == "ticket" && f.IntN(4) > 0 {
				text = f.ticket
			}
			if text == "" || strings.Trim(text, ".") == "" {
				text = "x"
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
		case "query":
			if f.IntN(2) == 0 && name != "wait" {
				query.Set(name, text)
			}
		case "header":
			if f.IntN(3) == 0 && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				headers = append(headers, name, text)
			}
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path, headers
}

func (f fuzzer) body() string {
	body, ok := f.op["requestBody"].(map[string]any)
	if !ok {
		return ""
	}
	content, _ := body["content"].(map[string]any)
	media, ok := content["application/json"].(map[string]any)
	if !ok || f.IntN(12) == 0 {
		return f.word()
	}
	schema, _ := media["schema"].(map[string]any)
	raw, err := json.Marshal(f.value(schema))
	if err != nil {
		return "{"
	}
	return string(raw)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// FuzzBodies sends anything as the body of each operation that takes one, as somebody who may do all: the answer is one
// of the document, and never an error of ours.
func FuzzBodies(f *testing.F) {
	s := newSite(f)
	id := strings.TrimPrefix(s.Report(f, s.Ana, "Network").String(), "#")
	type operation struct{ method, path string }
	var operations []operation
	paths, _ := s.check.document["paths"].(map[string]any)
	for _, path := range sortedKeys(paths) {
		item, _ := paths[path].(map[string]any)
		for _, method := range sortedKeys(item) {
			op, _ := item[method].(map[string]any)
			if _, takes := op["requestBody"]; takes {
				at := strings.ReplaceAll(path, "{ticket}", id)
				operations = append(operations, operation{strings.ToUpper(method), strings.NewReplacer("{", "", "}", "").Replace(at)})
			}
		}
	}
	for n := range operations {
		for _, body := range []string{
			`{"title":"Dark","category":"network","where":"LIB-204","body":"x","version":1}`, `{"body":"\u0000\u202e","key":""}`, `{`, `[]`, `{"title":1e999}`,
			`{"title":"a","title":"b"}`, `{"role":"admin","extra":true}`, "\xff", `{"body":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`,
		} {
			f.Add(uint8(n), body)
		}
	}
	p := s.program(f, s.Ada, core.TokenWrite)
	f.Fuzz(func(t *testing.T, n uint8, body string) {
		op := operations[int(n)%len(operations)]
		p := *p
		p.t = t
		a := p.send(op.method, op.path, body)
		if a.Status >= http.StatusInternalServerError {
			t.Errorf("%s %s with %q: %d %s\n%s", op.method, op.path, body, a.Status, a.Body, s.logged.String())
		}
	})
}
