package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzReadForm feeds the decoder of forms with anything that can be sent: it answers with fields that can
// be stored, or refuses.
func FuzzReadForm(f *testing.F) {
	const encoded = "application/x-www-form-urlencoded"
	f.Add(encoded, "key=a.b&title=Dark&body=Since+Monday%2E")
	f.Add(encoded, "title=%zz;body=\x00\xff&&==&title=2")
	f.Add(encoded+"; charset=utf-8", "title=%ED%A0%80&body=%00")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nhello\r\n--x--\r\n")
	f.Add("text/plain; ;=", "title")
	f.Fuzz(func(t *testing.T, media, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/report", strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, fewFields)
		form, err := readForm(r)
		if err != nil {
			if status := statusOf(err); status < 400 || status > 499 {
				t.Fatalf("refused with %d", status)
			}
			return
		}
		for name := range form.values {
			if value := form.get(name); !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				t.Fatalf("%q cannot be stored: %q", name, value)
			}
		}
		_ = readReport(form).contact()
		if version(form) < 0 {
			t.Fatal("a version below nothing")
		}
	})
}
