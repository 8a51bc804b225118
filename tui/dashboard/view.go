package dashboard

import (
	"fmt"
	"math"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"helpdesk.campus/core"
	"helpdesk.campus/core/plain"
	"helpdesk.campus/tui/screen"
	"helpdesk.campus/tui/ui"
)

// sideBySide is the width from which figures stand beside each other.
const sideBySide = 120

// View draws the tabs, what was asked, and the figures.
func (s *Screen) View(f screen.Frame) ([]string, *tea.Cursor) {
	lines := []string{s.tabs(f), s.state(f)}
	rest := f.Inset(0, len(lines))
	switch {
	case !s.figures.has(s.tab):
		lines = append(lines, s.nothing(rest)...)
	case s.tab == tabNow:
		lines = append(lines, s.viewNow(rest)...)
	case s.tab == tabFlow:
		lines = append(lines, s.viewFlow(rest)...)
	case s.tab == tabSpeed:
		lines = append(lines, s.viewSpeed(rest)...)
	case s.tab == tabPeople:
		lines = append(lines, s.viewPeople(rest)...)
	default:
		lines = append(lines, s.viewWhere(rest)...)
	}
	return ui.Fit(lines, f.Width, f.Height), nil
}

func (s *Screen) tabs(f screen.Frame) string {
	var spans []ui.Span
	for i := range tabs {
		name := f.Theme.Plain
		if i == s.tab {
			name = f.Theme.Match
		}
		spans = append(spans, ui.Say(f.Theme.Dim, fmt.Sprintf(" %d ", int(i)+1)), ui.Say(name, i.title()), ui.Say(f.Theme.Plain, "  "))
	}
	if !s.askedFits(f) {
		return ui.Line(f.Width, spans...)
	}
	return ui.Ends(f.Width, spans, append(s.asksFor(f), ui.Say(f.Theme.Plain, " ")))
}

// asksFor says which tickets of which days are asked for.
func (s *Screen) asksFor(f screen.Frame) []ui.Span {
	days := ui.Say(f.Theme.Plain, s.rangeWords())
	if filter := s.ask.Query.String(); filter != "" {
		return []ui.Span{ui.Say(f.Theme.Key, "/ "), ui.Quote(f.Theme.Plain, plain.Truncate(plain.Line(filter), max(8, f.Width/4))), ui.Say(f.Theme.Dim, " · "), days}
	}
	return []ui.Span{days}
}

// askedFits tells whether what is asked for has room behind the tabs; else it stands below them.
func (s *Screen) askedFits(f screen.Frame) bool {
	const between = 3
	room := f.Width - between
	for i := range tabs {
		room -= len(" 1 ") + len(i.title()) + len("  ")
	}
	for _, span := range s.asksFor(f) {
		room -= span.Text.Width()
	}
	return room >= 0
}

func (s *Screen) rangeWords() string {
	words := s.daysWords()
	if s.tab != tabNow && s.ask.Against == core.AgainstYear {
		words += " against last year"
	}
	if s.ask.Office && (s.tab == tabSpeed || s.tab == tabPeople) {
		words += ", office hours"
	}
	return words
}

func (s *Screen) daysWords() string {
	switch {
	case s.tab == tabNow:
		return "now"
	case s.ask.Term:
		if r := s.figures.days(s.tab); r != nil && !s.stale {
			return "this term, since " + r.From.Format("2 Jan 2006")
		}
		return "this term"
	case !s.ask.From.IsZero() && s.ask.To == s.ask.From:
		return s.ask.From.String()
	case !s.ask.From.IsZero() && s.ask.To.IsZero():
		return "since " + s.ask.From.String()
	case !s.ask.From.IsZero():
		return s.ask.From.String() + " to " + s.ask.To.String()
	case s.ask.Days == 1:
		return "today"
	}
	return "last " + ui.Plural(s.ask.Days, "day", "days")
}

// state is the separator under the tabs; it says how fresh the figures are, so that telling it moves nothing.
func (s *Screen) state(f screen.Frame) string {
	style, words := f.Theme.Dim, ""
	at := s.figures.at(s.tab)
	as := ""
	if !at.IsZero() {
		as = "as of " + at.In(f.Zone).Format("15:04")
	}
	switch {
	case s.trouble != nil:
		style, words = f.Theme.Bad, " "+s.env.Explain(s.trouble)+" "
		if as != "" {
			words += "Shown " + as + ". "
		}
	case s.stale && as != "":
		style, words = f.Theme.Warn, " Reading… These are the figures of what was asked before. "
	case s.asking && as != "":
		words = " last known, " + as + " · reading anew "
	case as != "":
		words = " " + as + " "
	}
	if !s.askedFits(f) {
		words += " "
		for _, span := range s.asksFor(f) {
			words += span.Text.String()
		}
		words += " "
	}
	const edge = 2
	text, more := plain.Truncate(plain.Line(words), max(0, f.Width-edge)), plain.Line(s.omitted(f))
	rest := f.Width - edge - text.Width()
	if more.Width()+2*edge > rest {
		more = plain.Line("")
	}
	if more.Empty() {
		return ui.Rule(f.Theme, min(edge, f.Width)) + ui.Line(text.Width(), ui.Quote(style, text)) + ui.Rule(f.Theme, rest)
	}
	return ui.Rule(f.Theme, edge) + ui.Line(text.Width(), ui.Quote(style, text)) + ui.Rule(f.Theme, rest-more.Width()-edge) +
		ui.Line(more.Width(), ui.Quote(f.Theme.Dim, more)) + ui.Rule(f.Theme, edge)
}

func (s *Screen) nothing(f screen.Frame) []string {
	words := "Reading the figures…"
	if s.trouble != nil {
		words = "Nothing can be shown at the moment. ctrl+r tries again at once."
	}
	return ui.Fit([]string{ui.Line(f.Width), ui.Line(f.Width, ui.Say(f.Theme.Dim, "  "+words))}, f.Width, f.Height)
}

// halves are the frames of two columns.
func halves(f screen.Frame) (left, right screen.Frame) {
	left, right = f, f
	left.Width = f.Width * 55 / 100
	right.Width = f.Width - left.Width - 3
	return left, right
}

func (s *Screen) viewNow(f screen.Frame) []string {
	now := s.figures.now
	total := now.Total()
	if len(now.Queues) == 0 {
		words := "Nothing is open or active. What is reported appears here by itself."
		if s.ask.Query.String() != "" {
			words = "Nothing that the filter finds is open or active. / asks for other tickets."
		}
		lines := append(empty(f, words), ui.Line(f.Width))
		return append(lines, s.arrivals(f.Inset(0, len(lines)))...)
	}
	usual := total.Usual
	first := fmt.Sprintf(" %d open (usual %.0f) · %d active (%.0f)", total.Open, usual.Open, total.Active, usual.Active)
	second := fmt.Sprintf(" · %d waiting (%.0f) · %d with nobody (%.0f)", total.Waiting, usual.Waiting, total.Unassigned, usual.Unassigned)
	oldest := " · oldest none"
	if !total.Oldest.IsZero() {
		oldest = " · oldest " + f.Age(total.Oldest)
	}
	if plain.Line(first+second+oldest).Width() > f.Width {
		oldest = "" // it stands in the table
	}
	lines := []string{ui.Line(f.Width, ui.Say(f.Theme.Bold, first), ui.Say(f.Theme.Plain, second+oldest))}
	rest := f.Inset(0, 1)
	if f.Width < sideBySide {
		tables := rest
		tables.Height = min(rest.Height-8, 3+len(now.Queues)+len(now.People))
		lines = append(lines, s.loads(tables)...)
		chart := rest
		chart.Height = rest.Height - max(0, tables.Height)
		return append(lines, s.arrivals(chart)...)
	}
	left, right := halves(rest)
	column := s.loads(left)
	if s.kiosk { // a wall has no tickets
		return append(lines, ui.Beside(f.Theme, column, s.arrivals(right))...)
	}
	top, bottom := right, right
	top.Height = min(right.Height, max(10, right.Height/2))
	bottom.Height = right.Height - top.Height
	return append(lines, ui.Beside(f.Theme, column, append(s.arrivals(top), s.oldest(bottom)...))...)
}

// mostName is how wide the names before figures are at most.
const mostName = 40

// loads are the tables of queues and persons.
func (s *Screen) loads(f screen.Frame) []string {
	now := s.figures.now
	const numbers = 7
	columns := func(title string) ui.Columns {
		return ui.FitColumns([]ui.Column{
			{Title: title, Flex: true, Least: 12, Most: mostName},
			{Title: "open", Width: numbers, Right: true},
			{Title: "active", Width: numbers, Right: true},
			{Title: "waiting", Width: numbers, Right: true, Rank: 1},
			{Title: "nobody", Width: numbers, Right: true, Rank: 2},
			{Title: "oldest", Width: numbers, Right: true, Rank: 3},
		}, f.Width)
	}
	number := func(n int) ui.Cell {
		style := f.Theme.Plain
		if n == 0 {
			style = f.Theme.Dim
		}
		return ui.Cell{Style: style, Text: plain.Line(fmt.Sprint(n))}
	}
	table := func(title string, seen ui.Window) ui.Columns {
		cols := columns("")
		cols[0].Title = ui.Noted(title, seen.Unseen(), cols[0].Width).String()
		return cols
	}
	chosen := s.row[tabNow]
	room := max(1, (f.Height-2)*2/3)
	if need := len(now.People); room < len(now.Queues) && need < f.Height-2-room {
		room = f.Height - 2 - need
	}
	seen := ui.WindowAround(len(now.Queues), min(chosen, len(now.Queues)-1), room)
	cols := table(" queue", seen)
	lines := []string{cols.Head(f.Theme, f.Width)}
	for i := seen.First; i < seen.End; i++ {
		q := &now.Queues[i]
		oldest := "–"
		if !q.Oldest.IsZero() {
			oldest = f.Age(q.Oldest)
		}
		lines = append(lines, cols.Row(f.Theme, f.Width, i == chosen, []ui.Cell{
			{Style: f.Theme.Plain, Text: plain.Line(" " + q.Queue.Name)},
			number(q.Open), number(q.Active), number(q.Waiting), number(q.Unassigned),
			{Style: f.Theme.Plain, Text: plain.Line(oldest)},
		}))
	}
	if len(now.People) == 0 && !now.Alone { // a wall has no persons
		return ui.Fit(lines, f.Width, f.Height)
	}
	chosen -= len(now.Queues)
	seen = ui.WindowAround(len(now.People), chosen, f.Height-len(lines)-1)
	title := " who works on what"
	switch {
	case now.Alone:
		title = " you"
	case len(now.Led) > 0: // of the others' work only the numbers of queues are shown
		title = " who works on " + strings.Join(now.Led, ", ")
		width := columns("")[0].Width
		if whole := ui.Noted(title, seen.Unseen(), width); whole.Width() > width || !strings.HasPrefix(whole.String(), title) {
			title = " in your teams"
		}
	}
	cols = table(title, seen)
	lines = append(lines, cols.Head(f.Theme, f.Width))
	for i := seen.First; i < seen.End; i++ {
		p := &now.People[i]
		lines = append(lines, cols.Row(f.Theme, f.Width, i == chosen, []ui.Cell{
			{Style: f.Theme.Plain, Text: plain.Concat(plain.Line(" "), ui.Person(p.Person, "nobody"))},
			number(p.Open), number(p.Active), number(p.Waiting),
			{},
			{Style: f.Theme.Plain, Text: plain.Line(f.Age(p.Oldest))},
		}))
	}
	return ui.Fit(lines, f.Width, f.Height)
}

// arrivals is today as a curve, beside what is usual on this weekday.
func (s *Screen) arrivals(f screen.Frame) []string {
	if f.Height <= 0 {
		return nil
	}
	hours := s.figures.now.Hours
	today, usual := ui.Series{Name: plain.Line("today")}, ui.Series{Name: plain.Line("usual on this weekday")}
	sum, toCome, unfinished := 0, 0, false
	for _, h := range hours {
		n := float64(h.N)
		if h.Future {
			n = math.NaN()
			toCome++
		}
		unfinished = unfinished || h.Partial
		today.Values, usual.Values = append(today.Values, n), append(usual.Values, h.Usual)
		sum += h.N
	}
	c := ui.Chart{
		Series: []ui.Series{today, usual}, Whole: true, Unfinished: unfinished, ToCome: toCome, Sentence: plain.Line(" " + ui.Plural(sum, "ticket", "tickets") + " reported today."),
		Label: func(i int) string {
			if h := hours[i].Start.Hour(); h%3 == 0 {
				return fmt.Sprintf("%02d", h)
			}
			return ""
		},
	}
	return append([]string{head(f, "Reported today: "+fmt.Sprint(sum)+", by the hour")}, c.Lines(f.Theme, f.Width, f.Height-1)...)
}

func (s *Screen) oldest(f screen.Frame) []string {
	if f.Height <= 0 {
		return nil
	}
	oldest, followed := s.figures.now.Oldest, s.figures.now.Followed
	room := f.Height - 1 - len(oldest) - 1
	var note []string
	if room <= 0 { // for the others there is none, not even for their heading
		note = s.unlisted(max(0, len(oldest)-(f.Height-1)) + len(followed))
	}
	lines := []string{head(f, "Oldest", note...)}
	if len(oldest) == 0 {
		lines = append(lines, ui.Line(f.Width, ui.Say(f.Theme.Dim, " Nothing is open.")))
	}
	cols := ui.FitColumns([]ui.Column{{Width: 7}, {Width: 7, Right: true}, {Flex: true, Least: 24}, {Width: 14, Rank: 1}}, f.Width)
	for i := range oldest {
		t := &oldest[i]
		lines = append(lines, cols.Row(f.Theme, f.Width, false, []ui.Cell{
			{Style: f.Theme.Dim, Text: plain.Line(" " + t.ID.String())},
			{Style: f.Theme.Plain, Text: plain.Line(f.Age(t.CreatedAt))},
			{Style: f.Theme.Plain, Text: plain.Line(t.Title)},
			{Style: f.Theme.Dim, Text: ui.Person(t.Assignee, "—")},
		}))
	}
	if len(followed) > 0 && room > 0 {
		lines = append(lines, head(f, "Most followed", s.unlisted(len(followed)-room)...))
		for i := range followed {
			t := &followed[i]
			lines = append(lines, cols.Row(f.Theme, f.Width, false, []ui.Cell{
				{Style: f.Theme.Dim, Text: plain.Line(" " + t.ID.String())},
				{Style: f.Theme.Plain, Text: plain.Line(fmt.Sprint(t.Followers))},
				{Style: f.Theme.Plain, Text: plain.Line(t.Title)},
				{Style: f.Theme.Dim, Text: plain.Line(t.Queue)},
			}))
		}
	}
	return ui.Fit(lines, f.Width, f.Height)
}

// stamp names a bucket: its hour, its day, or the first day of its week.
func stamp(step core.Step, b core.Bucket) string {
	if step == core.Hourly {
		return b.Start.Format("15:04")
	}
	return b.Start.Format("2 Jan")
}

func (s *Screen) viewFlow(f screen.Frame) []string {
	flow := s.figures.flow
	at := flow.Buckets[max(0, min(s.row[tabFlow], len(flow.Buckets)-1))]
	last := flow.Buckets[len(flow.Buckets)-1]
	said := fmt.Sprintf(" created %d (%s) · closed %d (%s) · reopened %d (%s) · backlog %d", flow.Created.N, ui.Changed(flow.Created), flow.Closed.N, ui.Changed(flow.Closed),
		flow.Reopened.N, ui.Changed(flow.Reopened), last.Backlog)
	if was := fmt.Sprintf(", was %d", flow.BacklogAtStart); plain.Line(said+was).Width() <= f.Width {
		said += was
	}
	unfinished := ""
	if at.End.After(flow.At) {
		unfinished = " ○ not over"
	} else if at.Partial {
		unfinished = " · cut off"
	}
	days := at.Start.Format("Mon 2 Jan")
	if flow.Range.Step == core.Hourly {
		days = at.Start.Format("Mon 2 Jan 15:04")
	}
	if flow.Range.Step == core.Weekly {
		days = "week of " + at.Start.Format("2 Jan 2006")
	}
	lines := []string{
		ui.Line(f.Width, ui.Say(f.Theme.Bold, said)),
		ui.Line(f.Width, ui.Say(f.Theme.Key, " ‹ "+days+" › "), ui.Say(f.Theme.Plain, fmt.Sprintf("created %d · closed %d · reopened %d · backlog %d%s", at.Created, at.Closed, at.Reopened, at.Backlog, unfinished))),
	}
	rest := f.Inset(0, len(lines))
	created, closed, reopened, backlog := ui.Series{Name: plain.Line("created")}, ui.Series{Name: plain.Line("closed")}, ui.Series{Name: plain.Line("reopened")}, ui.Series{Name: plain.Line("backlog")}
	for _, b := range flow.Buckets {
		created.Values, closed.Values = append(created.Values, float64(b.Created)), append(closed.Values, float64(b.Closed))
		reopened.Values, backlog.Values = append(reopened.Values, float64(b.Reopened)), append(backlog.Values, float64(b.Backlog))
	}
	label := func(i int) string { return stamp(flow.Range.Step, flow.Buckets[i].Bucket) }
	unit := string(flow.Range.Step)
	came := ui.Chart{Series: []ui.Series{created, closed, reopened}, Whole: true, Unfinished: flow.Range.Unfinished(), Label: label, Sentence: plain.Line(" One " + unit + " makes no curve: its figures stand above.")}
	stock := ui.Chart{Series: []ui.Series{backlog}, Whole: true, Unfinished: flow.Range.Unfinished(), Label: label, Sentence: came.Sentence}
	if f.Width < sideBySide {
		upper := (rest.Height + 1) / 2
		lines = append(lines, came.Lines(f.Theme, rest.Width, upper)...)
		return append(lines, stock.Lines(f.Theme, rest.Width, rest.Height-upper)...)
	}
	left, right := halves(rest)
	ages := s.agesHeight(right.Height)
	column := stock.Lines(f.Theme, right.Width, right.Height-ages)
	if ages >= leastAges {
		column = append(column, head(right, "Age of what is not closed", s.unlisted(len(flow.Ages)-(ages-1))...))
		column = append(column, ui.Bars(f.Theme, bands(flow.Ages), -1, right.Width, ages-1)...)
	}
	return append(lines, ui.Beside(f.Theme, came.Lines(f.Theme, left.Width, left.Height), ui.Fit(column, right.Width, right.Height))...)
}

const (
	flowAbove = 4 // lines above the curves: tabs, state, all of the range, the chosen day
	leastAges = 3 // lines: a title and two ages
)

// agesHeight is how many lines the ages of what is not closed have below the curve of the backlog.
func (s *Screen) agesHeight(height int) int {
	const curve = 9
	ages := min(len(s.figures.flow.Ages)+2, max(0, height-curve))
	if ages < leastAges {
		return 0
	}
	return ages
}

func bands(list []core.AgeBand) []ui.Bar {
	total := 0
	for _, b := range list {
		total += b.N
	}
	bars := make([]ui.Bar, len(list))
	for i, b := range list {
		label := "under " + span(b.To)
		if b.To == 0 {
			label = span(b.From) + " or more"
		} else if b.From > 0 {
			label = span(b.From) + " – " + span(b.To)
		}
		bars[i] = ui.Bar{Label: plain.Line(label), Value: float64(b.N), Note: plain.Line(share(b.N, total))}
	}
	return bars
}

// span names a limit: 15 min, 4 h, 7 d.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d d", d/day)
}

func share(n, total int) string {
	if total == 0 {
		return ""
	}
	return fmt.Sprintf("%3.0f %%", 100*float64(n)/float64(total))
}
