package requestlog

import (
	"strings"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/privacy"
)

// What came instead of a token of the connection: Token.Sent.
const (
	SentNone  = "none"
	SentToken = "token"
	SentOther = "other"
)

// A text that begins like a token and has more characters than tokenCut is a
// token that came to harm on its way; as much of its beginning is shown.
const (
	tokenCut   = 30
	tokenShown = len(tenants.TokenSecret) + 4
)

// HintOf is what may be shown of a credential: beginning and end of what has the
// form of a token, nothing of anything else, which may be somebody's password.
func HintOf(credential string) (hint, sent string) {
	if credential == "" {
		return "", SentNone
	}
	secret, ok := tenants.ParseSecret(tenants.TokenSecret, credential)
	if !ok {
		if len(credential) > tokenCut && strings.HasPrefix(credential, string(tenants.TokenSecret)) {
			return credential[:tokenShown] + privacy.Ellipsis + credential[len(credential)-4:], SentOther // mistyped, or cut off
		}
		return "", SentOther
	}
	return secret.Prefix() + privacy.Ellipsis + secret.LastFour(), SentToken
}
