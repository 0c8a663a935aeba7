package scim

import (
	"testing"
	"time"
)

// TestAppendTime: times are shown to the microsecond, in UTC, with every digit.
func TestAppendTime(t *testing.T) {
	t.Parallel()
	west := time.FixedZone("", -9*60*60)
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(1, 999), time.Unix(1, 1_000), time.Unix(1, 999_999_999), time.Unix(1, 120_000_000),
		time.Date(2026, 2, 28, 23, 59, 59, 999_999_000, west), time.Date(9999, 12, 31, 0, 0, 0, 7_000, time.UTC),
	} {
		if got, want := string(appendTime(nil, at)), at.UTC().Format("2006-01-02T15:04:05.000000Z"); got != want {
			t.Errorf("%v is shown as %s, want %s", at, got, want)
		}
	}
}

// TestHasKey: an extension is found by its key alone, wherever it stands.
func TestHasKey(t *testing.T) {
	t.Parallel()
	const urn, short = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:x:a"
	for document, want := range map[string]bool{
		`{}`:                                   false,
		`{"` + urn + `":{"department":"x"}}`:   true,
		`{"a":"b","` + urn + `":{}}`:           true,
		`{"a":"` + urn + `"}`:                  false,
		`{"a":"\"` + urn + `\":"}`:             false,
		`{"a":"` + urn + `","` + urn + `":{}}`: true,
		`{"` + urn + `2":{"department":"x"}}`:  false,
		`{"urn:ietf:params:scim:schemas:extension:other:1.0:User":1}`: false,
	} {
		if got := hasKey([]byte(document), urn); got != want {
			t.Errorf("%s: %v, want %v", document, got, want)
		}
	}
	for document, want := range map[string]bool{`{"urn:x:a":{}}`: true, `{"urn:x:ab":{}}`: false, `{"urn:x:`: false} {
		if got := hasKey([]byte(document), short); got != want {
			t.Errorf("%s: %v, want %v", document, got, want)
		}
	}
}
