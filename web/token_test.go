package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"helpdesk.campus/core"
	"helpdesk.campus/storage/storagetest"
)

func TestMakingAndRevokingATokenOnThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	page := b.open("/account")
	fields := url.Values{"key": {page.key()}, "token_name": {"city app"}, "scope": {"report"}, "days": {"30"}, "token_password": {storagetest.Password}}
	made := b.want(http.StatusOK, b.post("/account/tokens", fields))
	b.want(http.StatusUnprocessableEntity, b.submit("/account/tokens", url.Values{"token_name": {"city app"}, "scope": {"report"}, "days": {"30"}})).says(t, "Type your password here.")
	secret := regexp.MustCompile(`hd_[a-z2-7]{39}`).FindString(made.Body)
	made.says(t, "Your new token", "city app", "report", "Never used")
	if got := made.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("the page with the secret may be kept: %q", got)
	}
	again := b.want(http.StatusOK, b.post("/account/tokens", fields))
	if !strings.Contains(again.Body, secret) || strings.Count(again.Body, "Revoke the token city app") != 1 {
		t.Error("the same form sent again did not give the same one token")
	}
	if strings.Contains(b.open("/account").Body, "hd_") {
		t.Error("the secret is shown a second time")
	}
	if _, user, err := s.Desk.TokenActor(t.Context(), core.DoorAPI, secret, "192.0.2.7", core.TokenReport); err != nil || user.Username != "ana" {
		t.Fatalf("the token is %s's: %v", user.Username, err)
	}
	ids := b.open("/account").ids("/account/tokens/revoke")
	b.want(http.StatusSeeOther, b.submit("/account/tokens/revoke", url.Values{"id": {ids[0]}}))
	if _, _, err := s.Desk.TokenActor(t.Context(), core.DoorAPI, secret, "192.0.2.7", core.TokenReport); core.KindOf(err) != core.Unauthenticated {
		t.Errorf("the revoked token: %v", err)
	}
}

func TestAWrongTokenFormSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.as(t, s.Ana)
	a := b.want(http.StatusUnprocessableEntity, b.submit("/account/tokens", url.Values{"token_name": {""}, "scope": {"all"}, "days": {"900"}}))
	a.says(t, "A token holds for 1 to 365 days.", "Choose what the token is for")
	if !strings.Contains(a.Body, `value="900"`) {
		t.Error("what was typed is lost")
	}
}
