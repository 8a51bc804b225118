package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"helpdesk.campus/bench/figure"
)

// measured measures parts one after the other, and returns the report as people read it.
func measured(ctx context.Context, t *testing.T, parts ...part) string {
	t.Helper()
	b := &bench{}
	b.log = func(s string) { b.doing = s }
	var report figure.Report
	if failed := b.measureAll(ctx, &report, parts); failed == nil {
		t.Error("that parts are not whole is no error")
	}
	var text bytes.Buffer
	if err := report.WriteMarkdown(&text, nil); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func table(name string) *figure.Table {
	t := &figure.Table{Name: name, Question: "How fast is " + name + "?", Columns: []figure.Column{{Title: "ms"}}}
	t.Add(name, 42)
	return t
}

func TestAPartThatIsNotWholeCostsNoOtherFigures(t *testing.T) {
	t.Parallel()
	text := measured(t.Context(), t,
		part{name: "broken", most: time.Hour, measure: func(context.Context, *bench) ([]*figure.Table, error) {
			return []*figure.Table{table("half"), nil, {Name: "empty", Question: "Is anything there?"}}, errors.New("the cable is out\nand the screen dark")
		}},
		part{name: "endless", most: time.Millisecond, measure: func(ctx context.Context, b *bench) ([]*figure.Table, error) {
			b.log("turning round")
			<-ctx.Done()
			return []*figure.Table{table("begun")}, ctx.Err()
		}},
		part{name: "whole", most: time.Hour, measure: func(context.Context, *bench) ([]*figure.Table, error) {
			return []*figure.Table{table("done")}, nil
		}},
	)
	for _, want := range []string{
		"| half | 42 |", "| begun | 42 |", "| done | 42 |",
		"- **broken is not whole**: the cable is out\n", `- **endless is not whole**: cut after 1ms, at "turning round"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Is anything there?") || strings.Contains(text, "whole is not whole") {
		t.Errorf("the report says too much:\n%s", text)
	}
}

func TestARunThatIsStoppedByHandKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	text := measured(ctx, t,
		part{name: "first", most: time.Hour, measure: func(inner context.Context, _ *bench) ([]*figure.Table, error) {
			stop()
			<-inner.Done()
			return []*figure.Table{table("begun")}, inner.Err()
		}},
		part{name: "second", most: time.Hour, measure: func(context.Context, *bench) ([]*figure.Table, error) {
			t.Error("it went on")
			return nil, nil
		}},
	)
	for _, want := range []string{"| begun | 42 |", "- **first is not whole**: stopped by hand", "- **second is not whole**: stopped by hand"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}
