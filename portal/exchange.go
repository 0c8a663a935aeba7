package portal

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants/login"
)

// exchangeOperation answers its own errors, as RFC 6749 section 5.2 has them, so
// its requests are not held against the document.
const exchangeOperation = "exchangeToken"

// maxExchange bounds the form of an exchange, in bytes.
const maxExchange = 64 << 10

type exchangeKey struct{}

// admitExchange reads the form. Parameters in the address are no parameters
// (RFC 6749 section 3.2), and none may be there twice except where RFC 8693 says so.
func (p *Portal) admitExchange(c *gin.Context) (*http.Request, error) {
	c.Header("Cache-Control", "no-store")
	c.Header("Pragma", "no-cache") // RFC 6749 section 5.1 asks for both
	r := c.Request
	if retryAfter, ok := p.pace(r); !ok {
		return nil, &Problem{Status: http.StatusTooManyRequests, Code: "rate_limited", RetryAfter: retryAfter,
			Detail: "These are more requests than one address may send at a time. Slow down; nothing was used up."}
	}
	r.Body = http.MaxBytesReader(c.Writer, r.Body, maxExchange)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, &login.ExchangeError{Code: login.InvalidRequest, Description: "send the parameters as application/x-www-form-urlencoded"}
	}
	if err := r.ParseForm(); err != nil {
		return nil, &login.ExchangeError{Code: login.InvalidRequest, Description: "the form cannot be read, or is too large"}
	}
	form := r.PostForm
	for name, values := range form {
		if len(values) > 1 && name != "resource" && name != "audience" {
			return nil, &login.ExchangeError{Code: login.InvalidRequest, Description: "a parameter is there twice"}
		}
	}
	if form.Has("actor_token") {
		return nil, &login.ExchangeError{Code: login.InvalidRequest, Description: "actor_token is not supported: the session is the subject's alone"}
	}
	x := login.Exchange{
		GrantType: form.Get("grant_type"), SubjectToken: form.Get("subject_token"), SubjectTokenType: form.Get("subject_token_type"),
		RequestedTokenType: form.Get("requested_token_type"), Scope: strings.Fields(form.Get("scope")),
		Resource: append(form["resource"], form["audience"]...),
	}
	return r.WithContext(context.WithValue(p.visitor(c), exchangeKey{}, x)), nil
}

// ExchangeToken implements api.StrictServerInterface.
func (h *handlers) ExchangeToken(ctx context.Context, _ api.ExchangeTokenRequestObject) (api.ExchangeTokenResponseObject, error) {
	x, _ := ctx.Value(exchangeKey{}).(login.Exchange)
	started, err := h.login.Exchange(ctx, x)
	if err != nil {
		return nil, err
	}
	answer := api.ExchangeToken200JSONResponse{
		AccessToken: started.Token, TokenType: "Bearer", IssuedTokenType: login.TypeAccessToken,
		ExpiresIn: int(started.Session.ExpiresAt.Sub(started.Session.CreatedAt) / time.Second),
	}
	if len(x.Scope) > 0 {
		scope := strings.Join(started.Session.Roles, " ")
		answer.Scope = &scope
	}
	return answer, nil
}

// writeExchangeError answers an exchange that is refused, as RFC 6749 section 5.2
// has it. It reports whether that is what the error is.
func writeExchangeError(w http.ResponseWriter, err error) bool {
	refusal, ok := errors.AsType[*login.ExchangeError](err)
	if !ok {
		return false
	}
	body, err := json.Marshal(api.OAuthError{Error: api.OAuthErrorError(refusal.Code), ErrorDescription: printable(refusal.Description)})
	if err != nil { // two texts always encode
		body = []byte(`{"error":"invalid_request"}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body) // the client is gone if this fails; there is nobody to tell
	return true
}

// printable keeps a description to the characters that it may have: printable
// ASCII but " and \.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\' || r == '“' || r == '”':
			return '\''
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, text)
}
