package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"helpdesk.campus/core"
)

var (
	hiddenPattern = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	stepsForm     = regexp.MustCompile(`(?s)<form[^>]* id="steps".*?</form>`)
)

// carried is what the form of a step sends by itself.
func (a answer) carried(t *testing.T) url.Values {
	t.Helper()
	fields := url.Values{}
	for _, m := range hiddenPattern.FindAllStringSubmatch(stepsForm.FindString(a.Body), -1) {
		fields.Set(m[1], html.UnescapeString(m[2]))
	}
	if fields.Get("key") == "" {
		t.Fatalf("this is no step: %.300s", a.words())
	}
	return fields
}

// step fills in one step and goes on.
func (b *browser) step(a answer, status int, pairs ...string) answer {
	b.t.Helper()
	fields := a.carried(b.t)
	fields.Set("go", "next")
	for i := 0; i+1 < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return b.want(status, b.post("/report/steps", fields))
}

func TestAReportIsMadeInSteps(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	network := strconv.FormatInt(int64(s.Network.ID), 10)
	a := b.open("/report/steps")
	a.says(t, "Step 1 of 5", "What kind of issue is it?", "Network and Wi-Fi")
	b.step(a, refused).says(t, "Choose what kind of issue it is.")
	a = b.step(a, ok, "category", network)
	a.says(t, "Step 2 of 5", "Where is it?")
	if !strings.HasPrefix(b.step(a, refused).title(), "Error: ") {
		t.Error("a step with an error does not say so in its title")
	}
	asked := b.step(a, refused, "building", "LIB", "room", "240")
	asked.says(t, "Did you mean one of these?", "LIB-204 · Reading room")
	a = b.step(asked, ok, "building", "LIB", "room", "240", "meant", "LIB-204")
	a.says(t, "Step 3 of 5", "What happened?")
	b.step(a, refused, "description", "a long story").says(t, "a long story")
	a = b.step(a, ok, "title", `Sockets "spark" <b>`, "description", "Since Monday.\nIt smells.")
	a.says(t, "Step 4 of 5", "How can we reach you?")
	b.step(a, refused, "contact", "nobody").says(t, "Enter a phone number with its digits, such as 555 0123, or an e-mail address")
	review := b.step(a, ok, "contact", "gus@example.edu", "name", "Gus")
	review.says(t, "Step 5 of 5", "Check your report", "Nothing has been sent yet", "Network and Wi-Fi", "Library, LIB-204", `Sockets "spark" <b>`, "It smells.", "gus@example.edu, Gus", "Send report")

	// Changing one thing leads back to the review, with everything else as it was.
	change := b.step(review, ok, "go", "what")
	change.says(t, "What happened?")
	if !strings.Contains(change.Body, `enctype="multipart/form-data"`) || !strings.Contains(change.Body, `type="file"`) {
		t.Error("the step takes no photographs")
	}
	review = b.step(change, ok, "title", "The sockets spark", "description", "Since Monday.")
	review.says(t, "Check your report", "The sockets spark", "Library, LIB-204", "gus@example.edu, Gus")

	fields := review.carried(t)
	sent := b.want(seeOther, b.post("/report", fields))
	again := b.want(seeOther, b.post("/report", fields))
	if strings.SplitN(again.Location, "?", 2)[0] != sent.Location {
		t.Errorf("sent twice it leads to %s and %s", sent.Location, again.Location)
	}
	b.open(sent.Location).says(t, "The sockets spark", "LIB-204 · Reading room", "Network and Wi-Fi")
}

func TestStepsAskWhetherItIsReportedAlready(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, id := s.ownTicket(t, s.Ana, "Ana's own words")
	s.ReportIn(t, s.Ben, "Somebody shouts", s.Abuse)
	b := s.browser(t)
	to := func(category core.Category) answer {
		t.Helper()
		a := b.step(b.open("/report/steps"), ok, "category", strconv.FormatInt(int64(category.ID), 10))
		return b.step(a, ok, "building", "LIB", "room", "lib 204")
	}
	known := to(s.Network)
	known.says(t, "Already reported here?", "Network and Wi-Fi", "Reading room", "Me too")
	known.doesNotSay(t, "own words", "Ana", "Ruiz")
	to(s.Heating).says(t, "What happened?")
	to(s.Abuse).says(t, "What happened?")
	b.step(known, ok, "go", "place").says(t, "Where is it?")
	b.step(known, ok).says(t, "What happened?")
	b.want(seeOther, b.post("/me-too", url.Values{"key": {known.key()}, "issue": {found(issuePattern, known.Body)}}))
	if n := s.followers(t, id); n != 1 {
		t.Errorf("it counts %d, want 1", n)
	}
}

func TestGoingBackAndToOnePageLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	a := b.step(b.open("/report/steps"), ok, "category", strconv.FormatInt(int64(s.Heating.ID), 10))
	a = b.step(a, ok, "room", "by the fountain")
	back := b.step(a, ok, "go", "back", "title", "half a tit", "description", "half a story")
	back.says(t, "Where is it?")
	if !back.shows("room", "by the fountain") {
		t.Error("the place is gone")
	}
	a = b.step(back, ok, "room", "by the old fountain")
	if !a.shows("title", "half a tit") || !a.shows("description", "half a story") {
		t.Error("what was typed is gone")
	}
	page := b.step(a, ok, "go", "page", "title", "half a title")
	if !page.shows("title", "half a title") || !page.shows("room", "by the old fountain") || found(checkedPattern, page.Body) != strconv.FormatInt(int64(s.Heating.ID), 10) {
		t.Error("the form on one page does not hold what was typed")
	}
}

func TestHostileStepsAreNoReasonToFail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser(t)
	key := b.open("/report/steps").key()
	for _, value := range []string{"", "\x00", "a\xff", "<script>alert(1)</script>", strings.Repeat("x", 100_000), "-1", "known", "review"} {
		for _, field := range []string{"step", "go", "category", "building", "room", "asked", "meant", "title", "description", "contact", "name", "review", "key"} {
			for _, at := range []string{"kind", "place", "known", "what", "you", "review"} {
				fields := url.Values{"key": {key}, "step": {at}, "go": {"next"}}
				fields.Set(field, value)
				if a := b.post("/report/steps", fields); a.Status >= 500 || strings.Contains(a.Body, "<script") {
					t.Errorf("%s=%.20q at %s: status %d", field, value, at, a.Status)
				}
			}
		}
	}
}
