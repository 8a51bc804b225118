// Package text is the catalogue of the words that the program says to people:
// the pages of reporters, and every error, in the reader's language.
//
// A language is one JSON file named by its tag (en.json, es.json). English is
// complete; where another language lacks a message, the English one is shown.
// A message is a string, or an object with the plural forms of its language:
//
//	"report.title": "Report an issue",
//	"report.sent": "We have your report. Its reference is {{.Reference}}.",
//	"ticket.replies": {"one": "{{.Count}} reply", "other": "{{.Count}} replies"}
//
// Keys say where the words stand and what they are, the narrower behind the
// wider, in lower case: "report.title", "ticket.reply.send". Words for an error
// of the core are "error." and its code: "error.ticket_not_found". Keys stand in
// the file in alphabetical order and spelled out, so that a search finds them.
// An error says what happened and then what the reader can do about it.
package text

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

//go:embed *.json
var embedded embed.FS

// What stands around the key where a message is missing or cannot be filled.
const (
	missingOpen  = "⟦"
	missingClose = "⟧"
)

// maxPreferences bounds what is read of a browser's list of languages, in bytes.
const maxPreferences = 1000

// Catalogue holds the messages of all languages. It does not change once made,
// and may be used by any number of goroutines.
type Catalogue struct {
	bundle  *i18n.Bundle
	tags    []language.Tag // English first: what nobody asked for
	matcher language.Matcher
	keys    map[language.Tag][]string // sorted
	parser  *template.TextParser
}

// New returns the catalogue of the languages that the program carries.
func New() (*Catalogue, error) {
	return Load(embedded)
}

// Load returns the catalogue of the files in the root of fsys, one a language.
// It reads all messages, so that a mistake in one is found when the program starts.
func Load(fsys fs.FS) (*Catalogue, error) {
	c := &Catalogue{
		bundle: i18n.NewBundle(language.English),
		keys:   map[language.Tag][]string{},
		parser: &template.TextParser{Option: "missingkey=error"},
	}
	paths, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list message files: %w", err)
	}
	for _, path := range paths {
		if err := c.loadFile(fsys, path); err != nil {
			return nil, fmt.Errorf("load messages of %s: %w", path, err)
		}
	}
	if len(c.keys[language.English]) == 0 {
		return nil, errors.New("load messages: en.json is missing")
	}
	c.tags = c.bundle.LanguageTags()
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

// loadFile adds the language of one file.
func (c *Catalogue) loadFile(fsys fs.FS, path string) error {
	if _, err := language.Parse(strings.TrimSuffix(path, ".json")); err != nil {
		return fmt.Errorf("read the language from the file's name: %w", err)
	}
	file, err := c.bundle.LoadMessageFileFS(fsys, path)
	if err != nil {
		return err
	}
	for _, m := range file.Messages {
		if m.Other == "" {
			return fmt.Errorf("message %q has no words, or lacks the form \"other\"", m.ID)
		}
		for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
			if _, err := c.parser.Parse(form, m.LeftDelim, m.RightDelim); err != nil {
				return fmt.Errorf("message %q: %w", m.ID, err)
			}
		}
		c.keys[file.Tag] = append(c.keys[file.Tag], m.ID)
	}
	slices.Sort(c.keys[file.Tag])
	return nil
}

// Keys returns all keys of the English messages, sorted.
func (c *Catalogue) Keys() []string {
	return slices.Clone(c.keys[language.English])
}

// Languages returns the tags of all languages, English first.
func (c *Catalogue) Languages() []string {
	tags := make([]string, len(c.tags))
	for i, tag := range c.tags {
		tags[i] = tag.String()
	}
	return tags
}

// Missing returns the keys that English has and the language has not, sorted.
func (c *Catalogue) Missing(tag string) []string {
	return without(c.keys[language.English], c.keys[language.Make(tag)])
}

// Unknown returns the keys that the language has and English has not, sorted:
// messages that nothing uses any more, or misspelt keys.
func (c *Catalogue) Unknown(tag string) []string {
	return without(c.keys[language.Make(tag)], c.keys[language.English])
}

// without returns the keys of a that b does not have.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(key string) bool {
		_, found := slices.BinarySearch(b, key)
		return found
	})
}

// For returns the language that suits a reader best. Each of langs is a tag or
// the value of an Accept-Language header, the strongest wish first; an empty or
// unreadable one is passed over. A reader whose languages are all unknown gets English.
func (c *Catalogue) For(langs ...string) Language {
	var wishes []language.Tag
	for _, wish := range langs {
		if len(wish) > maxPreferences {
			continue
		}
		// An error still comes with no tags, which is the answer needed.
		tags, _, _ := language.ParseAcceptLanguage(wish)
		wishes = append(wishes, tags...)
	}
	_, index, _ := c.matcher.Match(wishes...)
	tag := c.tags[index]
	return Language{catalogue: c, tag: tag, localizer: i18n.NewLocalizer(c.bundle, tag.String())}
}

// Language says messages in one language. It is made by [Catalogue.For].
type Language struct {
	catalogue *Catalogue
	tag       language.Tag
	localizer *i18n.Localizer
}

// T returns the message with this key. What fills it are pairs of a name and a
// value, or one map of them; "Count" also chooses the plural form. A message
// that does not exist or lacks a value comes out as its key in ⟦ ⟧, which
// [IsMissing] and the reader see; a page is never lost over it.
//
// The result is plain text that may hold people's words: escape it like them.
func (l Language) T(key string, args ...any) string {
	data, err := arguments(args)
	if err != nil {
		return missing(key)
	}
	words, err := l.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: key, TemplateData: data, PluralCount: data["Count"], TemplateParser: l.catalogue.parser,
	})
	// A message that only English has comes with an error and with its words.
	var untranslated *i18n.MessageNotFoundErr
	if words == "" || err != nil && !errors.As(err, &untranslated) {
		return missing(key)
	}
	return words
}

// In is the same catalogue in another language.
func (l Language) In(langs ...string) Language { return l.catalogue.For(langs...) }

// Others are the tags of all languages of the catalogue.
func (l Language) Others() []string { return l.catalogue.Languages() }

// Has reports whether there is a message with this key, in English at least.
func (l Language) Has(key string) bool {
	_, found := slices.BinarySearch(l.catalogue.keys[language.English], key)
	return found
}

// Tag returns the language's tag, as the lang attribute of a page has it.
func (l Language) Tag() string { return l.tag.String() }

// Dir returns the direction in which the language is written, "ltr" or "rtl",
// as the dir attribute of a page has it.
func (l Language) Dir() string {
	script, _ := l.tag.Script()
	switch script.String() {
	case "Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa":
		return "rtl"
	}
	return "ltr"
}

// IsMissing reports whether words hold the mark of a message that [Language.T]
// could not say. Tests look for it in whole pages.
func IsMissing(words string) bool {
	return strings.Contains(words, missingOpen)
}

func missing(key string) string {
	return missingOpen + key + missingClose
}

// arguments makes one map of what was given to T.
func arguments(args []any) (map[string]any, error) {
	data := map[string]any{}
	if len(args) == 1 {
		given, ok := args[0].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("one argument of type %T instead of a map", args[0])
		}
		maps.Copy(data, given)
		return data, nil
	}
	for pair := range slices.Chunk(args, 2) {
		name, ok := pair[0].(string)
		if !ok || len(pair) == 1 {
			return nil, fmt.Errorf("argument %v has no name or no value", pair[0])
		}
		data[name] = pair[1]
	}
	return data, nil
}
