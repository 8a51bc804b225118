package main

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/action"
	"helpdesk.campus/core/text"
	"helpdesk.campus/web/api"
)

func TestEveryActionHasItsOperation(t *testing.T) {
	t.Parallel()
	words, err := text.New()
	if err != nil {
		t.Fatal(err)
	}
	programs, err := api.New(&core.Desk{}, words, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	excused := map[action.Name]string{
		action.RenewLink: "a private link belongs in the hands of whoever stands before its reporter",
		action.HandOver:  "a draft belongs to the console that it was written in",
		action.Code:      "a program must not make ways in",
	}
	for _, a := range action.All() {
		why, without := excused[a.Name]
		switch done := programs.Actions()[a.Name]; {
		case done && without:
			t.Errorf("the API does %q, and it stands on the list of what it does not: %s", a.Name, why)
		case !done && !without:
			t.Errorf("no operation of the API does %q", a.Name)
		}
	}
}
