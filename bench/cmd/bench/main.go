// Bench says how fast the helpdesk is, beside what the machine and PostgreSQL alone can do:
//
//	make bench                       10,000 and 100,000 tickets, and a million where that was filled before; about ten minutes
//	make bench TICKETS=10000,1000000
//	make bench DESK=postgres://…     on a filled desk of yours too, which it changes
//	make bench PARTS=reports,feed
//
// A part that fails or takes too long costs its own figures alone; the report says so. It needs PostgreSQL's programs and runs a durable server of its own. The report is written to .build/bench.md and, with
// KEEP=name, to bench/history for the next to compare with.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	began := time.Now()
	b := &bench{log: func(s string) { fmt.Fprintf(os.Stderr, "%6s  %s\n", time.Since(began).Round(time.Second), s) }}
	sizes := flag.String("tickets", "", "how big the desks are: 10000, 100000 and, where one has been filled, 1000000 if nothing is said")
	consoles := flag.String("consoles", "1,50,200,500", "how many consoles are open while keys are timed")
	clients := flag.String("clients", "1,8,32,128", "how many clients send reports at once")
	flag.StringVar(&b.desk, "desk", "", "`URL` of a filled desk to measure on as well; it is changed")
	parts := flag.String("parts", "", "which `parts` to measure, all by default: "+strings.Join(names(), ", "))
	flag.StringVar(&b.program, "program", ".build/helpdesk", "the program to measure")
	flag.StringVar(&b.folder, "report", ".build", "the `folder` to write bench.md and bench.json to")
	flag.StringVar(&b.keep, "keep", "", "keep the report in the history under this `name`")
	flag.BoolVar(&b.quick, "quick", false, "measure so short that only the bench itself is tried")
	flag.BoolVar(&b.uncut, "uncut", false, "let each part take as long as it takes")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "Bench says how fast the helpdesk is.\n\n"+costs()+"\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	var err error
	if b.sizes, err = numbers(*sizes); err != nil {
		return err
	}
	if b.consoles, err = numbers(*consoles); err != nil {
		return err
	}
	if b.clients, err = numbers(*clients); err != nil {
		return err
	}
	if *parts != "" {
		for name := range strings.SplitSeq(*parts, ",") {
			if !slices.Contains(names(), name) {
				return errors.New("there is no part " + name + "; there are " + strings.Join(names(), ", "))
			}
			b.parts = append(b.parts, name)
		}
	}
	return b.run(ctx)
}

// numbers reads a list of them, and sorts it.
func numbers(text string) ([]int, error) {
	if text == "" {
		return nil, nil
	}
	var list []int
	for item := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(item))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no number of tickets, consoles or clients", item) //nolint:err113 // said once, to a person
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return list, nil
}
