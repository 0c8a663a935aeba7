package scim

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roster-scim/roster/scim/schema"
)

var here = Directory{TenantID: "t1", ConnectionID: "c1"}

// fixedCursors has a known secret and a clock at *now.
func fixedCursors(now *time.Time) *cursors {
	return &cursors{secret: bytes.Repeat([]byte{7}, 32), now: func() time.Time { return *now }}
}

func sealed(t *testing.T, p *place, m Mark, total int) string {
	t.Helper()
	text, err := p.seal(&m, total)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func kindOf(err error) schema.ErrorType {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Status != 400 {
		return ""
	}
	return e.Type
}

var unreserved = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

// TestCursorRoundTrip: a mark comes back as it was, and no cursor is too long to
// be read again or has characters that a URL must escape.
func TestCursorRoundTrip(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	p := fixedCursors(&now).place(here, []byte("query"), 10)
	for _, key := range []any{
		nil, "", "amara", "\x00\"\\\u2028é😀", strings.Repeat("\x01", 256), strings.Repeat("😀", 256),
		int64(0), int64(math.MaxInt64), int64(math.MinInt64), 1.5, -0.1, 1e300, math.SmallestNonzeroFloat64, true, false,
	} {
		want := Mark{Selection: 1, Position: 1 << 40, Key: key}
		text := sealed(t, p, want, 123)
		if !unreserved.MatchString(text) || len(text) > maxCursor {
			t.Errorf("cursor of %v: %q", key, text)
		}
		got, total, err := p.open(text, 2)
		if err != nil || total != 123 || !cmp.Equal(want, *got) {
			t.Errorf("%#v came back as %#v, total %d, %v", want, got, total, err)
		}
	}
}

func TestEmptyCursorIsTheFirstPage(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	mark, _, err := fixedCursors(&now).place(here, nil, 1).open("", 0)
	if mark != nil || err != nil {
		t.Errorf("%v, %v", mark, err)
	}
}

// TestCursorOpensItsOwnQueryAlone: whatever differs, the answer is that of a
// cursor which somebody made up.
func TestCursorOpensItsOwnQueryAlone(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	k := fixedCursors(&now)
	text := sealed(t, k.place(here, []byte("query"), 10), Mark{Key: "amara"}, 3)
	_, _, madeUp := k.place(here, []byte("query"), 10).open("bWFkZSB1cA", 1)
	if kindOf(madeUp) != schema.InvalidCursor {
		t.Fatalf("made up: %v", madeUp)
	}
	other := fixedCursors(&now)
	other.secret = bytes.Repeat([]byte{8}, 32)
	for name, p := range map[string]*place{
		"other connection": k.place(Directory{TenantID: "t1", ConnectionID: "c2"}, []byte("query"), 10),
		"other tenant":     k.place(Directory{TenantID: "t2", ConnectionID: "c1"}, []byte("query"), 10),
		"other query":      k.place(here, []byte("query2"), 10),
		"other secret":     other.place(here, []byte("query"), 10),
		"count as well":    k.place(here, []byte("query2"), 11),
	} {
		if _, _, err := p.open(text, 1); err == nil || err.Error() != madeUp.Error() || kindOf(err) != schema.InvalidCursor {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := k.place(here, []byte("query"), 10).open(text, 0); kindOf(err) != schema.InvalidCursor {
		t.Errorf("a mark in a type that the query does not have: %v", err)
	}
}

func TestCursorErrors(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	k := fixedCursors(&now)
	p := k.place(here, []byte("query"), 10)
	text := sealed(t, p, Mark{}, 3)
	if _, _, err := k.place(here, []byte("query"), 11).open(text, 1); kindOf(err) != schema.InvalidCount {
		t.Errorf("another count: %v", err)
	}
	now = now.Add(CursorTimeout)
	if _, _, err := p.open(text, 1); err != nil {
		t.Errorf("at the last moment: %v", err)
	}
	now = now.Add(time.Second)
	if _, _, err := p.open(text, 1); kindOf(err) != schema.ExpiredCursor {
		t.Errorf("too late: %v", err)
	}
	if _, _, err := k.place(here, []byte("other"), 10).open(text, 1); kindOf(err) != schema.InvalidCursor {
		t.Errorf("too late, and for another query: %v", err)
	}
}

// TestCursorsShowNothing: the content is encrypted, and two cursors of the same
// page do not tell that they are.
func TestCursorsShowNothing(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	p := fixedCursors(&now).place(here, []byte("query"), 10)
	one, two := sealed(t, p, Mark{Key: "amara"}, 3), sealed(t, p, Mark{Key: "amara"}, 3)
	raw, err := base64.RawURLEncoding.DecodeString(one)
	if err != nil || bytes.Contains(raw, []byte("amara")) || one == two {
		t.Errorf("%q, %q, %v", raw, two, err)
	}
}

// FuzzCursor: no text opens but what was sealed, and none does harm.
func FuzzCursor(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	p := fixedCursors(&now).place(here, []byte("query"), 10)
	want := Mark{Position: 7, Key: "amara"}
	genuine, err := p.seal(&want, 3)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{genuine, genuine[:len(genuine)-1], genuine + "A", "", "AAAA", "=", strings.Repeat("A", 5000), "\x00", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		mark, total, err := p.open(text, 1)
		switch {
		case text == "":
			if mark != nil || err != nil {
				t.Errorf("the empty cursor: %v, %v", mark, err)
			}
		case err == nil: // workers seal anew, so the genuine text differs between them
			if total != 3 || *mark != want {
				t.Errorf("%q opens: %v, %d", text, mark, total)
			}
		case text == genuine || kindOf(err) != schema.InvalidCursor:
			t.Errorf("%q: %v", text, err)
		}
	})
}
