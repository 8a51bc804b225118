package open311

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"time"

	"helpdesk.campus/core/plain"
)

// service is a kind of issue, as the standard has it.
type service struct {
	Code        string `json:"service_code" xml:"service_code"`
	Name        string `json:"service_name" xml:"service_name"`
	Description string `json:"description" xml:"description"`
	Metadata    bool   `json:"metadata" xml:"metadata"`
	Type        string `json:"type" xml:"type"`
	Keywords    string `json:"keywords" xml:"keywords"`
	Group       string `json:"group" xml:"group"`
}

type services []service

// definition is what a service asks besides.
type definition struct {
	XMLName    xml.Name    `json:"-" xml:"service_definition"`
	Code       string      `json:"service_code" xml:"service_code"`
	Attributes []attribute `json:"attributes" xml:"attributes>attribute"`
}

type attribute struct {
	Variable    bool   `json:"variable" xml:"variable"`
	Code        string `json:"code" xml:"code"`
	Datatype    string `json:"datatype" xml:"datatype"`
	Required    bool   `json:"required" xml:"required"`
	Description string `json:"description" xml:"description"`
	Order       int    `json:"order" xml:"order"`
}

// issue is what was reported.
type issue struct {
	ID          string   `json:"service_request_id" xml:"service_request_id"`
	Status      string   `json:"status" xml:"status"`
	StatusNotes string   `json:"status_notes" xml:"status_notes"`
	ServiceName string   `json:"service_name" xml:"service_name"`
	ServiceCode string   `json:"service_code" xml:"service_code"`
	Description string   `json:"description" xml:"description"`
	Agency      string   `json:"agency_responsible" xml:"agency_responsible"`
	Notice      string   `json:"service_notice" xml:"service_notice"`
	Requested   string   `json:"requested_datetime" xml:"requested_datetime"`
	Updated     string   `json:"updated_datetime" xml:"updated_datetime"`
	Expected    string   `json:"expected_datetime" xml:"expected_datetime"`
	Address     string   `json:"address" xml:"address"`
	AddressID   string   `json:"address_id" xml:"address_id"`
	Zipcode     string   `json:"zipcode" xml:"zipcode"`
	Lat         *float64 `json:"lat" xml:"lat"`
	Long        *float64 `json:"long" xml:"long"`
	MediaURL    string   `json:"media_url" xml:"media_url"`
}

type issues []issue

// receipt answers a report.
type receipt struct {
	ID      string `json:"service_request_id" xml:"service_request_id"`
	Notice  string `json:"service_notice" xml:"service_notice"`
	Account string `json:"account_id" xml:"account_id"`
}

type receipts []receipt

// pair is what a token stands for.
type pair struct {
	ID    string `json:"service_request_id" xml:"service_request_id"`
	Token string `json:"token" xml:"token"`
}

type pairs []pair

type faultRow struct {
	Code        int    `json:"code" xml:"code"`
	Description string `json:"description" xml:"description"`
}

type faults []faultRow

// element is a list as XML has it: its name, and that of what is in it.
type element struct {
	XMLName xml.Name
	Items   []any
}

func wrapped[T any](list []T, outer, inner string) element {
	e := element{XMLName: xml.Name{Local: outer}}
	for _, item := range list {
		e.Items = append(e.Items, named{inner, item})
	}
	return e
}

// named is a value with the name that it has in a list.
type named struct {
	name  string
	value any
}

// MarshalXML writes the value under its name.
func (n named) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(n.value, xml.StartElement{Name: xml.Name{Local: n.name}})
}

func asXML(body any) any {
	switch list := body.(type) {
	case services:
		return wrapped(list, "services", "service")
	case issues:
		return wrapped(list, "service_requests", "request")
	case receipts:
		return wrapped(list, "service_requests", "request")
	case pairs:
		return wrapped(list, "service_requests", "request")
	case faults:
		return wrapped(list, "errors", "error")
	}
	return body
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (call request) write(w http.ResponseWriter, status int, body any) {
	var out bytes.Buffer
	if call.format == "json" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		var raw bytes.Buffer
		encoder := json.NewEncoder(&raw)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(body); err != nil {
			http.Error(w, "could not be written", http.StatusInternalServerError)
			return
		}
		out.Write(plain.EscapeJSON(raw.Bytes()))
	} else {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		out.WriteString(xml.Header)
		encoder := xml.NewEncoder(&out)
		encoder.Indent("", "  ")
		if err := encoder.Encode(asXML(body)); err != nil {
			http.Error(w, "could not be written", http.StatusInternalServerError)
			return
		}
	}
	w.WriteHeader(status)
	if call.Method != http.MethodHead {
		_, _ = w.Write(out.Bytes())
	}
}

// shown is text of people as it may stand in an answer.
func shown(s string) string { return strings.TrimSpace(plain.Block(s).String()) }
