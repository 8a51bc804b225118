package core_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestStaffReportForWhoeverPhones(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ctx := t.Context()
	ines := storagetest.As(c.Ines, core.DoorSSH)
	in := core.NewTicket{Title: "No heating", Category: c.Heating.ID, Where: core.Where{Words: "LIB-204"}, Priority: core.Urgent, Key: "call-1"}
	receipt, err := c.Desk.ReportFor(ctx, ines, c.Ben.ID, in)
	if err != nil || receipt.Link != "" {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if again, err := c.Desk.ReportFor(ctx, ines, c.Ben.ID, in); err != nil || again.Ticket != receipt.Ticket || !again.Repeated {
		t.Errorf("sent twice it made %+v, %v", again, err)
	}
	page, err := c.Desk.Tickets(ctx, storagetest.As(c.Ben, core.DoorWeb), core.ListRequest{Mine: true})
	if err != nil || len(page.Tickets) != 1 {
		t.Fatalf("Ben finds %d tickets, %v", len(page.Tickets), err)
	}
	if got := ticket(t, c, core.Operator(), receipt.Ticket); got.CreatedBy.ID != c.Ines.ID || got.Queue.ID != c.Facilities.ID || got.Priority != core.Urgent || got.Door != core.DoorSSH {
		t.Errorf("it is %+v", got)
	}
	in.Key, in.Contact = "call-2", core.Contact{Name: "Gus Guest", Phone: "555 0100"}
	if receipt, err = c.Desk.ReportFor(ctx, ines, 0, in); err != nil {
		t.Fatal(err)
	}
	if _, id, err := c.Desk.Guest(ctx, core.DoorWeb, receipt.Link, ""); err != nil || id != receipt.Ticket {
		t.Errorf("the link opens %v, %v", id, err)
	}
	in.Key, in.Contact = "call-3", core.Contact{Name: "Gus Guest"}
	if _, err := c.Desk.ReportFor(ctx, ines, 0, in); reason(err) != "contact_missing" {
		t.Errorf("without a way to reach them: %v", err)
	}
	if _, err := c.Desk.ReportFor(ctx, ines, 999_999, in); code(err) != "user_not_found" {
		t.Errorf("for nobody: %v", err)
	}
	if _, err := c.Desk.ReportFor(ctx, storagetest.As(c.Ana, core.DoorSSH), c.Ben.ID, in); code(err) != "staff_only" {
		t.Errorf("by a reporter: %v", err)
	}
}
