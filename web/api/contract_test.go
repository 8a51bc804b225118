package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is the OpenAPI document as answers are held against it: its schemas are JSON Schema of 2020-12, which another
// library than the one that made them reads.
type contract struct {
	mu       sync.Mutex
	document map[string]any
	schemas  *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
	mux      *http.ServeMux // knows which operation a request is
}

func readContract(t testing.TB, raw []byte) *contract {
	t.Helper()
	c := &contract{schemas: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}, mux: http.NewServeMux()}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c.document, _ = parsed.(map[string]any)
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	if err := c.schemas.AddResource("mem:///openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for path, item := range c.document["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			c.mux.HandleFunc(strings.ToUpper(method)+" "+path, func(http.ResponseWriter, *http.Request) {})
			id, _ := op.(map[string]any)["operationId"].(string)
			if id == "" || ids[id] {
				t.Errorf("%s %s has no name of its own: %q", method, path, id)
			}
			ids[id] = true
		}
	}
	return c
}

func escaped(pointer string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(pointer)
}

// answer says what is wrong with an answer; nil if nothing is.
func (c *contract) answer(r *http.Request, response *http.Response, body []byte) error {
	_, pattern := c.mux.Handler(&http.Request{Method: r.Method, URL: r.URL, Host: r.Host})
	method, path, ok := strings.Cut(pattern, " ")
	where := "#/components/responses/Problem"
	if ok {
		responses := c.document["paths"].(map[string]any)[path].(map[string]any)[strings.ToLower(method)].(map[string]any)["responses"].(map[string]any)
		status := strconv.Itoa(response.StatusCode)
		if _, named := responses[status]; named {
			where = "#/paths/" + escaped(path) + "/" + strings.ToLower(method) + "/responses/" + status
		} else if response.StatusCode < http.StatusBadRequest {
			return fmt.Errorf("%s is not among its responses", status)
		}
	}
	at := c.at(where)
	content, _ := at["content"].(map[string]any)
	if len(content) == 0 {
		if len(body) > 0 {
			return errors.New("it has a body")
		}
		return nil
	}
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("its media type: %w", err)
	}
	if content["*/*"] != nil {
		return nil
	}
	if content[media] == nil {
		return fmt.Errorf("%s is not among its media types", media)
	}
	if !strings.HasSuffix(media, "json") {
		return nil
	}
	schema, err := c.schema(where + "/content/" + escaped(media) + "/schema")
	if err != nil {
		return err
	}
	documents := [][]byte{body}
	if media == "application/x-ndjson" { // a document a line
		documents = bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
		if len(body) == 0 {
			documents = nil
		}
	}
	for _, document := range documents {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
		if err != nil {
			return fmt.Errorf("its JSON: %w", err)
		}
		if err := schema.Validate(value); err != nil {
			return err
		}
	}
	return nil
}

func (c *contract) at(pointer string) map[string]any {
	var v any = c.document
	for key := range strings.SplitSeq(strings.TrimPrefix(pointer, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	m, _ := v.(map[string]any)
	return m
}

func (c *contract) schema(pointer string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := c.schemas.Compile("mem:///openapi.json" + strings.NewReplacer("{", "%7B", "}", "%7D", "*", "%2A").Replace(pointer))
	if err != nil {
		return nil, err
	}
	c.compiled[pointer] = s
	return s, nil
}
