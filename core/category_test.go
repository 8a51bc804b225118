package core_test

import (
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

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
