package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"helpdesk.campus/core"
	"helpdesk.campus/core/text"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Read the whole history and name every place where it is not as it was written."`
	Heads  auditHeadsCommand  `cmd:"" help:"Print the daily signed heads of the history, to be kept elsewhere."`
	Seal   auditSealCommand   `cmd:"" help:"Sign the history as it stands now; the background work does so once a day."`
}

type auditVerifyCommand struct {
	database `embed:""`

	Head string `help:"A head that was kept elsewhere, as 'helpdesk audit heads' prints it: NUMBER:DIGEST. It must still be there." placeholder:"HEAD"`
}

// Run verifies the history. It fails when anything is not as it was.
func (a *auditVerifyCommand) Run(ctx context.Context, o *output) error {
	catalogue, err := text.New()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	words := catalogue.For("en")
	return a.work(ctx, o, func(desk *core.Desk) error {
		report, err := desk.VerifyHistory(ctx, core.Operator())
		if err != nil {
			return err
		}
		o.printf("%d events in %d streams, %d of them from before events were chained; %d signed heads.\n",
			report.Events, report.Streams, report.Unchained, report.Heads)
		for _, f := range report.Faults {
			o.printf("%s: %s\n", faultPlace(f), words.T("error."+f.Code))
		}
		if a.Head != "" {
			kept, err := keptHead(ctx, desk, a.Head)
			if err != nil {
				return err
			}
			if !kept {
				return fmt.Errorf("the head %s is not part of this history: it was made anew since that was written down", a.Head)
			}
		}
		if n := len(report.Faults); n > 0 {
			return fmt.Errorf("the history is not as it was written: %d faults named", n)
		}
		o.printf("The history is as it was written.\n")
		return nil
	})
}

func faultPlace(f core.AuditFault) string {
	switch {
	case f.Head != 0:
		return fmt.Sprintf("head %d", f.Head)
	case f.Seq == 0:
		return fmt.Sprintf("%s %d", f.Stream, f.StreamID)
	}
	return fmt.Sprintf("%s %d, event %d", f.Stream, f.StreamID, f.Seq)
}

func keptHead(ctx context.Context, desk *core.Desk, head string) (bool, error) {
	number, digest, ok := strings.Cut(head, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return false, fmt.Errorf("--head is %q: write it as NUMBER:DIGEST, as 'helpdesk audit heads' prints it", head)
	}
	heads, err := desk.AuditHeads(ctx, core.Operator())
	if err != nil {
		return false, err
	}
	for _, h := range heads {
		if h.ID == id {
			return hex.EncodeToString(h.Digest) == digest, nil
		}
	}
	return false, nil
}

type auditHeadsCommand struct {
	database `embed:""`
}

// Run prints a line a head.
func (a *auditHeadsCommand) Run(ctx context.Context, o *output) error {
	return a.work(ctx, o, func(desk *core.Desk) error {
		heads, err := desk.AuditHeads(ctx, core.Operator())
		if err != nil {
			return err
		}
		for _, h := range heads {
			printHead(o, h)
		}
		return nil
	})
}

type auditSealCommand struct {
	database `embed:""`
}

// Run seals the history.
func (a *auditSealCommand) Run(ctx context.Context, o *output) error {
	return a.work(ctx, o, func(desk *core.Desk) error {
		head, err := desk.SealHistory(ctx, core.Operator())
		if err != nil {
			return err
		}
		printHead(o, head)
		return nil
	})
}

func printHead(o *output, h core.AuditHead) {
	o.printf("%s  %d:%x  %d streams\n", h.At.Format(time.RFC3339), h.ID, h.Digest, h.Streams)
}
