package core_test

import (
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestCompletionOffersWhatExistsWithinWhatOneMaySee(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	lamp := c.Report(t, c.Ana, "The lamp is broken")
	c.ReportIn(t, c.Ben, "Somebody shouts at me", c.Abuse)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	if _, err := c.Desk.Tag(t.Context(), ines, lamp, core.TagChange{Add: []string{"exam-week"}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		who     core.User
		text    string
		choices string
	}{
		{c.Ines, "queue:", "it"},
		{c.Ada, "queue:", "conduct facilities it"},
		{c.Ines, "assignee:i", "ines ivan"},
		{c.Ines, "assignee:f", ""},
		{c.Ines, "reporter:", "me none ana"},
		{c.Cora, "reporter:b", "ben"},
		{c.Ines, "reporter:okafor", ""},
		{c.Ines, "tag:ex", "exam-week"},
		{c.Fay, "tag:ex", ""},
		{c.Ines, "category:net", "network"},
		{c.Ines, "location:lib", "LIB LIB-204"},
		{c.Ines, "location:read", "LIB-204"},
		{c.Ana, "location:sci", "SCI"},
		{c.Ana, "tag:", ""},
		{c.Ana, "reporter:a", ""},
		{c.Ines, "is:an", "anonymous"},
	} {
		got, err := c.Desk.Complete(t.Context(), storagetest.As(want.who, core.DoorSSH), want.text, len(want.text))
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, choice := range got.Choices {
			texts = append(texts, choice.Text)
		}
		if strings.Join(texts, " ") != want.choices {
			t.Errorf("%s types %s and is offered %q, want %q", want.who.Username, want.text, texts, want.choices)
		}
	}
}
