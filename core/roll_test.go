package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestAListOfPeopleIsReadWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		list string
		want string // line and code of what is wrong, "" if nothing
		made string
	}{
		{"new ones and old ones", "username,name,email,role,queues\nzoe,Zoe Zane,zoe@campus.example,staff,it facilities\nben,Benjamin Okafor,,,\nana,,,,\n", "", "1 1 1"},
		{"columns in another order, with a mark at the start", "\uFEFFName,Username\nZoe,zoe\n", "", "1 0 0"},
		{"nothing", "", "1 roll_empty", ""},
		{"a quotation mark in the first line", "user\"name\nzoe\n", "1 roll_quotes", ""},
		{"the character set of a spreadsheet", "username,name\nyan,Yan\nzoe,Zo\xe9\n", "3 roll_encoding", ""},
		{"another character set altogether", "\xff\xfeu\x00s\x00e\x00r\x00n\x00a\x00m\x00e\x00\n\x00", "1 roll_encoding", ""},
		{"a column misspelt", "username,mail\nzoe,z@x.example\n", "1 roll_column", ""},
		{"no username", "name\nZoe\n", "1 roll_missing", ""},
		{"a field too many", "username\nzoe\nyan,Yan\n", "3 roll_fields", ""},
		{"a quotation mark", "username,name\nzoe,Zo\"e\n", "2 roll_quotes", ""},
		{"a role that is none", "username,role\nzoe,boss\n", "2 role_unknown", ""},
		{"a queue that is none", "username,queues\nzoe,nowhere\n", "2 queue_unknown", ""},
		{"twice the same", "username\nzoe\nyan\nZOE\n", "4 roll_twice", ""},
		{"somebody else's address", "username,email\nzoe,ana@campus.example\n", "2 email_taken", ""},
		{"the last admin", "username,role\nada,reporter\n", "2 last_admin", ""},
		{"a name to hurt", "username\n=cmd|calc\n", "2 username_form", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := storagetest.NewCampus(t)
			ada := storagetest.As(c.Ada, core.DoorSSH)
			dry, err := c.Desk.ImportUsers(t.Context(), ada, strings.NewReader(test.list), true)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Desk.FindUser(t.Context(), ada, "zoe"); core.KindOf(err) != core.NotFound {
				t.Errorf("the dry run made somebody: %v", err)
			}
			report, err := c.Desk.ImportUsers(t.Context(), ada, strings.NewReader(test.list), false)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(dry) != fmt.Sprint(report) {
				t.Errorf("the dry run said %+v, and then it was %+v", dry, report)
			}
			checkRoll(t, report, test.want, test.made)
			_, err = c.Desk.FindUser(t.Context(), ada, "zoe")
			if there := err == nil; there != (test.want == "") {
				t.Errorf("zoe is there: %t", there)
			}
		})
	}
}

func checkRoll(t *testing.T, report core.RollReport, want, made string) {
	t.Helper()
	if want != "" {
		if len(report.Problems) == 0 || fmt.Sprintf("%d %s", report.Problems[0].Line, report.Problems[0].Code) != want {
			t.Errorf("it says %+v, want %s", report.Problems, want)
		}
		return
	}
	if got := fmt.Sprint(report.Made, report.Changed, report.Same); len(report.Problems) > 0 || got != made {
		t.Errorf("it made, changed and left %s (%+v), want %s", got, report.Problems, made)
	}
}

// Whoever puts a line right once does not want to hear of its next fault afterwards.
func TestEveryFaultOfALineIsSaid(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	report, err := c.Desk.ImportLocations(t.Context(), storagetest.As(c.Ada, core.DoorSSH), strings.NewReader("code,name,kind,parent\nA T,,tower,NIX\nLIB,,room,LIB-204\n\"odd,x\n"), true)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, p := range report.Problems {
		said = append(said, fmt.Sprintf("%d %s %s", p.Line, p.Field, p.Code))
	}
	want := []string{
		"2 code code_form", "2 name name_missing", "2 kind location_kind", "2 parent location_unknown", "3 name name_missing", "3 kind location_kind_stays", "3 parent parent_kind",
		"4 line roll_quotes", // which the reading of the file finds first
	}
	if !slices.Equal(said, want) {
		t.Errorf("it says %q, want %q", said, want)
	}
}

func TestAListOfPlacesMayNameParentsLater(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, list, want, made string
	}{
		{"rooms before their building", "code,name,kind,parent\nART-1,Studio,room,ART\nart,Art House,building,MAIN\n", "", "2 0 0"},
		{"a new name for what is there", "code,name,kind,parent\nLIB,Old Library,building,MAIN\nSCI,Science Hall,building,MAIN\n", "", "0 1 1"},
		{"a circle", "code,name,kind,parent\nART,Art,building,BRT\nBRT,Brt,building,ART\n", "2 parent_circle", ""},
		{"a parent that is nowhere", "code,name,kind,parent\nART,Art,building,NIX\n", "2 location_unknown", ""},
		{"a building in a room", "code,name,kind,parent\nART,Art,building,LIB-204\n", "2 parent_kind", ""},
		{"no kind of place", "code,name,kind\nART,Art,tower\n", "2 location_kind", ""},
		{"another kind than before", "code,name,kind\nLIB,Library,room\n", "2 location_kind_stays", ""},
		{"a bad line among good ones", "code,name,kind,parent\nART,Art,building,MAIN\nNIX,Nix,tower,MAIN\nBRT,Brt,building,MAIN\n", "3 location_kind", ""},
		{"a field too few", "code,name,kind\nART,Art,building\nBRT,Brt\n", "3 roll_fields", ""},
		{"a quotation mark", "code,name,kind\nART,Art,building\nBRT,B\"rt,building\n", "3 roll_quotes", ""},
		{"a column misspelt", "code,title,kind\nART,Art,building\n", "1 roll_column", ""},
		{"twice the same", "code,name,kind\nART,Art,building\nart,Art,building\n", "3 roll_twice", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := storagetest.NewCampus(t)
			ada := storagetest.As(c.Ada, core.DoorSSH)
			report, err := c.Desk.ImportLocations(t.Context(), ada, strings.NewReader(test.list), false)
			if err != nil {
				t.Fatal(err)
			}
			checkRoll(t, report, test.want, test.made)
			places, err := c.Desk.EveryLocation(t.Context(), ada)
			if err != nil {
				t.Fatal(err)
			}
			if before := 4; test.want != "" && len(places) != before {
				t.Errorf("there are %d places, want the %d from before", len(places), before)
			}
		})
	}
}
