package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
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
		action.HandOver:  "a draft belongs to the console that it is being written in",
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

// withoutDoor are the use-cases without a verb or without an operation, by the reason.
func withoutDoor() map[string]string {
	return map[string]string{
		"rights and routing are changed by people at the admin desk, or by subcommands on the host, which scripts there call: a token or key that leaks changes neither": `
		AddCategory AddHoliday AddHolidays AddKey AddKioskKey AddLocation AddQueue AddUser Disable EditCategory EditLocation EditQueue EditUser EndSessionFor
		ImportHolidays ImportLocations ImportUsers Join Leave RemoveCategory RemoveHoliday RemoveLocation Revert RevertSetting RevokeKey RevokeKioskKey SetDayHours SetHolidays
		SetOfficeHours SetRole SetSetting`,
		"it lists for the admin desk what can be changed there; subcommands of helpdesk print it on the host": `
		AllCategories Dossier EveryLocation EveryQueue FindQueue Keys KioskKeys LiveSessions Setting SettingBefore Settings StartName StartZone TeamOf Trail`,
		"the host runs it: upkeep, copies, imports from other systems and the proof of history": `
		AuditHeads CleanUp Examine Health Import Imported LearnWords PackDays RecordBackup SealHistory SendHeld VerifyHistory WakeSnoozed`,
		"a token makes no ways in and ends none but its own; keys and tokens are made by a person's own verbs": `
		AddOwnKey IssueCode NewToken OwnKeys RevokeOwnKey Tokens`,
		"it needs a password or a browser: sign-in, sign-up and the list of sign-ins are on the page and in the console": `
		ChangePassword EndSession Sessions SignIn SignInByKey SignInWithCode SignOut SignOutEverywhere SignUp`,
		"a private link belongs in the hands of whoever stands before its reporter": `
		Adopt Guest RenewLink RenewedLink RevokeLink`,
		"a draft is what somebody is typing: it lives in the console": `
		Drafts HandOver HandedAnywhere HandedOn KeepDraft TakeOver WithdrawDraft`,
		"it serves what is on a screen: what was seen, who looks, where one was, what a form offers or would do, what was cut off, how one likes it": `
		Callers CheckDays Colleagues Glance GoOn LastKnown LeaveOff Look MoveView News Notices OfficeTime Place PlanMacro PlanSplit Preferences Present ReportedAlready
		SavePlace SetLanguage SetNotices SetPreferences Sit Term Unfinished Unseen`,
		"it serves the steps of the page's form, its private files or its lists of choices": `
		Buildings CheckFormKey CheckReport EmergencyNotes FindPlace IssueHandle MoveUploads RemoveUploads Reported Rooms SuggestPlaces Uploads`,
		"the door asks it of every request or file, and no person by name": `
		CountCall KeepFace KeyKnown MaxFile Name Me NewFormKey Now OpenWall SessionActor ThisToken TokenActor`,
		"a door of its own serves it: Open311, the wall, or a link that opens one file": `
		LinkFile OpenLinkedFile PublicIssues`,
		"the other door has it in a form of its own: ReadFile serves ranges, xargs does what Bulk does": `
		Bulk OpenFile PlanBulk ReadFile TicketFiles`,
		"over SSH is:public finds what is known, and follow follows it: a page of the public's has no use there": `
		Following KnownIssue KnownIssues MeToo`,
		"over SSH completion offers tags, who names colleagues who are here, and report counts in office hours; the lists are for programs": `
		Holidays OfficeHours Tags Team Users`,
	}
}

// TestEveryUseCaseHasItsVerbAndItsOperation looks where the doors for programs call the desk: each of its exported methods
// is called by both, or the list below says why not.
func TestEveryUseCaseHasItsVerbAndItsOperation(t *testing.T) {
	t.Parallel()
	verbs := callsOfDesk(t, "../../sshserver/verb", "../../core/reporting")
	operations := callsOfDesk(t, "../../web/api", "../../core/reporting")
	why := map[string]string{}
	for reason, methods := range withoutDoor() {
		for method := range strings.FieldsSeq(methods) {
			why[method] = reason
		}
	}
	desk := reflect.TypeFor[*core.Desk]()
	for method := range desk.Methods() {
		name := method.Name
		switch missing := missingOf(verbs[name], operations[name]); {
		case missing != "" && why[name] == "":
			t.Errorf("core.Desk.%s has no %s", name, missing)
		case missing == "" && why[name] != "":
			t.Errorf("core.Desk.%s has its verb and its operation, and stands on the list of those without: %s", name, why[name])
		}
		delete(why, name)
	}
	for name, reason := range why {
		t.Errorf("there is no core.Desk.%s any more, of which the list says: %s", name, reason)
	}
}

func missingOf(verb, operation bool) string {
	switch {
	case !verb && !operation:
		return "verb and no operation of the API"
	case !verb:
		return "verb"
	case !operation:
		return "operation of the API"
	}
	return ""
}

// callsOfDesk are the names of what the code in the folders calls of a thing that is called desk.
func callsOfDesk(t *testing.T, folders ...string) map[string]bool {
	t.Helper()
	calls := map[string]bool{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				switch of := call.X.(type) {
				case *ast.SelectorExpr:
					calls[call.Sel.Name] = calls[call.Sel.Name] || strings.EqualFold(of.Sel.Name, "desk")
				case *ast.Ident:
					calls[call.Sel.Name] = calls[call.Sel.Name] || strings.EqualFold(of.Name, "desk")
				}
				return true
			})
		}
	}
	return calls
}
