package conformance

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Target is the server under test.
type Target struct {
	BaseURL string       // what /Users is appended to
	Token   string       // bearer token; "": the server needs none
	Client  *http.Client // nil: http.DefaultClient
}

// Options say how a run is made. The zero value means the defaults.
type Options struct {
	Only    string        // which requirements, as in Select; "": all
	Force   bool          // check features that the server does not announce, too
	Timeout time.Duration // of one request; default 30 s
	Limit   time.Duration // of the whole run without cleaning up; default 30 min
	// Progress is called after each requirement, from one goroutine.
	Progress func(done, total int, r Result)
}

const (
	defaultTimeout = 30 * time.Second
	defaultLimit   = 30 * time.Minute
	cleanupLimit   = 2 * time.Minute
)

// TargetError says that nothing could be checked: the server cannot be reached,
// or refuses the token, or the address is wrong.
type TargetError struct {
	Reason string
	Cause  error
}

func (e *TargetError) Error() string {
	if e.Cause != nil {
		return e.Reason + ": " + e.Cause.Error()
	}
	return e.Reason
}

// Unwrap returns the cause.
func (e *TargetError) Unwrap() error { return e.Cause }

// normalize checks the address and takes the trailing slash off.
func (t Target) normalize() (Target, error) {
	u, err := url.Parse(t.BaseURL)
	switch {
	case err != nil:
		return t, &TargetError{Reason: "the base URL cannot be read", Cause: err}
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return t, &TargetError{Reason: fmt.Sprintf("%q is no http or https URL", t.BaseURL)}
	case u.RawQuery != "" || u.Fragment != "":
		return t, &TargetError{Reason: "the base URL must have neither a query nor a fragment"}
	case u.User != nil:
		return t, &TargetError{Reason: "the base URL must hold no credentials; give the token apart"}
	}
	t.BaseURL = strings.TrimRight(t.BaseURL, "/")
	return t, nil
}

// client never follows a redirect: it is an answer to look at.
func (t Target) client() *http.Client {
	base := http.DefaultClient
	if t.Client != nil {
		base = t.Client
	}
	c := *base
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Limit <= 0 {
		o.Limit = defaultLimit
	}
	if o.Progress == nil {
		o.Progress = func(int, int, Result) {}
	}
	return o
}

var errGone = errors.New("the server stopped answering")
