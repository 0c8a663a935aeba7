package idp

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// wrongToken sends what must be refused: credentials that are wrong, malformed or
// missing, for reading and for writing.
func (r *run) wrongToken(ctx context.Context) error {
	body := r.main.provider.userBody(&r.company.People[0])
	attempts := []struct {
		step, authorization, method, path string
		body                              any
	}{
		{"altered token", "Bearer " + altered(r.config.Token), http.MethodGet, r.main.provider.findUser("nobody"), nil},
		{"altered token", "Bearer " + altered(r.config.Token), http.MethodPost, users.endpoint, body},
		{"no scheme", "non-token", http.MethodGet, "/Users?startIndex=1&count=2", nil},
		{"no token", "Bearer ", http.MethodGet, "/Groups?startIndex=1&count=100", nil},
		{"no header", "", http.MethodGet, "/Users?startIndex=1&count=2", nil},
	}
	return r.main.each(ctx, "attempts", len(attempts), func(ctx context.Context, i int) error {
		a := attempts[i]
		c := r.newCycle(1)
		c.authorization = a.authorization
		_, err := c.do(ctx, call{
			step: a.step, method: a.method, path: a.path, body: a.body,
			want: []int{http.StatusUnauthorized}, check: challenges,
		})
		return err
	})
}

// challenges: a 401 says how to authenticate (RFC 9110 section 15.5.2).
func challenges(a *answer) error {
	if a.header.Get("WWW-Authenticate") == "" {
		return errors.New("a 401 without WWW-Authenticate")
	}
	return nil
}

// altered is another token of the same form.
func altered(token string) string {
	last := token[len(token)-1:]
	if strings.EqualFold(last, "a") {
		return token[:len(token)-1] + "b"
	}
	return token[:len(token)-1] + "a"
}

// expectNobody makes sure that a look-up finds nothing.
func (c *cycle) expectNobody(ctx context.Context, step, userName string) error {
	path := c.provider.findUser(userName)
	found, err := c.find(ctx, step, users, path)
	if err == nil && found != nil {
		err = c.contradict(step, http.MethodGet, path, http.StatusOK, errors.New("the filter finds "+text(found["id"])))
	}
	return err
}
