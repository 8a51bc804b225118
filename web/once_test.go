package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestALinkFromTheConsoleSendsOneFileOnceToWhoeverHasNoCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own, id := s.ownTicket(t, s.Ana, "No Wifi")
	ana := s.as(t, s.Ana)
	page := ana.open(own)
	ana.want(http.StatusSeeOther, ana.sendPicture(own+"/reply", url.Values{"key": {page.key()}, "body": {"look"}}, "valve.png"))
	ines := storagetest.As(s.Ines, core.DoorSSH)
	files, err := s.Desk.TicketFiles(t.Context(), ines, id)
	if err != nil || len(files) != 1 {
		t.Fatalf("%+v, %v", files, err)
	}
	token, _, err := s.Desk.LinkFile(t.Context(), ines, id, files[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	stranger := s.browser(t)
	path := "/files/once/" + token
	stranger.want(http.StatusMethodNotAllowed, stranger.do(stranger.request(http.MethodHead, path, nil)))
	a := stranger.want(http.StatusOK, stranger.get(path))
	if int64(len(a.Body)) != files[0].Size || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != files[0].MediaType ||
		a.Header.Get("Content-Security-Policy") == "" || a.Header.Get("Referrer-Policy") == "" {
		t.Errorf("%d of %d bytes with %v", len(a.Body), files[0].Size, a.Header)
	}
	again := stranger.want(http.StatusNotFound, stranger.get(path))
	again.says(t, "This link has been used or has ended.")
	same(t, "a link that was used", again, stranger.want(http.StatusNotFound, stranger.get("/files/once/AAAAAAAAAAAAAAAAAAAAAA")))
}
