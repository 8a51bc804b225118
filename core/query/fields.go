package query

// Field is what a term looks at.
type Field string

// The fields.
const (
	Status   Field = "status"
	Queue    Field = "queue"
	Assignee Field = "assignee"
	Reporter Field = "reporter"
	Category Field = "category"
	Location Field = "location"
	Priority Field = "priority"
	Waiting  Field = "waiting"
	Number   Field = "number"
	Tag      Field = "tag"
	Mentions Field = "mentions"
	Age      Field = "age"
	Idle     Field = "idle"
	Created  Field = "created"
	Updated  Field = "updated"
	Closed   Field = "closed"
	Response Field = "response"
	Duration Field = "duration"

	// Answered and those below say what happened on some days, whatever happened later.
	Answered Field = "answered"
	Replied  Field = "replied"
	Ended    Field = "ended"
	Finished Field = "finished"
	Reopened Field = "reopened"
	Reply    Field = "reply"
	Closing  Field = "closing"
	By       Field = "by"
	At       Field = "at"
	Office   Field = "office"
	Weekday  Field = "weekday"
	Hour     Field = "hour"
	Building Field = "building"
	// Resolution is how the work ended.
	Resolution Field = "resolution"
	Line       Field = "line"
	Door       Field = "door"
	Follower   Field = "follower"
	Is         Field = "is"
	Text       Field = "text" // words, typed without a name
	Sort       Field = "sort" // gives Query.Sort, never a Term
)

// FieldInfo describes a field to the parser, and to whoever explains or
// completes a query.
type FieldInfo struct {
	Name      Field
	Values    []string // the values it knows by name: all there are, or those besides people's own
	Operators []Op     // how it can be compared
	Help      string   // what it finds, in a few words
	Example   string   // a term that uses it
	Bare      bool     // typed without the name and its colon

	noun string // what one value is called in an error
	read reader // makes a value of what was typed
}

// reader makes a value of a token, or says what is wrong with it.
type reader func(FieldInfo, token) (Value, *Error)

// Fields returns all fields in the order in which help shows them.
func Fields() []FieldInfo {
	is := []Op{OpIs}
	amounts := []Op{OpAbove, OpAtLeast, OpBelow, OpAtMost}
	return []FieldInfo{
		{
			Name: Status, Values: []string{"open", "active", "closed"}, Operators: is,
			Help: "whether anybody works on it", Example: "status:open|active",
			noun: "status", read: readNamed,
		},
		{
			Name: Queue, Operators: is,
			Help: "the team's list it stands in, by code", Example: "queue:network",
			noun: "queue code", read: readWord,
		},
		{
			Name: Assignee, Values: []string{Me, None}, Operators: is,
			Help: "who works on it", Example: "assignee:me",
			noun: "user name", read: readPerson,
		},
		{
			Name: Reporter, Values: []string{Me, None}, Operators: is,
			Help: "who reported it", Example: "reporter:ada",
			noun: "user name", read: readPerson,
		},
		{
			Name: Category, Operators: is,
			Help: "what kind of issue, by code; a final * takes in all below", Example: "category:it.network*",
			noun: "category code", read: readCode,
		},
		{
			Name: Location, Values: []string{None}, Operators: is,
			Help: "where, by code; a final * takes in all below", Example: "location:LIB*",
			noun: "location code", read: readCode,
		},
		{
			Name: Building, Operators: is,
			Help: "the building, or the site, that it is in or at, by code", Example: "building:LIB",
			noun: "location code", read: readWord,
		},
		{
			Name: Priority, Values: []string{"low", "normal", "high", "urgent"},
			Operators: append([]Op{OpIs}, amounts...),
			Help:      "how urgent", Example: "priority:>=high",
			noun: "priority", read: readNamed,
		},
		{
			Name: Waiting, Values: []string{"reporter", "third_party", None}, Operators: is,
			Help: "whom it waits for", Example: "waiting:reporter",
			noun: "party to wait for", read: readNamed,
		},
		{
			Name: Number, Operators: is,
			Help: "the ticket with this number", Example: "#1042",
			noun: "ticket number", read: readNumber,
		},
		{
			Name: Tag, Operators: is,
			Help: "a tag it bears", Example: "tag:exam-week",
			noun: "tag", read: readWord,
		},
		{
			Name: Mentions, Values: []string{Me, Unseen}, Operators: is,
			Help: "where you are named with an @; unseen: and have not looked since", Example: "mentions:me",
			noun: "kind of mention", read: readNamed,
		},
		{
			Name: Age, Operators: amounts,
			Help: "how long ago it was reported: m, h, d or w", Example: "age:>2d",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Idle, Operators: amounts,
			Help: "how long nothing has happened: m, h, d or w", Example: "idle:>1d",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Created, Operators: is,
			Help: "the year, month or day it was reported, or from..to", Example: "created:2026-09-01..2026-10",
			noun: "date", read: readDates,
		},
		{
			Name: Updated, Operators: is,
			Help: "the year, month or day something last happened, or from..to", Example: "updated:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Closed, Operators: is,
			Help: "the year, month or day it was closed, or from..to", Example: "closed:2026-10..2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Response, Operators: amounts,
			Help: "how long until staff first answered: m, h, d or w", Example: "response:>4h",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Duration, Operators: amounts,
			Help: "how long from report to closing: m, h, d or w", Example: "duration:>2d",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Weekday, Values: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, Operators: is,
			Help: "the weekday on which it was reported", Example: "weekday:sat|sun",
			noun: "weekday", read: readNamed,
		},
		{
			Name: Hour, Operators: is,
			Help: "the hour of the day in which it was reported, 0 to 23", Example: "hour:8|9",
			noun: "hour", read: readHour,
		},
		{
			Name: Answered, Operators: is,
			Help: "when staff first answered", Example: "answered:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Replied, Operators: is,
			Help: "when staff replied again to its reporter", Example: "replied:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Reply, Operators: amounts,
			Help: "how long its reporter waited for such a reply: m, h, d or w", Example: "reply:>1d",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Ended, Operators: is,
			Help: "when it was closed, also if it was reopened since", Example: "ended:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Finished, Operators: is,
			Help: "when it was closed for the first time", Example: "finished:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: Closing, Operators: amounts,
			Help: "how long from report to the first closing: m, h, d or w", Example: "closing:>2d",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Reopened, Operators: is,
			Help: "when it was reopened", Example: "reopened:2026-11",
			noun: "date", read: readDates,
		},
		{
			Name: By, Values: []string{Me}, Operators: is,
			Help: "who answered, replied, closed or reopened it", Example: "by:me",
			noun: "user name", read: readPerson,
		},
		{
			Name: At, Operators: is,
			Help: "the hour of the day in which that happened, 0 to 23", Example: "at:8|9",
			noun: "hour", read: readHour,
		},
		{
			Name: Office, Operators: amounts,
			Help: "how long its reporter waited for that, in office hours: m, h, d or w; a day is 24 of them", Example: "office:>4h",
			noun: "length of time", read: readDuration,
		},
		{
			Name: Resolution, Operators: is,
			Values: []string{"fixed", "answered", "duplicate", "declined", "not_reproduced", "no_answer", "withdrawn"},
			Help:   "how it ended", Example: "resolution:fixed",
			noun: "resolution", read: readNamed,
		},
		{
			Name: Line, Values: []string{"facilities", "it", "services"}, Operators: is,
			Help: "the service line of its category", Example: "line:facilities",
			noun: "service line", read: readNamed,
		},
		{
			Name: Door, Values: []string{"web", "api", "ssh", "cli", "mail"}, Operators: is,
			Help: "the way it came in", Example: "door:web",
			noun: "door", read: readNamed,
		},
		{
			Name: Follower, Values: []string{Me, None}, Operators: is,
			Help: "who follows it", Example: "follower:me",
			noun: "user name", read: readPerson,
		},
		{
			Name: Is, Values: []string{"confidential", "public", "merged", "snoozed", "anonymous", "repeat"}, Operators: is,
			Help: "what is special about it; - in front for what is not. repeat: the same place had the same within 30 days before", Example: "is:snoozed",
			noun: "mark", read: readNamed,
		},
		{
			Name: Text, Operators: []Op{OpIs, OpPhrase}, Bare: true,
			Help: `words in title and messages; "in quotes" exactly these`, Example: `"no signal"`,
			noun: "word", read: readWord,
		},
		{
			Name: Sort, Values: []string{"attention", "priority", "created", "updated", "number"}, Operators: is,
			Help: "the order; - in front for highest or newest first", Example: "sort:-priority",
			noun: "way to sort", read: readNamed,
		},
	}
}

// lookup finds the field that people type as name, in any case.
func lookup(fields []FieldInfo, name string) (FieldInfo, bool) {
	for _, f := range fields {
		if !f.Bare && equalFold(string(f.Name), name) {
			return f, true
		}
	}
	return FieldInfo{}, false
}
