package web

import (
	"cmp"
	"net/http"
	"strconv"

	"helpdesk.campus/core"
)

// tokenForm is the part of the account's page that makes a token.
type tokenForm struct {
	Name   string
	Scope  core.TokenScope
	Days   string
	Secret string // of the one just made, shown this once
	Made   core.Token
}

// Scopes are what a token can be for.
func (tokenForm) Scopes() []core.TokenScope { return core.TokenScopes() }

func typedToken(f form) tokenForm {
	return tokenForm{
		Name: f.get("token_name"), Scope: cmp.Or(core.TokenScope(f.get("scope")), core.TokenRead),
		Days: cmp.Or(f.get("days"), strconv.Itoa(core.DefaultTokenDays)),
	}
}

// makeToken makes a token and shows its secret. The same form sent again shows the same secret again,
// as long as somebody has the page open that made it.
func (h *Handler) makeToken(w http.ResponseWriter, r *http.Request, c *caller) error {
	var made tokenForm
	return h.selfShow(w, r, c, func(f form) error {
		typed := typedToken(f)
		days, err := strconv.Atoi(typed.Days)
		if err != nil || days == 0 {
			days = -1 // refused in words, as any other number that is none of days
		}
		made.Made, made.Secret, err = h.desk.NewToken(r.Context(), c.actor, core.NewToken{
			Key: f.get("key"), Name: typed.Name, Scope: typed.Scope, Days: days, Password: f.secret("token_password"),
		})
		return err
	}, func(data *selfPage) {
		data.Token = typedToken(form{})
		data.Token.Made, data.Token.Secret = made.Made, made.Secret
	})
}

func (h *Handler) revokeToken(w http.ResponseWriter, r *http.Request, c *caller) error {
	return h.selfAct(w, r, c, "token_revoked", func(f form) error {
		return h.desk.RevokeToken(r.Context(), c.actor, core.TokenID(number(f, "id")))
	})
}
