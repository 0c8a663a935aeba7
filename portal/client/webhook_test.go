package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
	second = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	body   = `{"id":"evt1","tenant_id":"ten1","sequence":7,"type":"user.created","occurred_at":"2026-11-22T10:00:00Z","data":{"userName":"Zoë"},"previous":null,"request_id":null}`
)

func signed(t *testing.T, secret string, at time.Time) http.Header {
	t.Helper()
	header, err := Sign(secret, "evt1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return header
}

func TestVerify(t *testing.T) {
	t.Parallel()
	now := time.Now()
	other := "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	with := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	for name, c := range map[string]struct {
		by     string
		at     time.Duration
		change func(http.Header)
		body   string
		want   error
	}{
		"genuine":               {},
		"by the second secret":  {by: second},
		"almost too old":        {at: -tolerance},
		"almost too new":        {at: tolerance},
		"too old":               {at: -tolerance - time.Second, want: ErrTimestamp},
		"too new":               {at: tolerance + time.Second, want: ErrTimestamp},
		"by a stranger":         {by: "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)), want: ErrSignature},
		"another body":          {body: strings.Replace(body, "7", "8", 1), want: ErrSignature},
		"no body":               {body: " ", want: ErrSignature},
		"another id":            {change: with(HeaderID, "evt2"), want: ErrSignature},
		"another timestamp":     {change: with(HeaderTimestamp, fmt.Sprint(now.Unix()-1)), want: ErrSignature},
		"no id":                 {change: with(HeaderID, ""), want: ErrHeaders},
		"no timestamp":          {change: with(HeaderTimestamp, ""), want: ErrHeaders},
		"no signature":          {change: with(HeaderSignature, ""), want: ErrHeaders},
		"a date":                {change: with(HeaderTimestamp, "today"), want: ErrHeaders},
		"a timestamp past time": {change: with(HeaderTimestamp, "9223372036854775807"), want: ErrTimestamp},
		"an empty signature":    {change: with(HeaderSignature, "v1,"), want: ErrSignature},
		"another one's":         {change: with(HeaderSignature, other), want: ErrSignature},
		"of another version":    {change: func(h http.Header) { h.Set(HeaderSignature, "v1a"+h.Get(HeaderSignature)[2:]) }, want: ErrSignature},
		"half a signature":      {change: func(h http.Header) { h.Set(HeaderSignature, h.Get(HeaderSignature)[:20]) }, want: ErrSignature},
		"one of several, first": {change: func(h http.Header) { h.Set(HeaderSignature, h.Get(HeaderSignature)+" "+other) }},
		"one of several, last":  {change: func(h http.Header) { h.Set(HeaderSignature, other+" v2,x "+h.Get(HeaderSignature)) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := NewVerifier(secret, second)
			if err != nil {
				t.Fatal(err)
			}
			v.now = func() time.Time { return time.Unix(now.Unix(), 0) }
			header, sent := signed(t, orElse(c.by, secret), now.Add(c.at)), orElse(c.body, body)
			if c.change != nil {
				c.change(header)
			}
			event, err := v.Event(header, []byte(sent))
			if !errors.Is(err, c.want) || err == nil && (event.ID != "evt1" || event.Sequence != 7) {
				t.Errorf("%v %+v, want %v", err, event, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "MfKQ") {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// The public library takes what Sign makes, and a Verifier what it makes.
func TestStandardWebhooks(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{time.Now(), time.Now().Add(-4 * time.Minute), time.Now().Add(-time.Hour)} {
		public, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		stranger, err := standardwebhooks.NewWebhook(second)
		if err != nil {
			t.Fatal(err)
		}
		v, err := NewVerifier(secret)
		if err != nil {
			t.Fatal(err)
		}
		fresh := time.Since(at) < tolerance
		if err := public.Verify([]byte(body), signed(t, secret, at)); (err == nil) != fresh {
			t.Errorf("%v: the library says %v", at, err)
		}
		if err := stranger.Verify([]byte(body), signed(t, secret, at)); err == nil {
			t.Errorf("%v: the library takes it with another secret", at)
		}
		for maker, want := range map[*standardwebhooks.Webhook]bool{public: fresh, stranger: false} {
			signature, err := maker.Sign("evt1", at, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{}
			header.Set(standardwebhooks.HeaderWebhookID, "evt1")
			header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(at.Unix()))
			header.Set(standardwebhooks.HeaderWebhookSignature, signature)
			if err := v.Verify(header, []byte(body)); (err == nil) != want {
				t.Errorf("%v: %v, want it taken: %v", at, err, want)
			}
		}
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, secrets := range [][]string{{}, {""}, {"whsec_"}, {"whsec_c2hvcnQ="}, {"hidden secret of somebody, not base64"}, {secret, ""}} {
		if _, err := NewVerifier(secrets...); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", secrets, err)
		}
	}
	for _, same := range []string{strings.TrimPrefix(secret, "whsec_"), " " + secret + "\n"} {
		v, err := NewVerifier(same)
		if err == nil {
			err = v.Verify(signed(t, secret, time.Now()), []byte(body))
		}
		if err != nil {
			t.Errorf("%q: %v", same, err)
		}
	}
	if _, err := Sign("no", "evt1", time.Now(), nil); err == nil {
		t.Error("signed with no secret")
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	v, err := NewVerifier(secret)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	h := v.Handler(func(_ context.Context, e Event) error {
		var user struct{ UserName string }
		if err := e.Decode(&user); err != nil {
			t.Error(err)
		}
		got = append(got, e.ID+" "+user.UserName)
		if len(got) == 2 {
			return errors.New("hidden")
		}
		return nil
	})
	send := func(header http.Header, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	genuine := func(body string) http.Header {
		header, err := Sign(secret, "evt1", time.Now(), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return header
	}
	large := strings.Repeat(" ", webhookBytes+1)
	for i, c := range []struct {
		header http.Header
		body   string
		want   int
	}{
		{genuine(body), body, 204},
		{genuine(body), body, 500},
		{genuine(body), body + " ", 401},
		{http.Header{}, body, 401},
		{genuine("[]"), "[]", 401},
		{genuine(large), large, 413},
	} {
		if w := send(c.header, c.body); w.Code != c.want || strings.Contains(w.Body.String(), "hidden") {
			t.Errorf("%d: %d %s, want %d", i, w.Code, w.Body, c.want)
		}
	}
	if fmt.Sprint(got) != "[evt1 Zoë evt1 Zoë]" {
		t.Errorf("applied %v", got)
	}
}
