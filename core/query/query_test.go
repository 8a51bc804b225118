package query_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"helpdesk.campus/core/query"
)

func TestParseMakesTermsThatKnowTheirPlace(t *testing.T) {
	t.Parallel()
	got := parse(t, `status:open|active -tag:"exam week" ü #1042 sort:-priority`)
	want := query.Query{
		Source: `status:open|active -tag:"exam week" ü #1042 sort:-priority`,
		Terms: []query.Term{
			{
				Field: query.Status, Offset: 0, Length: 18,
				Values: []query.Value{{Text: "open", Offset: 7, Length: 4}, {Text: "active", Number: 1, Offset: 12, Length: 6}},
			},
			{
				Field: query.Tag, Negated: true, Offset: 19, Length: 16,
				Values: []query.Value{{Text: "exam week", Offset: 24, Length: 11}},
			},
			{Field: query.Text, Offset: 36, Length: 2, Values: []query.Value{{Text: "ü", Offset: 36, Length: 2}}},
			{Field: query.Number, Offset: 39, Length: 5, Values: []query.Value{{Text: "1042", Number: 1042, Offset: 39, Length: 5}}},
		},
		Sort: []query.SortKey{{Key: "priority", Descending: true, Offset: 50, Length: 9}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseReadsEachKindOfValue(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for source, want := range map[string]query.Term{
		"STATUS:Closed":   {Field: query.Status, Values: []query.Value{{Text: "closed", Number: 2}}},
		"assignee:ME":     {Field: query.Assignee, Values: []query.Value{{Text: query.Me}}},
		"reporter:Ada":    {Field: query.Reporter, Values: []query.Value{{Text: "Ada"}}},
		"location:LIB*":   {Field: query.Location, Values: []query.Value{{Text: "LIB", Prefix: true}}},
		`category:"a b"*`: {Field: query.Category, Values: []query.Value{{Text: "a b", Prefix: true}}},
		`category:"a*b"`:  {Field: query.Category, Values: []query.Value{{Text: "a*b"}}},
		"tag:c*":          {Field: query.Tag, Values: []query.Value{{Text: "c*"}}},
		"priority:>=high": {Field: query.Priority, Op: query.OpAtLeast, Values: []query.Value{{Text: "high", Number: 2}}},
		"-waiting:none":   {Field: query.Waiting, Negated: true, Values: []query.Value{{Text: "none", Number: 2}}},
		"number:7":        {Field: query.Number, Values: []query.Value{{Text: "7", Number: 7}}},
		"age:>90m":        {Field: query.Age, Op: query.OpAbove, Values: []query.Value{{Text: "90m", Duration: 90 * time.Minute}}},
		"idle:<=14D":      {Field: query.Idle, Op: query.OpAtMost, Values: []query.Value{{Text: "2w", Duration: 14 * day}}},
		"created:2026":    {Field: query.Created, Values: []query.Value{{Text: "2026", From: query.Date{Year: 2026}, To: query.Date{Year: 2026}}}},
		"created:2026-09-30..2026-09": {Field: query.Created, Values: []query.Value{{
			Text: "2026-09-30..2026-09", From: query.Date{Year: 2026, Month: 9, Day: 30}, To: query.Date{Year: 2026, Month: 9},
		}}},
		"created:..2026-10":    {Field: query.Created, Values: []query.Value{{Text: "..2026-10", To: query.Date{Year: 2026, Month: 10}}}},
		"closed:2026":          {Field: query.Closed, Values: []query.Value{{Text: "2026", From: query.Date{Year: 2026}, To: query.Date{Year: 2026}}}},
		"updated:2026-09..":    {Field: query.Updated, Values: []query.Value{{Text: "2026-09..", From: query.Date{Year: 2026, Month: 9}}}},
		"resolution:no_answer": {Field: query.Resolution, Values: []query.Value{{Text: "no_answer", Number: 5}}},
		"duration:>48h":        {Field: query.Duration, Op: query.OpAbove, Values: []query.Value{{Text: "2d", Duration: 2 * day}}},
		"response:<=30m":       {Field: query.Response, Op: query.OpAtMost, Values: []query.Value{{Text: "30m", Duration: 30 * time.Minute}}},
		"line:IT":              {Field: query.Line, Values: []query.Value{{Text: "it", Number: 1}}},
		"follower:Me":          {Field: query.Follower, Values: []query.Value{{Text: query.Me}}},
		"-is:confidential":     {Field: query.Is, Negated: true, Values: []query.Value{{Text: "confidential"}}},
		`"no \"signal\""`:      {Field: query.Text, Op: query.OpPhrase, Values: []query.Value{{Text: `no "signal"`}}},
		`5"-screen`:            {Field: query.Text, Values: []query.Value{{Text: `5"-screen`}}},
		"-10:30":               {Field: query.Text, Negated: true, Values: []query.Value{{Text: "10:30"}}},
		"http://lib.edu/":      {Field: query.Text, Values: []query.Value{{Text: "http://lib.edu/"}}},
		"#printer":             {Field: query.Text, Values: []query.Value{{Text: "#printer"}}},
	} {
		got := parse(t, "  "+source+"\t")
		if diff := cmp.Diff([]query.Term{want}, got.Terms, ignorePlace()...); diff != "" {
			t.Errorf("%s: %s", source, diff)
		}
	}
}

func TestSortTakesSeveralKeys(t *testing.T) {
	t.Parallel()
	got := parse(t, "sort:-priority,created sort:Number")
	if got.String() != "sort:-priority sort:created sort:number" {
		t.Errorf("got %q", got)
	}
}

func TestErrorsSayWhereAndWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]struct {
		code           string
		offset, length int
		words          string
	}{
		"status:opn":               {query.CodeUnknownValue, 7, 3, "status: 'opn' is not a status at character 8; try open, active or closed"},
		"ü status:clsed":           {query.CodeUnknownValue, 10, 5, "status: 'clsed' is not a status at character 10; try closed, open or active"},
		"stauts:open":              {query.CodeUnknownField, 0, 6, "'stauts' is not a field at character 1; did you mean status? (to find the words, put them in quotes)"},
		"status:":                  {query.CodeMissingValue, 7, 0, "status: a status is missing at character 8; try open, active or closed"},
		"queue:a|":                 {query.CodeMissingValue, 8, 0, "queue: a queue code is missing at character 9; try queue:network"},
		"number:x":                 {query.CodeBadNumber, 7, 1, "number: 'x' is not a ticket number at character 8; try #1042"},
		"#0":                       {query.CodeBadNumber, 0, 2, "number: '#0' is not a ticket number at character 1; try #1042"},
		"#99999999999999999999":    {query.CodeBadNumber, 0, 21, "number: '#99999999999999999999' is not a ticket number at character 1; try #1042"},
		"age:2d":                   {query.CodeNeedsOperator, 0, 4, "age: put >, >=, < or <= before the value at character 1"},
		"age:>2y":                  {query.CodeBadDuration, 5, 2, "age: '2y' is not a length of time at character 6; try 2d, 30m, 4h or 1w"},
		"age:>4000000000w":         {query.CodeBadDuration, 5, 11, "age: '4000000000w' is not a length of time at character 6; try 30m, 4h, 2d or 1w"},
		"age:>1d|2d":               {query.CodeOneValue, 7, 1, "age: '>' takes one value, so no '|' at character 8"},
		"queue:>a":                 {query.CodeOperator, 0, 7, "queue: '>' cannot be used here at character 1; try queue:network"},
		"created:2026-13":          {query.CodeBadDate, 8, 7, "created: '2026-13' is not a date at character 9; try 2026-09, 2026-09-01 or 2026-09..2026-10"},
		"created:..":               {query.CodeBadDate, 8, 2, "created: '..' is not a date at character 9; try 2026-09, 2026-09-01 or 2026-09..2026-10"},
		"created:2026-02-30":       {query.CodeBadDate, 8, 10, "created: '2026-02-30' is not a date at character 9; try 2026-09, 2026-09-01 or 2026-09..2026-10"},
		"created:2026-10..2026-09": {query.CodeBadRange, 8, 16, "created: '2026-10..2026-09' ends before it begins at character 9; try 2026-09..2026-10"},
		"category:a*b":             {query.CodeBadStar, 9, 3, "category: '*' belongs behind a code at character 10; try category:it.network*"},
		"category:*":               {query.CodeBadStar, 9, 1, "category: '*' belongs behind a code at character 10; try category:it.network*"},
		`a "no end`:                {query.CodeUnclosedQuote, 2, 7, `the quote at character 3 is not closed; add " behind its last word`},
		`"a"b`:                     {query.CodeAfterQuote, 3, 1, "a space is missing behind the quote at character 4"},
		`" "`:                      {query.CodeEmptyTerm, 0, 3, "nothing to look for at character 1"},
		"a -":                      {query.CodeEmptyTerm, 2, 1, "nothing to look for at character 3"},
		"-sort:number":             {query.CodeNotNegatable, 0, 6, "sort cannot be turned round like a term at character 1; try sort:-priority"},
		"sort:size":                {query.CodeUnknownValue, 5, 4, "sort: 'size' is not a way to sort at character 6; try attention, priority, created, updated or number"},
		"a\x00b":                   {query.CodeNotText, 1, 1, "a character that cannot be searched for at character 2"},
		"a\xff":                    {query.CodeNotText, 1, 1, "a character that cannot be searched for at character 2"},
	} {
		_, err := query.Parse(source)
		var got *query.Error
		if !errors.As(err, &got) {
			t.Errorf("Parse(%q): %v, want %s", source, err, want.code)
			continue
		}
		if got.Code != want.code || got.Offset != want.offset || got.Length != want.length || got.Error() != want.words {
			t.Errorf("Parse(%q):\n got %s %d+%d %s\nwant %s %d+%d %s", source,
				got.Code, got.Offset, got.Length, got, want.code, want.offset, want.length, want.words)
		}
	}
}

func TestAnErrorLeavesTheTermsBeforeIt(t *testing.T) {
	t.Parallel()
	got, err := query.Parse("status:open queue:")
	if err == nil || len(got.Terms) != 1 || got.Terms[0].Field != query.Status {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLimitsHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		code   string
	}{
		"as long as allowed":    {strings.Repeat("x", query.MaxBytes), ""},
		"a byte too long":       {strings.Repeat("x", query.MaxBytes+1), query.CodeTooLong},
		"too long inside a ü":   {strings.Repeat("x", query.MaxBytes-1) + "ü", query.CodeTooLong},
		"as many as allowed":    {strings.Repeat("x ", query.MaxTerms), ""},
		"a term too many":       {strings.Repeat("x ", query.MaxTerms+1), query.CodeTooManyTerms},
		"a sort key too many":   {"sort:number" + strings.Repeat(",number", query.MaxTerms), query.CodeTooManyTerms},
		"a megabyte is no work": {strings.Repeat(`"`, 1<<20), query.CodeTooLong},
	} {
		_, err := query.Parse(c.source)
		var got *query.Error
		if errors.As(err, &got) != (c.code != "") || got != nil && got.Code != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestDatesKnowTheirFirstAndLastDay(t *testing.T) {
	t.Parallel()
	for date, want := range map[query.Date][2]string{
		{Year: 2026}:                   {"2026-01-01", "2026-12-31"},
		{Year: 2028, Month: 2}:         {"2028-02-01", "2028-02-29"},
		{Year: 2026, Month: 9, Day: 4}: {"2026-09-04", "2026-09-04"},
	} {
		if got := [2]string{date.First().String(), date.Last().String()}; got != want {
			t.Errorf("%s: %v, want %v", date, got, want)
		}
	}
}

func TestEveryFieldIsExplainedByAnExampleThatParses(t *testing.T) {
	t.Parallel()
	for _, f := range query.Fields() {
		got := parse(t, f.Example)
		used := len(got.Sort) == 1 && f.Name == query.Sort || len(got.Terms) == 1 && got.Terms[0].Field == f.Name
		if !used || got.String() != f.Example || f.Help == "" || len(f.Operators) == 0 {
			t.Errorf("%s: example %q, help %q", f.Name, f.Example, f.Help)
		}
	}
}

func TestCanonicalFormGivesTheSameQuery(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		requireCanonical(t, strings.Join(rapid.SliceOfN(anyTerm(), 0, 8).Draw(t, "terms"), " "), true)
	})
}

// anyTerm draws terms that parse, in every spelling the language allows.
func anyTerm() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		fields := slices.DeleteFunc(query.Fields(), func(f query.FieldInfo) bool { return f.Bare || f.Name == query.Sort })
		field := rapid.SampledFrom(fields).Draw(t, "field")
		sign := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign")
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return rapid.StringMatching(`sort:-?(attention|priority|created|updated|number)(,-?number)?`).Draw(t, "sort")
		case 1:
			return sign + rapid.StringMatching(`[a-z0-9ä图.|*<"\\]{1,6}`).Filter(func(s string) bool { return s[0] != '"' }).Draw(t, "word")
		case 2:
			return sign + rapid.StringMatching(`"([a-z |*:-]|\\"|\\\\){0,6}x"`).Draw(t, "phrase")
		}
		value := rapid.StringMatching(`[a-zA-Z0-9=.,-]{1,5}|"([a-z *|<>-]|\\"|\\\\){0,5}x"`)
		switch {
		case field.Name == query.Category, field.Name == query.Location:
			value = rapid.StringMatching(`([a-zA-Z0-9.-]{1,5}|"[a-z *|<>-]{0,5}x")\*?`)
		case slices.Contains([]query.Field{
			query.Status, query.Priority, query.Waiting, query.Resolution, query.Line, query.Door, query.Is, query.Mentions, query.Weekday,
		}, field.Name):
			value = rapid.SampledFrom(append(field.Values, strings.ToUpper(field.Values[0])))
		case field.Name == query.Number:
			value = rapid.StringMatching(`#?0?[1-9][0-9]{0,8}`)
		case slices.Contains([]query.Field{query.Age, query.Idle, query.Response, query.Duration, query.Reply, query.Closing, query.Office}, field.Name):
			value = rapid.StringMatching(`[0-9]{1,3}[mhdwD]`)
		case field.Name == query.Hour, field.Name == query.At:
			value = rapid.StringMatching(`1?[0-9]|2[0-3]`)
		case slices.Contains([]query.Field{
			query.Created, query.Updated, query.Closed, query.Answered, query.Replied, query.Ended, query.Finished, query.Reopened,
		}, field.Name):
			value = rapid.StringMatching(`200[1-9](-0[1-9](-[12][0-8])?)?(\.\.(201[0-9]-1[0-2])?)?|\.\.2001`)
		}
		op := rapid.SampledFrom(field.Operators).Draw(t, "op")
		most := 3
		if op != query.OpIs {
			most = 1
		}
		return sign + string(field.Name) + ":" + string(op) + strings.Join(rapid.SliceOfN(value, 1, most).Draw(t, "values"), "|")
	})
}

func FuzzParse(f *testing.F) {
	for _, field := range query.Fields() {
		f.Add(field.Example)
	}
	for _, s := range []string{
		`status:open|active category:it.network* priority:>=high idle:>1d "no signal" -tag:duplicate sort:-priority`,
		`a:"b" --x -"\"" #1 #x number:#1|2 category:"a*"* tag:"" : -: sort:, created:2026..`, "\u0085a\u2028b\u3000c", `"a`, `x:"\`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) { requireCanonical(t, source, false) })
}

// requireCanonical checks that a query means the same when written out and
// read again, that everything lies within the source, and that errors have words.
func requireCanonical(t rapid.TB, source string, mustParse bool) {
	t.Helper()
	q, err := query.Parse(source)
	if bad, ok := errors.AsType[*query.Error](err); ok {
		if mustParse {
			t.Fatalf("Parse(%q): %v", source, err)
		}
		if bad.Offset < 0 || bad.Length < 0 || bad.Offset+bad.Length > len(source) || bad.Error() == "" || strings.Contains(bad.Error(), "%!") {
			t.Fatalf("Parse(%q): %+v", source, bad)
		}
		return
	}
	for _, term := range q.Terms {
		requireWithin(t, source, term.Offset, term.Length)
		for _, v := range term.Values {
			requireWithin(t, source, v.Offset, v.Length)
		}
	}
	canonical := q.String()
	if len(canonical) > query.MaxBytes {
		return // quoting and full names made it longer than may be typed
	}
	again, err := query.Parse(canonical)
	if err != nil {
		t.Fatalf("%q is canonically %q: %v", source, canonical, err)
	}
	if diff := cmp.Diff(q, again, ignorePlace()...); diff != "" || again.String() != canonical {
		t.Fatalf("%q is canonically %q, which differs: %s", source, canonical, diff)
	}
}

func requireWithin(t rapid.TB, source string, offset, length int) {
	t.Helper()
	if offset < 0 || length <= 0 || offset+length > len(source) {
		t.Fatalf("%d+%d is outside %q", offset, length, source)
	}
}

// ignorePlace compares what queries mean.
func ignorePlace() []cmp.Option {
	return []cmp.Option{
		cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(query.Query{}, "Source"),
		cmpopts.IgnoreFields(query.Term{}, "Offset", "Length"),
		cmpopts.IgnoreFields(query.Value{}, "Offset", "Length"),
		cmpopts.IgnoreFields(query.SortKey{}, "Offset", "Length"),
	}
}

func parse(t *testing.T, source string) query.Query {
	t.Helper()
	q, err := query.Parse(source)
	if err != nil {
		t.Fatalf("Parse(%q): %v", source, err)
	}
	return q
}
