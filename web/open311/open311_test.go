package open311_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
	"helpdesk.campus/storage/storagetest"
	"helpdesk.campus/web/open311"
)

type site struct {
	*storagetest.Campus
	t      *testing.T
	server *httptest.Server
	key    string
}

func newSite(t *testing.T) *site {
	t.Helper()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Campus: storagetest.NewCampus(t), t: t}
	s.server = httptest.NewServer(open311.New(s.Desk, words, open311.Options{
		Address: func(*http.Request) string { return "192.0.2.7" },
	}))
	t.Cleanup(s.server.Close)
	_, s.key, err = s.Desk.NewToken(t.Context(), storagetest.As(s.Ana, core.DoorSSH), core.NewToken{Name: "city app", Scope: core.TokenReport})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) send(method, path string, form url.Values, want int) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+"/open311/v2/"+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if response.StatusCode != want {
		s.t.Fatalf("%s %s: status %d, want %d: %s", method, path, response.StatusCode, want, raw)
	}
	if strings.HasSuffix(path, ".xml") {
		if !strings.HasPrefix(string(raw), `<?xml version="1.0" encoding="UTF-8"?>`) || response.Header.Get("Content-Type") != "text/xml; charset=utf-8" {
			s.t.Errorf("%s is no XML of the standard: %.100s", path, raw)
		}
	}
	return string(raw)
}

func (s *site) report(key string) url.Values {
	return url.Values{
		"api_key": {key}, "jurisdiction_id": {"city.gov"}, "service_code": {"heating"}, "address_id": {"LIB-204"},
		"description": {"The radiator drips \u202e\u009b31m <b>a lot"}, "first_name": {"Olga"}, "email": {"olga@example.edu"},
	}
}

// path of elements of an XML document, in their order, each once.
func elements(t *testing.T, document string) []string {
	t.Helper()
	var names []string
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Local)
		}
	}
}

func TestServicesHaveTheShapeOfTheStandard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	got := strings.Join(elements(t, s.send("GET", "services.xml?jurisdiction_id=city.gov", nil, http.StatusOK))[:9], " ")
	if got != "services service service_code service_name description metadata type keywords group" {
		t.Errorf("the elements are %s", got)
	}
	var list []map[string]any
	if err := json.Unmarshal([]byte(s.send("GET", "services.json", nil, http.StatusOK)), &list); err != nil || len(list) != 4 || list[0]["service_code"] != "heating" || list[0]["metadata"] != false {
		t.Errorf("the services are %v: %v", list, err)
	}
	if got := strings.Join(elements(t, s.send("GET", "services/network.xml", nil, http.StatusOK)), " "); !strings.HasPrefix(got, "service_definition service_code") {
		t.Errorf("the definition is %s", got)
	}
	if got := strings.Join(elements(t, s.send("GET", "services/none.xml", nil, http.StatusNotFound)), " "); got != "errors error code description" {
		t.Errorf("the errors are %s", got)
	}
}

func TestAnAppReportsAndSeesOnlyWhatStaffMadePublic(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answer := s.send("POST", "requests.xml", s.report(s.key), http.StatusCreated)
	if got := strings.Join(elements(t, answer), " "); got != "service_requests request service_request_id service_notice account_id" {
		t.Errorf("the receipt is %s", got)
	}
	_, id, _ := strings.Cut(answer, "<service_request_id>")
	id, _, _ = strings.Cut(id, "<")
	s.send("GET", "requests/"+id+".json", nil, http.StatusNotFound)
	if list := s.send("GET", "requests.json", nil, http.StatusOK); strings.TrimSpace(list) != "[]" {
		t.Errorf("what is not public is listed: %s", list)
	}
	page, err := s.Desk.Tickets(t.Context(), storagetest.As(s.Fay, core.DoorSSH), core.ListRequest{})
	if err != nil || len(page.Tickets) != 1 || page.Tickets[0].Location.Code != "LIB-204" || page.Tickets[0].Door != core.DoorAPI {
		t.Fatalf("the tickets are %+v: %v", page.Tickets, err)
	}
	ticket := page.Tickets[0].ID
	if _, err := s.Desk.Publish(t.Context(), storagetest.As(s.Fay, core.DoorSSH), ticket, 0, "A radiator in the library"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"requests/" + id + ".xml", "requests.xml", "requests.xml?status=open&service_code=heating&start_date=2020-01-01T00:00:00Z", "requests.xml?service_request_id=" + id} {
		got := s.send("GET", path, nil, http.StatusOK)
		if !strings.Contains(got, "A radiator in the library") || strings.Contains(got, "drips") || strings.Contains(got, "Olga") || strings.Contains(got, "Ana") || !strings.Contains(got, "<address_id>LIB-204</address_id>") {
			t.Errorf("%s: %s", path, got)
		}
	}
	want := "service_requests request service_request_id status status_notes service_name service_code description agency_responsible service_notice requested_datetime updated_datetime expected_datetime address address_id zipcode media_url"
	if got := strings.Join(elements(t, s.send("GET", "requests.xml", nil, http.StatusOK)), " "); got != want {
		t.Errorf("a request is %s", got)
	}
	if got := s.send("GET", "tokens/"+id+".xml", nil, http.StatusOK); !strings.Contains(got, "<token>"+id+"</token>") {
		t.Errorf("the token is %s", got)
	}
	if _, err := s.Desk.Close(t.Context(), storagetest.As(s.Fay, core.DoorSSH), ticket, 0, core.Closing{Resolution: core.Fixed}); err != nil {
		t.Fatal(err)
	}
	if got := s.send("GET", "requests.json?status=closed", nil, http.StatusOK); !strings.Contains(got, `"status":"closed"`) {
		t.Errorf("the closed ones are %s", got)
	}
	if got := s.send("GET", "requests.json?status=open", nil, http.StatusOK); strings.TrimSpace(got) != "[]" {
		t.Errorf("the open ones are %s", got)
	}
}

func TestAReportThatCannotBeTakenSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for field, c := range map[string]struct {
		value  string
		status int
	}{
		"api_key": {"", 403}, "service_code": {"none", 404}, "description": {"", 400}, "address_id": {"", 400},
	} {
		form := s.report(s.key)
		form.Set(field, c.value)
		got := s.send("POST", "requests.json", form, c.status)
		if field != "api_key" && !strings.Contains(got, field) {
			t.Errorf("without %s: %s", field, got)
		}
	}
	_, reading, err := s.Desk.NewToken(t.Context(), storagetest.As(s.Ana, core.DoorSSH), core.NewToken{Name: "reader", Scope: core.TokenRead})
	if err != nil {
		t.Fatal(err)
	}
	s.send("POST", "requests.json", s.report(reading), http.StatusForbidden)
	form := s.report(s.key)
	form.Del("address_id")
	form.Set("lat", "51.5")
	form.Set("long", "-0.12")
	s.send("POST", "requests.json", form, http.StatusCreated)
	s.send("GET", "requests.json?status=lost", nil, http.StatusBadRequest)
	s.send("GET", "requests.json?start_date=yesterday", nil, http.StatusBadRequest)
	s.send("DELETE", "requests.json", nil, http.StatusMethodNotAllowed)
	s.send("GET", "nothing.xml", nil, http.StatusNotFound)
}

// TestAttackOneCallThatAsksAThousandTimes has one call, which counts once, look the same request up as often as fits into an address.
func TestAttackOneCallThatAsksAThousandTimes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, answer, _ := strings.Cut(s.send("POST", "requests.xml", s.report(s.key), http.StatusCreated), "<service_request_id>")
	id, _, _ := strings.Cut(answer, "<")
	ticket := storagetest.Tickets(t, s.Desk)[0].Ticket.ID
	if _, err := s.Desk.Publish(t.Context(), storagetest.As(s.Fay, core.DoorSSH), ticket, 0, "Heating is off"); err != nil {
		t.Fatal(err)
	}
	ask := func(times, status int) {
		t.Helper()
		s.send("GET", "requests.json?service_request_id="+strings.TrimSuffix(strings.Repeat(id+",", times), ","), nil, status)
	}
	ask(50, http.StatusOK)
	ask(51, http.StatusBadRequest)
}
