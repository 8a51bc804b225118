package linear

import (
	"context"
	"strconv"
	"strings"
)

// choose finds which of several is meant: by its number, by its name, or by as much of it as only one has. If nothing
// was typed yet, or what was typed could be several or none, it reads them out and asks.
func (c *Console) choose(ctx context.Context, title string, names []string, typed string) (int, error) {
	if len(names) == 0 {
		c.sayf("%s: there is none.", title)
		return 0, errGivenUp
	}
	for {
		typed = strings.TrimSpace(typed)
		found := match(names, typed)
		switch {
		case typed == "":
			c.sayf("%s", heading(title))
		case len(found) == 1:
			return found[0], nil
		case len(found) == 0:
			c.sayf("%s is none of these:", quoted(typed))
		default:
			c.sayf("%s could be one of several:", quoted(typed))
		}
		for i, name := range names {
			c.sayf("%d. %s", i+1, name)
		}
		var err error
		if typed, err = c.ask(ctx, "Number or name, or nothing to leave it: "); err != nil {
			return 0, err
		}
		if strings.TrimSpace(typed) == "" {
			return 0, errGivenUp
		}
	}
}

// heading is a title before what stands under it.
func heading(title string) string {
	if strings.HasSuffix(title, "?") {
		return title
	}
	return title + ":"
}

// match says which of the names could be meant.
func match(names []string, typed string) []int {
	if n, err := strconv.Atoi(typed); err == nil && n >= 1 && n <= len(names) {
		return []int{n - 1}
	}
	if typed == "" {
		return nil
	}
	typed = strings.ToLower(typed)
	for _, is := range []func(name string) bool{
		func(name string) bool { return name == typed },
		func(name string) bool { return strings.HasPrefix(name, typed) },
		func(name string) bool { return strings.Contains(name, typed) },
	} {
		var found []int
		for i, name := range names {
			if is(strings.ToLower(strings.ReplaceAll(name, "_", " "))) || is(strings.ToLower(name)) {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// sure asks a question that is answered with yes or no.
func (c *Console) sure(ctx context.Context, question string) (bool, error) {
	for {
		answer, err := c.ask(ctx, question+" Yes or no: ")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "yes", "y":
			return true, nil
		case "no", "n", "":
			return false, nil
		}
		c.sayf("Please type yes or no.")
	}
}

// answer wants words, again until they are right; none give the command up unless there need be none.
func (c *Console) answer(ctx context.Context, prompt string, optional bool) (string, error) {
	typed, err := c.ask(ctx, prompt)
	if err != nil {
		return "", err
	}
	if typed = strings.TrimSpace(typed); typed == "" && !optional {
		return "", errGivenUp
	}
	return typed, nil
}
