package importer_test

import (
	"bytes"
	"testing"
	"time"

	"helpdesk.campus/cmd/helpdesk/importer"
)

// FuzzRead reads anything as an incident event log: incidents with their number, or lines with the reason why not.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"number,incident_state,sys_updated_at\nINC1,New,29-2-2016 01:16\nINC1,Closed,5-3-2016 12:00\n",
		"\ufeffnumber,incident_state,sys_updated_at,title\nINC1,New,29-02-2016 01:16\n", "number\n\"", "", "number,incident_state,sys_updated_at\n\"INC1\"x,New,\n\"",
		"number,incident_state,sys_updated_at\n,,\n?,?,?\n\xff,\x00,31-12-9999 23:59\n", "number,number,incident_state,sys_updated_at\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		log, err := importer.Read(bytes.NewReader(file), time.UTC)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, incident := range log.Incidents {
			if incident.Number == "" || seen[incident.Number] {
				t.Errorf("the incident %q is without a number or there twice", incident.Number)
			}
			seen[incident.Number] = true
		}
		for _, u := range log.Unusable {
			if u.Line < 1 || u.Reason == "" {
				t.Errorf("%+v", u)
			}
		}
		if len(log.Incidents)+len(log.Unusable) > 2*log.Lines {
			t.Errorf("%d incidents and %d unusable lines of %d lines", len(log.Incidents), len(log.Unusable), log.Lines)
		}
	})
}
