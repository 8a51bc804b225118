package importer

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"helpdesk.campus/core"
)

var lisbon = time.FixedZone("campus", 2*60*60)

func sample(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t testing.TB, data []byte) *Log {
	t.Helper()
	log, err := Read(bytes.NewReader(data), lisbon)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func incident(t testing.TB, log *Log, number string) Incident {
	t.Helper()
	for _, i := range log.Incidents {
		if i.Number == number {
			return i
		}
	}
	t.Fatalf("no incident %s", number)
	return Incident{}
}

func TestReadGroupsLinesByIncidentInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	log := read(t, sample(t))
	if len(log.Incidents) != 8 || log.Lines != 71 || len(log.Unusable) != 0 {
		t.Fatalf("read %d incidents of %d lines, unusable %v", len(log.Incidents), log.Lines, log.Unusable)
	}
	back := incident(t, log, "INC0000137")
	var got []string
	for _, e := range back.entries {
		got = append(got, e.values[colState]+" "+e.at.Format(time.RFC3339))
	}
	want := []string{
		"New 2016-02-29T11:10:00+02:00", "New 2016-02-29T09:52:00+02:00",
		"Resolved 2016-02-29T11:03:00+02:00", "Closed 2016-03-05T12:00:00+02:00",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("INC0000137 runs back in time for a step (-want +got):\n%s", d)
	}
}

func TestReadAcceptsOtherFormsOfTheSameFile(t *testing.T) {
	t.Parallel()
	plain := sample(t)
	want := fmt.Sprint(*read(t, plain))
	for name, data := range map[string][]byte{
		"with line ends of Windows":  bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")),
		"with a byte order mark":     append([]byte("\xEF\xBB\xBF"), plain...),
		"without a line end at last": bytes.TrimRight(plain, "\n"),
		"with capitals in the names": bytes.Replace(plain, []byte("number,incident_state"), []byte("Number,Incident_State"), 1),
	} {
		if got := fmt.Sprint(*read(t, data)); got != want {
			t.Errorf("%s, it reads differently", name)
		}
	}
}

func TestReadKeepsScatteredLinesOfAnIncidentTogether(t *testing.T) {
	t.Parallel()
	log := read(t, []byte("number,incident_state,sys_updated_at\nA,New,01-03-2016 08:00\nB,New,01-03-2016 08:10\nA,Closed,01-03-2016 09:00\n"))
	if len(log.Incidents) != 2 || len(incident(t, log, "A").entries) != 2 {
		t.Errorf("incidents = %v", log.Incidents)
	}
}

func TestReadRefusesWhatIsNoLog(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, data, want string }{
		{"an empty file", "", "empty"},
		{"another table", "a,b,c\n1,2,3\n", "number, incident_state, sys_updated_at"},
		{"a log without times", "number,incident_state\nA,New\n", "sys_updated_at"},
		{"a header that is no CSV", "\"number,incident_state\nA,New", "names the columns"},
	} {
		_, err := Read(strings.NewReader(test.data), time.UTC)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one that says %q", test.name, err, test.want)
		}
	}
	if _, err := Read(io.MultiReader(strings.NewReader("number,incident_state,sys_updated_at\n"), failing{io.ErrClosedPipe}), time.UTC); err == nil {
		t.Error("a file that cannot be read to its end is no error")
	}
}

func TestReadNamesEachLineThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	const header = "number,incident_state,sys_updated_at,opened_at,priority\n"
	for _, test := range []struct {
		name, line string
		want       string
		number     string
	}{
		{"state", "A,Dreaming,01-03-2016 08:00,?,?", `a state that is not known: "Dreaming"`, "A"},
		{"no state", "A,?,01-03-2016 08:00,?,?", `a state that is not known: ""`, "A"},
		{"control codes", "A,\x1b[31mred,01-03-2016 08:00,?,?", `"\x1b[31mred"`, "A"},
		{"time", "A,New,2016-03-01 08:00,?,?", "no time of its update", "A"},
		{"no time", "A,New,?,?,?", "no time of its update", "A"},
		{"a day that does not exist", "A,New,31-02-2016 08:00,?,?", "no time of its update", "A"},
		{"time of opening", "A,New,01-03-2016 08:00,soon,?", "a time of its opening", "A"},
		{"priority", "A,New,01-03-2016 08:00,?,9 - Whatever", "a priority that is not known", "A"},
		{"no number", "?,New,01-03-2016 08:00,?,?", "no incident number", ""},
		{"too few columns", "A,New,01-03-2016 08:00", "has 3 columns where the header has 5", "A"},
		{"too many columns", "A,New,01-03-2016 08:00,?,?,?", "has 6 columns where the header has 5", "A"},
		{"a stray quote", `A,N"ew,01-03-2016 08:00,?,?`, "not well-formed CSV", ""},
	} {
		data := header + "A,New,01-03-2016 07:00,?,?\n" + test.line + "\nB,New,01-03-2016 09:00,?,?\n"
		log := read(t, []byte(data))
		if len(log.Unusable) != 1 {
			t.Errorf("%s: unusable lines %v, want one", test.name, log.Unusable)
			continue
		}
		u := log.Unusable[0]
		if u.Line != 3 || u.Number != test.number || !strings.Contains(u.Reason, test.want) {
			t.Errorf("%s: line %d of %q %s; want line 3 of %q, %q", test.name, u.Line, u.Number, u.Reason, test.number, test.want)
		}
		wantIncidents := 1 // B; an incident with a line that cannot be used is left out whole
		if test.number == "" {
			wantIncidents = 2
		}
		if len(log.Incidents) != wantIncidents || log.Lines != 3 {
			t.Errorf("%s: %d incidents of %d lines, want %d of 3", test.name, len(log.Incidents), log.Lines, wantIncidents)
		}
	}
}

func TestAQuoteThatNeverEndsSaysHowFarItReaches(t *testing.T) {
	t.Parallel()
	log := read(t, []byte("number,incident_state,sys_updated_at\nA,New,01-03-2016 08:00\nB,\"New,01-03-2016 08:00\nC,New,01-03-2016 08:00\n"))
	if len(log.Unusable) != 1 || log.Unusable[0].Line != 3 || !strings.Contains(log.Unusable[0].Reason, "lines 3 to ") {
		t.Errorf("unusable = %v", log.Unusable)
	}
	if len(log.Incidents) != 1 {
		t.Errorf("incidents = %v, want the one before", log.Incidents)
	}
}

// pretend numbers all that an incident names, as the database would.
func pretend(i Incident) *campus {
	c := &campus{
		queues: map[string]core.QueueID{}, categories: map[kind]core.CategoryID{},
		locations: map[string]core.LocationID{}, people: map[string]core.Person{},
	}
	n := needsOf([]Incident{i})
	for name := range n.staff {
		c.people[name] = core.Person{ID: core.UserID(len(c.people) + 1), Username: username(name), Name: name}
	}
	return c
}

func steps(t testing.TB, number string) []string {
	t.Helper()
	i := incident(t, read(t, sample(t)), number)
	c := pretend(i)
	names := map[string]string{}
	for name, p := range c.people {
		names[userCode(p)] = name
	}
	var list []string
	for _, s := range c.convert(i).Steps {
		to := s.To
		if s.Field == core.FieldAssignee {
			to = names[to]
		}
		line := s.At.Format("02.01. 15:04") + " " + s.By.Name + ": " + s.Field + " " + to
		if s.Source != "" {
			line += " (" + s.Source + ")"
		}
		list = append(list, line)
	}
	return list
}

func TestHistoryOfAPlainIncident(t *testing.T) {
	t.Parallel()
	want := []string{
		"29.02. 08:53 Updated by 642: status closed (Resolved)",
		"29.02. 08:53 Resolved by 149: resolution fixed (code 5)",
		"05.03. 12:00 Updated by 908: status closed (Closed)",
	}
	if d := cmp.Diff(want, steps(t, "INC0000045")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestHistoryOfAnIncidentThatWasReopened(t *testing.T) {
	t.Parallel()
	want := []string{
		"29.02. 09:13 Updated by 265: assignee Resolver 31",
		"29.02. 20:09 Updated by 111: status active (Awaiting User Info)",
		"29.02. 20:09 Updated by 111: waiting reporter",
		"03.03. 17:29 Updated by 727: waiting ",
		"03.03. 17:29 Updated by 727: status active (Active)",
		"04.03. 11:15 Updated by 451: queue group-50",
		"04.03. 12:17 Updated by 259: queue group-70",
		"04.03. 14:08 Updated by 336: queue group-29",
		"04.03. 15:51 Updated by 135: queue group-23",
		"07.03. 11:50 Updated by 507: status active (Awaiting User Info)",
		"07.03. 11:50 Updated by 507: waiting reporter",
		"14.03. 08:13 Updated by 135: waiting ",
		"14.03. 08:13 Updated by 135: status closed (Resolved)",
		"17.03. 16:27 Updated by 241: status active (Active)",
		"17.03. 16:28 Updated by 241: status closed (Resolved)",
		"17.03. 16:28 Resolved by 30: resolution fixed (code 4)",
		"24.03. 18:59 Updated by 908: status closed (Closed)",
	}
	if d := cmp.Diff(want, steps(t, "INC0000102")); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestHistoryKeepsTheStatesThatAreOneToUs(t *testing.T) {
	t.Parallel()
	got := strings.Join(steps(t, "INC0001349"), "\n")
	for _, want := range []string{
		"status active (Awaiting Vendor)", "waiting third_party", "status active (Awaiting Evidence)", "priority low", "queue group-31",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestATicketBeginsWithTheEarliestTimeThatIsKnown(t *testing.T) {
	t.Parallel()
	log := read(t, sample(t))
	for number, want := range map[string]string{
		"INC0000045": "2016-02-29T01:16:00+02:00", // opened before it was written down
		"INC0000164": "2016-02-29T08:53:00+02:00", // updated before it was opened
		"INC0000137": "2016-02-29T09:48:00+02:00", // runs back in time
	} {
		if got := created(incident(t, log, number)).Format(time.RFC3339); got != want {
			t.Errorf("%s begins %s, want %s", number, got, want)
		}
	}
}

func TestWhatHasNoPlaceOfOursIsInTheDescription(t *testing.T) {
	t.Parallel()
	i := incident(t, read(t, sample(t)), "INC0000045")
	got := pretend(i).convert(i)
	if got.Title != "Category 55, Subcategory 170, Symptom 72" {
		t.Errorf("title %q", got.Title)
	}
	for _, want := range []string{"INC0000045", "contact_type: Phone", "made_sla: TRUE", "closed_code: code 5", "resolved_at: 29-02-2016 11:29"} {
		if !strings.Contains(got.Description, want) {
			t.Errorf("no %q in the description:\n%s", want, got.Description)
		}
	}
	if strings.Contains(got.Description, "?") {
		t.Errorf("the description speaks of what is not known:\n%s", got.Description)
	}
}

func TestNamesBecomeCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want string }{
		{username("Opened by 8"), "opened-by-8"},
		{username("Caller 2403"), "caller-2403"},
		{username("42nd Street"), "p-42nd-street"},
		{queueCode("Group 70"), "group-70"},
		{queueCode(""), "no-group"},
		{locationCode("Location 143"), "LOC143"},
		{locationCode("Main Hall"), "MAIN-HALL"},
		{locationCode(""), ""},
		{kind{"Category 55", "Subcategory 170"}.code(), "category-55.subcategory-170"},
		{kind{"Category 55", ""}.code(), "category-55.other"},
		{kind{}.code(), "no-category.other"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	names := []string{
		"José Peña", "Jos Pea", "王小明", "李小明", "!!!", "???", strings.Repeat("a", 50), strings.Repeat("a", 51), "O'Brien", "O Brien", "7",
	}
	seen := map[string]string{}
	for _, name := range names {
		u := username(name)
		if len(u) > maxUsername || len(u) < 2 || u[0] < 'a' || u[0] > 'z' {
			t.Errorf("%q becomes %q", name, u)
		}
		if other, ok := seen[u]; ok {
			t.Errorf("%q and %q are both %q", name, other, u)
		}
		seen[u] = name
	}
}

func TestReportSaysEverything(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := Report{DryRun: true, Lines: 10, Incidents: 3, New: 1, Already: 1, Left: 1, Messages: 1, Events: 7, Reporters: 2, Unusable: []Unusable{
		{Line: 4, Number: "INC\x1b[2J", Reason: "has no sense"}, {Line: 9, Reason: "has no incident number"},
	}}
	r.Print(&out)
	for _, want := range []string{"dry run", "10 lines about 3 incidents", "2 reporters", `line 4 ("INC\x1b[2J"): has no sense`, "line 9: has no incident number"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestBarDrawsOnTerminalsOnly(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if Bar(file) != nil || Bar(io.Discard) != nil {
		t.Error("a bar is drawn into what is no terminal")
	}
	var out strings.Builder
	draw := bar(&out)
	for n := range 1000 {
		draw(n+1, 1000)
	}
	if got := strings.Count(out.String(), "\r"); got > 101 || !strings.HasSuffix(out.String(), "1000 of 1000\n") {
		t.Errorf("drawn %d times, ends %q", got, out.String()[out.Len()-30:])
	}
}
