// Fill makes a big, believable desk in a database, to measure on:
//
//	go run ./bench/cmd/fill --tickets 1000000 --url postgres://…
//
// With --keep the URL is a server's; the filled database is kept there and its URL printed, at once the next time.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"helpdesk.campus/bench/fill"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	began := time.Now()
	o := fill.Options{Log: func(s string) { fmt.Fprintf(os.Stderr, "%6s  %s\n", time.Since(began).Round(time.Second), s) }}
	url := flag.String("url", os.Getenv("HELPDESK_BENCH_URL"), "the `database` to fill, or with --keep any of its server")
	keep := flag.Bool("keep", false, "keep the filled database on the server beside the one named, and print its URL")
	flag.IntVar(&o.Tickets, "tickets", 1_000_000, "how many tickets")
	flag.Uint64Var(&o.Seed, "seed", 1, "the same seed makes the same desk")
	flag.IntVar(&o.Years, "years", 5, "over how many years")
	flag.Parse()
	if *url == "" {
		return fmt.Errorf("say which database: --url postgres://…") //nolint:err113 // said once, to a person
	}
	if *keep {
		kept, err := fill.Keep(ctx, *url, o)
		if err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		fmt.Println(kept)
		return nil
	}
	result, err := fill.Database(ctx, *url, o)
	if err != nil {
		return fmt.Errorf("fill %d tickets: %w", o.Tickets, err)
	}
	fmt.Println(result)
	return nil
}
