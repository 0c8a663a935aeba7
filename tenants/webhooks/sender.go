package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/roster-scim/roster/authz"
)

const (
	keptBody   = 8 << 10  // of an answer, bytes
	readBody   = 64 << 10 // that are read so that the connection can go on
	keptHeader = 256      // of one header's value, bytes

	idleTimeout = 4 * time.Second // some servers close after 5, perhaps while a message is on its way
	idleConns   = 100
	maxHeaders  = 32 << 10 // of an answer, bytes
)

// keptHeaders are those of an answer that help to find out what happened.
var keptHeaders = []string{"Content-Type", "Date", "Location", "Retry-After", "Server", "Via", "X-Request-Id"}

// Sender posts messages. It follows no redirects and asks no proxy, since either
// would reach what the check of the address did not see. It is safe for
// concurrent use, and keeps connections open between messages.
type Sender struct {
	transport *http.Transport
	timeout   time.Duration // of an attempt, from looking up the name to the end of the answer
	now       func() time.Time
}

// SenderOptions are what a Sender may be told.
type SenderOptions struct {
	Guard   authz.Guard
	Timeout time.Duration    // zero: 15 s
	Now     func() time.Time // nil: time.Now

	resolver *net.Resolver // nil: the system's
	tls      *tls.Config   // nil: as it should be
}

// NewSender returns a Sender.
func NewSender(o SenderOptions) *Sender {
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.tls == nil {
		o.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	// Control sees every address behind a name just before it is dialled.
	dialer := &net.Dialer{Control: o.Guard.Control, Resolver: o.resolver}
	// A transport by itself follows no redirects.
	return &Sender{timeout: o.Timeout, now: o.Now, transport: &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: o.tls, ForceAttemptHTTP2: true,
		MaxIdleConns: idleConns, MaxIdleConnsPerHost: defaultPerEndpoint, IdleConnTimeout: idleTimeout,
		MaxResponseHeaderBytes: maxHeaders, DisableCompression: true,
	}}
}

// Close lets go of the connections that are not in use.
func (s *Sender) Close() { s.transport.CloseIdleConnections() }

// attempt is one message that was sent, and what came back.
type attempt struct {
	at       time.Time
	took     time.Duration
	status   int    // 0: no answer
	failure  string // "": it was delivered
	request  Request
	response Response
	wait     time.Duration // that the receiver asked for; zero: it did not
}

// send posts a message. Whatever goes wrong is in the attempt.
func (s *Sender) send(ctx context.Context, w *Webhook, m message) *attempt {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	a := &attempt{at: s.now().UTC().Truncate(time.Microsecond)}
	started := time.Now()
	defer func() { a.took = time.Since(started).Truncate(time.Microsecond) }()
	headers := m.headers(w.Secrets, a.at)
	a.request = Request{URL: w.URL, Headers: flat(headers)}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(m.body))
	if err != nil {
		a.failure = "the address is none that can be called: " + err.Error()
		return a
	}
	r.Header = headers
	answer, err := s.transport.RoundTrip(r)
	if err != nil {
		a.failure = describe(err, s.timeout)
		return a
	}
	defer answer.Body.Close()
	a.status = answer.StatusCode
	a.response = responseOf(answer)
	a.judge(answer)
	return a
}

// responseOf keeps what may be of use. A body that does not end in time, or at
// all, is cut: the status has been said.
func responseOf(answer *http.Response) Response {
	body, err := io.ReadAll(io.LimitReader(answer.Body, readBody))
	r := Response{Headers: map[string]string{}, Cut: err != nil || len(body) > keptBody}
	if len(body) > keptBody {
		body = body[:keptBody]
	}
	r.Body = readable(string(body))
	for _, name := range keptHeaders {
		if value := answer.Header.Get(name); value != "" {
			r.Headers[name] = clip(readable(value), keptHeader)
		}
	}
	return r
}

// readable is text as a database takes it.
func readable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// clip cuts a text to a number of bytes, between characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

func flat(h http.Header) map[string]string {
	all := make(map[string]string, len(h))
	for name := range h {
		all[strings.ToLower(name)] = h.Get(name)
	}
	return all
}
