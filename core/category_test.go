package core_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

// A kind that is no longer reported is no longer given to tickets either; those that have it keep it.
func TestAnArchivedKindIsGivenToNoTicket(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	ines, ana := storagetest.As(c.Ines, core.DoorSSH), storagetest.As(c.Ana, core.DoorSSH)
	other, had := c.Report(t, c.Ana, "No signal"), c.ReportIn(t, c.Ana, "No paper", c.Printing)
	if _, err := c.Desk.EditCategory(t.Context(), core.Operator(), c.Printing.ID, core.CategoryEdit{Archived: new(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Change(t.Context(), ines, other, 0, core.Change{Category: &c.Printing.ID}); problem(err) != "category_unknown" {
		t.Errorf("staff gave it: %v", err)
	}
	if _, err := c.Desk.Correct(t.Context(), ana, other, 0, core.Correction{Category: &c.Printing.ID}); problem(err) != "category_unknown" {
		t.Errorf("its reporter gave it: %v", err)
	}
	if _, err := c.Desk.Correct(t.Context(), ana, had, 0, core.Correction{Category: &c.Printing.ID, Title: new("No paper at all")}); err != nil {
		t.Errorf("a correction that leaves it as it is: %v", err)
	}
}

func TestCategoriesHaveNamesInOtherLanguages(t *testing.T) {
	t.Parallel()
	c := storagetest.NewCampus(t)
	made, err := c.Desk.AddCategory(t.Context(), core.Operator(), core.Category{
		Code: "wifi", Name: "Wi-Fi", Hint: "Which device?", Line: core.IT, Queue: c.IT.ID,
		Names: map[string]string{"es": "Red inalámbrica"}, Hints: map[string]string{"es": "¿Qué dispositivo?"},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Desk.Categories(t.Context(), core.Anonymous(core.DoorWeb, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, read := range list {
		if read.ID != made.ID {
			continue
		}
		if es := read.In("es"); es.Name != "Red inalámbrica" || es.Hint != "¿Qué dispositivo?" {
			t.Errorf("%+v", es)
		}
		if de := read.In("de"); de.Name != "Wi-Fi" || de.Hint != "Which device?" {
			t.Errorf("%+v", de)
		}
	}
	view, err := c.Desk.Ticket(t.Context(), core.Operator(), c.ReportIn(t, c.Ana, "No Wifi", made))
	if err != nil || view.Ticket.Category.In("es").Name != "Red inalámbrica" {
		t.Errorf("%+v, %v", view.Ticket.Category, err)
	}
}
