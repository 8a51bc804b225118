package core_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/core/query"
	"helpdesk.campus/storage/storagetest"
)

// titles lists what somebody finds, in order.
func titles(t *testing.T, c *storagetest.Campus, who core.User, text string) []string {
	t.Helper()
	page := find(t, c, who, text)
	list := make([]string, len(page.Tickets))
	for i := range page.Tickets {
		list[i] = page.Tickets[i].Title
	}
	return list
}

func find(t *testing.T, c *storagetest.Campus, who core.User, text string) core.Page {
	t.Helper()
	page, err := c.Desk.Tickets(t.Context(), storagetest.As(who, core.DoorSSH), core.ListRequest{Query: parse(t, text)})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestWordsAreFoundByStemBeginningPersonAndPlace(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	lamp := c.Report(t, c.Ana, "The lamps are flickering")
	c.Report(t, c.Ben, "No network at all")
	if _, err := c.Desk.Note(t.Context(), storagetest.As(c.Ines, core.DoorSSH), lamp, core.NewMessage{Body: "Ballast is gone"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Take(t.Context(), storagetest.As(c.Ivan, core.DoorSSH), lamp, 0); err != nil {
		t.Fatal(err)
	}
	for _, learnt := range []bool{false, true} {
		for words, want := range map[string]string{
			"lamp":                   "The lamps are flickering",
			"flicker lamp":           "The lamps are flickering",
			"flic":                   "The lamps are flickering",
			"netw":                   "No network at all",
			"ballast flickering":     "The lamps are flickering",
			"okafor":                 "No network at all",
			"reading room lamp":      "The lamps are flickering",
			"LIB-204 network":        "No network at all",
			"ivan":                   "The lamps are flickering",
			`"lamps are flickering"`: "The lamps are flickering",
			`"are flickering lamps"`: "",
			"happened -lamp":         "No network at all",
			"lamp status:open":       "",
			"lamp sort:number":       "The lamps are flickering",
			"the lamp":               "The lamps are flickering",
			"zeppelin":               "",
		} {
			if got := strings.Join(titles(t, c, c.Ines, words), "|"); got != want {
				t.Errorf("%s (learnt: %v): %q, want %q", words, learnt, got, want)
			}
		}
		if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
			t.Fatal(err)
		}
	}
	if got := titles(t, c, c.Ines, "flickerin"); !slices.Equal(got, []string{"The lamps are flickering"}) {
		t.Errorf("half a word that has an ending finds %q", got)
	}
}

// TestAWordIsFoundHoweverItIsHyphened looks for words as some write them in tickets of others, who write them otherwise: as staff of one
// queue and of all, and as who reported it, by rank and in an order, before and after the words have been learnt.
func TestAWordIsFoundHoweverItIsHyphened(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	for _, title := range []string{"The Wi-Fi is down", "No wifi in the lab", "My e-mails are gone", "No email since Monday", "Log-in fails", "WLAN-Kabel für später"} {
		c.Report(t, c.Ana, title)
	}
	for _, learnt := range []bool{false, true} {
		for words, want := range map[string]string{
			"wifi":               "No wifi in the lab|The Wi-Fi is down",
			"Wi-Fi":              "No wifi in the lab|The Wi-Fi is down",
			"WI-FI lab":          "No wifi in the lab",
			"emails":             "My e-mails are gone|No email since Monday",
			"e-mail":             "My e-mails are gone|No email since Monday",
			"login":              "Log-in fails",
			"wlankabel":          "WLAN-Kabel für später",
			"email -wifi monday": "No email since Monday",
			"no -e-mail":         "No wifi in the lab|Log-in fails|The Wi-Fi is down|WLAN-Kabel für später",
			`"wifi"`:             "No wifi in the lab", // as it stands
			"wif-i":              "No wifi in the lab",
			"lo-gin":             "",
		} {
			wanted := strings.Split(want, "|")
			slices.Sort(wanted)
			for _, who := range []core.User{c.Ines, c.Ada, c.Ana} {
				for _, order := range []string{"", " sort:number", " sort:-created"} {
					got := titles(t, c, who, words+order)
					if slices.Sort(got); strings.Join(got, "|") != strings.Join(wanted, "|") {
						t.Errorf("%s looks for %s%s (learnt: %v): %q, want %q", who.Username, words, order, learnt, got, wanted)
					}
				}
			}
		}
		if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAMisspeltWordFindsTheRightOne(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "The projector stays dark")
	c.ReportIn(t, c.Ben, "Quicksilver in the drain", c.Heating)
	c.ReportIn(t, c.Ben, "Somebody is stalking me", c.Abuse)
	if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	page := find(t, c, c.Ines, "projetcor dark")
	if len(page.Tickets) != 1 || !slices.Equal(page.Respelled, []core.Respelling{{Typed: "projetcor", Word: "projector"}}) {
		t.Errorf("found %d, respelled %v", len(page.Tickets), page.Respelled)
	}
	for words, who := range map[string]*core.User{
		"quicksilvre":    &c.Ines, // stands in another team's ticket
		"zeppelin":       &c.Fay,  // is near nothing
		"stalkign":       &c.Cora, // stands in a confidential ticket, which teaches nothing
		`"projetcor"`:    &c.Ivan, // is to be found as it stands
		"tag:projetcor":  &c.Ivan, // is no word
		"-projetcor sun": &c.Ada,  // is not to be found
	} {
		if page := find(t, c, *who, words); len(page.Tickets) != 0 || len(page.Respelled) != 0 {
			t.Errorf("%s looks for %s: found %d, respelled %v", who.Username, words, len(page.Tickets), page.Respelled)
		}
	}
	if page := find(t, c, c.Ana, "projetcor"); len(page.Respelled) != 1 {
		t.Errorf("its reporter finds %d, respelled %v", len(page.Tickets), page.Respelled)
	}
}

// TestAttackAskingWhetherAWordStandsInAnothersTicket lets somebody report words that are nearly those they are curious about, and look
// for those: they are told the same whether another's ticket holds them or none.
func TestAttackAskingWhetherAWordStandsInAnothersTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	c.Report(t, c.Ana, "Somebody said quicksilver")
	bait := c.ReportIn(t, c.Ben, "xquicksilver xquicksand", c.Heating)
	if err := c.Desk.LearnWords(t.Context(), core.System()); err != nil {
		t.Fatal(err)
	}
	for _, who := range []core.User{c.Ben, c.Fay} {
		there, nowhere := find(t, c, who, "quicksilver"), find(t, c, who, "quicksand")
		for _, page := range []core.Page{there, nowhere} {
			if len(page.Tickets) != 1 || page.Tickets[0].ID != bait || len(page.Respelled) != 1 {
				t.Errorf("%s finds %d, respelled %v", who.Username, len(page.Tickets), page.Respelled)
			}
		}
	}
	// What they may read themselves is right as it is, also where something else keeps it from being found.
	if page := find(t, c, c.Ines, "quicksilver priority:urgent"); len(page.Tickets) != 0 || len(page.Respelled) != 0 {
		t.Errorf("a word that is right is respelled: %v", page.Respelled)
	}
}

func TestWhatMatchesBestComesFirstAndPagesGoOn(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	best := c.Report(t, c.Ana, "Printer jam: the printer of the printers jams")
	for i := range 230 {
		_, err := c.Desk.Report(t.Context(), storagetest.As(c.Ben, core.DoorSSH), core.NewTicket{
			Title: fmt.Sprintf("Number %d", i), Description: "It is about a printer, somewhere in the middle of many other words.", Category: c.Printing.ID, Where: core.Where{Words: "LIB-204"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if i == 40 {
			best = c.Report(t, c.Ana, "Printer jam: printer")
		}
	}
	seen := map[core.TicketID]bool{}
	var after string
	for pages := 0; pages == 0 || after != ""; pages++ {
		page, err := c.Desk.Tickets(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ListRequest{Query: parse(t, "printer"), After: after, Limit: 30})
		if err != nil {
			t.Fatal(err)
		}
		if pages == 0 && (page.Tickets[0].ID != best || !page.Ranked) {
			t.Errorf("the first is %s %q, want %s", page.Tickets[0].ID, page.Tickets[0].Title, best)
		}
		for i := range page.Tickets {
			if seen[page.Tickets[i].ID] {
				t.Fatalf("%s comes twice", page.Tickets[i].ID)
			}
			seen[page.Tickets[i].ID] = true
		}
		if after = page.Next; pages > 20 {
			t.Fatal("the list does not end")
		}
	}
	if len(seen) != 232 {
		t.Errorf("%d tickets came, want 232", len(seen))
	}
	counts, err := c.Desk.CountViews(t.Context(), storagetest.As(c.Ines, core.DoorSSH), []core.View{
		{Query: parse(t, "status:open")}, {Query: parse(t, "printer status:open")}, {Query: parse(t, "status:closed")}, {Query: parse(t, "zeppelin")},
	})
	if err != nil || counts[0].N != 232 || counts[1].N != 232 || counts[2].N != 0 || counts[3].N != 0 {
		t.Errorf("counted %v, %v", counts, err)
	}
}

func TestACursorThatNoListGaveIsRefused(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	for _, cursor := range []string{"x", "e30", "x.y", "bnVsbA.e30", "eyJiZWxvdyI6LTF9"} {
		for _, text := range []string{"lamp", "status:open"} {
			_, err := c.Desk.Tickets(t.Context(), storagetest.As(c.Ines, core.DoorSSH), core.ListRequest{Query: parse(t, text), After: cursor})
			if core.KindOf(err) != core.Invalid {
				t.Errorf("%s behind %q: %v", text, cursor, err)
			}
		}
	}
}

// TestQueriesFindByEveryField has one ticket that a term finds, and one that it does not.
func TestQueriesFindByEveryField(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines := storagetest.As(c.Ines, core.DoorSSH)
	done := c.Report(t, c.Ana, "Done")
	c.Report(t, c.Ben, "Waits")
	if _, err := c.Desk.Reply(t.Context(), ines, done, core.NewMessage{Body: "On it"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(t.Context(), ines, done, 0, core.Closing{Resolution: core.Answered}); err != nil {
		t.Fatal(err)
	}
	day := c.Desk.Now().Format("2006-01-02")
	for text, want := range map[string]string{
		"closed:" + day:                 "Done",
		"-closed:" + day:                "Waits",
		"closed:2001":                   "",
		"updated:" + day + "..":         "Done|Waits",
		"response:<1h":                  "Done",
		"-response:<1h":                 "Waits",
		"response:>1h":                  "",
		"duration:<=1d":                 "Done",
		"resolution:answered|fixed":     "Done",
		"-resolution:answered":          "Waits",
		"line:it":                       "Done|Waits",
		"line:facilities":               "",
		"door:ssh":                      "Done|Waits",
		"-door:ssh":                     "",
		"follower:none":                 "Done|Waits",
		"follower:ben":                  "",
		"is:confidential|public":        "",
		"-is:snoozed -is:merged":        "Done|Waits",
		"is:anonymous":                  "",
		"queue:it":                      "Done|Waits",
		"-queue:it":                     "",
		"queue:facilities":              "",
		"queue:it|facilities -queue:it": "",
		"queue:it status:closed":        "Done",
		"assignee:none":                 "Done|Waits",
		"sort:number queue:it":          "Done|Waits",
	} {
		for _, who := range []core.User{c.Ines, c.Ada} {
			got := titles(t, c, who, text)
			slices.Sort(got)
			if strings.Join(got, "|") != want {
				t.Errorf("%s looks for %s: %q, want %q", who.Username, text, got, want)
			}
		}
	}
	if _, err := c.Desk.Tickets(t.Context(), storagetest.As(c.Ana, core.DoorSSH), core.ListRequest{Query: parse(t, "follower:ben|none")}); !outsideQuery(err) {
		t.Errorf("a reporter asks who follows: %v", err)
	}
}

// outsideQuery reports whether a query was refused because it asks by what its sender may not.
func outsideQuery(err error) bool {
	refused, ok := errors.AsType[*query.Error](err)
	return ok && refused.Code == query.CodeUnknownField
}
