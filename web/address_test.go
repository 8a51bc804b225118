package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAProxyIsBelievedOnlyIfItIsNamed(t *testing.T) {
	t.Parallel()
	h := &Handler{opts: Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}}}
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"nobody in between":         {"192.0.2.7:1234", nil, "192.0.2.7"},
		"a stranger's claim":        {"192.0.2.7:1234", []string{"198.51.100.1"}, "192.0.2.7"},
		"the proxy's word":          {"10.1.1.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		"what the sender put first": {"10.1.1.1:80", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1"},
		"two headers":               {"10.1.1.1:80", []string{"203.0.113.9", "198.51.100.1"}, "198.51.100.1"},
		"two proxies":               {"10.1.1.1:80", []string{"198.51.100.1, 10.2.2.2"}, "198.51.100.1"},
		"only proxies":              {"10.1.1.1:80", []string{"10.2.2.2"}, "10.2.2.2"},
		"nonsense":                  {"10.1.1.1:80", []string{"<script>"}, "10.1.1.1"},
		"nonsense before":           {"10.1.1.1:80", []string{"x, 198.51.100.1"}, "198.51.100.1"},
		"no header":                 {"10.1.1.1:80", nil, "10.1.1.1"},
		"IPv6":                      {"[::1]:80", []string{"2001:db8::1%eth0"}, "2001:db8::1"},
		"IPv4 in IPv6":              {"[::ffff:10.1.1.1]:80", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = test.peer
		for _, value := range test.forwarded {
			r.Header.Add("X-Forwarded-For", value)
		}
		if got := h.address(r); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestWebAddressesInTextBecomeLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]piece{
		"":                             nil,
		"plain":                        {{Text: "plain"}},
		"see https://x.example/a?b=c.": {{Text: "see "}, {Text: "https://x.example/a?b=c", URL: "https://x.example/a?b=c"}, {Text: "."}},
		"(http://x.example)":           {{Text: "("}, {Text: "http://x.example", URL: "http://x.example"}, {Text: ")"}},
		"https://x.example/a_(b)":      {{Text: "https://x.example/a_(b)", URL: "https://x.example/a_(b)"}},
		"javascript:alert(1) ftp://x":  {{Text: "javascript:alert(1) ftp://x"}},
		"https://":                     {{Text: "https://"}},
	} {
		got := links(text)
		if len(got) != len(want) {
			t.Errorf("%q: %+v", text, got)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: part %d is %+v, want %+v", text, i, got[i], want[i])
			}
		}
	}
}
