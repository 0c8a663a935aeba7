package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// vector is a webhook that was signed by the public library, and what verifiers
// in every language say to it.
type vector struct {
	Name    string            `json:"name"`
	Secrets []string          `json:"secrets"` // of the verifier
	Now     int64             `json:"now"`     // Unix seconds
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Fault   string            `json:"fault"` // "" if it is genuine
}

const vectorFile = "typescript/testdata/webhooks.json"

func vectors(t *testing.T) []vector {
	t.Helper()
	const now = 1_795_341_600 // 2026-11-22T10:00:00Z
	signed := func(name, by string, off int64, verify []string, fault string, change func(*vector)) vector {
		library, err := standardwebhooks.NewWebhook(by)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := library.Sign("evt1", time.Unix(now+off, 0), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		v := vector{name, verify, now, map[string]string{
			"webhook-id": "evt1", "webhook-timestamp": fmt.Sprint(now + off), "webhook-signature": signature,
		}, body, fault}
		if change != nil {
			change(&v)
		}
		return v
	}
	own, both := []string{secret}, []string{second, secret}
	const other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	set := func(name, value string) func(*vector) { return func(v *vector) { v.Headers[name] = value } }
	return []vector{
		signed("genuine", secret, 0, own, "", nil),
		signed("without the prefix", secret, 0, []string{secret[len("whsec_"):]}, "", nil),
		signed("one of two secrets", secret, 0, both, "", nil),
		signed("the other of two secrets", second, 0, both, "", nil),
		signed("almost too old", secret, -300, own, "", nil),
		signed("almost too new", secret, 300, own, "", nil),
		signed("the first of two signatures", secret, 0, own, "", func(v *vector) { v.Headers["webhook-signature"] += " " + other }),
		signed("the last of three signatures", secret, 0, own, "", func(v *vector) {
			v.Headers["webhook-signature"] = other + " v1a,x " + v.Headers["webhook-signature"]
		}),
		signed("another secret", second, 0, own, "signature", nil),
		signed("another body", secret, 0, own, "signature", func(v *vector) { v.Body += " " }),
		signed("another id", secret, 0, own, "signature", set("webhook-id", "evt2")),
		signed("another time", secret, 0, own, "signature", set("webhook-timestamp", fmt.Sprint(now+1))),
		signed("another version", secret, 0, own, "signature", func(v *vector) { v.Headers["webhook-signature"] = "v2" + v.Headers["webhook-signature"][2:] }),
		signed("an empty signature", secret, 0, own, "signature", set("webhook-signature", "v1,")),
		signed("no base64", secret, 0, own, "signature", set("webhook-signature", "v1,%%%")),
		signed("too old", secret, -301, own, "timestamp", nil),
		signed("too new", secret, 301, own, "timestamp", nil),
		signed("a date", secret, 0, own, "headers", set("webhook-timestamp", "today")),
		signed("no id", secret, 0, own, "headers", func(v *vector) { delete(v.Headers, "webhook-id") }),
		signed("no timestamp", secret, 0, own, "headers", func(v *vector) { delete(v.Headers, "webhook-timestamp") }),
		signed("no signature", secret, 0, own, "headers", func(v *vector) { delete(v.Headers, "webhook-signature") }),
	}
}

// The file that the tests of other languages read is what the public library
// makes, and this package says the same to it. UPDATE_VECTORS=1 writes it.
func TestVectors(t *testing.T) {
	t.Parallel()
	made := vectors(t)
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	if os.Getenv("UPDATE_VECTORS") != "" {
		if err := os.WriteFile(vectorFile, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(vectorFile); err != nil || string(kept) != string(text) {
		t.Errorf("%s is not what the library makes (%v); write it with UPDATE_VECTORS=1", vectorFile, err)
	}
	faults := map[string]error{"": nil, "headers": ErrHeaders, "timestamp": ErrTimestamp, "signature": ErrSignature}
	for _, v := range made {
		verifier, err := NewVerifier(v.Secrets...)
		if err != nil {
			t.Fatal(err)
		}
		verifier.now = func() time.Time { return time.Unix(v.Now, 0) }
		header := http.Header{}
		for name, value := range v.Headers {
			header.Set(name, value)
		}
		if err := verifier.Verify(header, []byte(v.Body)); !errors.Is(err, faults[v.Fault]) {
			t.Errorf("%s: %v, want %q", v.Name, err, v.Fault)
		}
	}
}
