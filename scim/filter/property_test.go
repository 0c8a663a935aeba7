package filter_test

import (
	"reflect"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/filter/filtertest"
	"github.com/roster-scim/roster/scim/schema"
)

// checkRoundTrip wants that a bound filter's text means the filter again.
func checkRoundTrip(t rapid.TB, rt *schema.ResourceType, e filter.Expr) {
	t.Helper()
	text := e.String()
	f, err := filter.ParseUnbounded(text)
	if err != nil {
		t.Fatalf("parse canonical text %s: %v", text, err)
	}
	again, err := f.Bind(rt, filter.BindOptions{UnknownMatchesNothing: true})
	if err != nil {
		t.Fatalf("bind canonical text %s: %v", text, err)
	}
	if !reflect.DeepEqual(e, again) {
		t.Fatalf("%s does not mean the same again (-want +got):\n%s", text, cmp.Diff(e, again))
	}
	if again.String() != text {
		t.Fatalf("canonical text %s became %s", text, again)
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	for _, rt := range []*schema.ResourceType{userType(), groupType(), deviceType(t)} {
		t.Run(rt.Name, func(t *testing.T) {
			t.Parallel()
			texts := filtertest.Filters(rt)
			rapid.Check(t, func(t *rapid.T) {
				checkRoundTrip(t, rt, drawFilter(t, rt, texts, "filter"))
			})
		})
	}
}

// TestTextRoundTripAcrossTypes binds filters about users to groups, so that
// many of their attributes are unknown.
func TestTextRoundTripAcrossTypes(t *testing.T) {
	t.Parallel()
	texts := filtertest.Filters(userType())
	rapid.Check(t, func(t *rapid.T) {
		f, err := filter.Parse(texts.Draw(t, "filter"))
		if err != nil {
			t.Fatalf("Parse: %v", err)
		}
		e, err := f.Bind(groupType(), filter.BindOptions{UnknownMatchesNothing: true})
		if err != nil {
			t.Skip("an attribute that groups have with another type")
		}
		checkRoundTrip(t, groupType(), e)
	})
}

func drawFilter(t *rapid.T, rt *schema.ResourceType, texts *rapid.Generator[string], label string) filter.Expr {
	text := texts.Draw(t, label)
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	e, err := f.Bind(rt, filter.BindOptions{})
	if err != nil {
		t.Fatalf("Bind(%s): %v", text, err)
	}
	return e
}

// TestLogicLaws checks the connectives, as a client writes them, against Go's.
func TestLogicLaws(t *testing.T) {
	t.Parallel()
	rt := userType()
	texts, users := filtertest.Filters(rt), filtertest.Users()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawFilter(t, rt, texts, "a"), drawFilter(t, rt, texts, "b")
		doc := users.Draw(t, "user")
		x, y := filter.Match(a, doc), filter.Match(b, doc)
		for text, want := range map[string]bool{
			"not (" + a.String() + ")":                                 !x,
			"(" + a.String() + ") and (" + b.String() + ")":            x && y,
			"(" + a.String() + ") or (" + b.String() + ")":             x || y,
			"not ((" + a.String() + ") or not (" + b.String() + "))":   !(x || !y),
			"(" + a.String() + ") or title pr and not (title pr)":      x,
			"title pr and not (title pr) or (" + b.String() + ")":      y,
			"(title pr or title eq null) and not (" + b.String() + ")": !y,
		} {
			f, err := filter.ParseUnbounded(text)
			if err != nil {
				t.Fatalf("Parse(%s): %v", text, err)
			}
			e, err := f.Bind(rt, filter.BindOptions{})
			if err != nil {
				t.Fatalf("Bind(%s): %v", text, err)
			}
			if got := filter.Match(e, doc); got != want {
				t.Fatalf("%s matches: %t, want %t", text, got, want)
			}
		}
	})
}

// TestHasLaw checks that a value filter is about one element at a time.
func TestHasLaw(t *testing.T) {
	t.Parallel()
	rt := userType()
	texts, users := filtertest.Filters(rt), filtertest.Users()
	rapid.Check(t, func(t *rapid.T) {
		has, ok := drawFilter(t, rt, texts, "filter").(*filter.Has)
		if !ok {
			t.Skip("not a value path")
		}
		doc := users.Draw(t, "user")
		want := false
		for _, v := range schema.Values(doc, has.Ref) {
			want = want || filter.MatchElement(has.Filter, v.(map[string]any))
		}
		if got := filter.Match(has, doc); got != want {
			t.Fatalf("%s matches: %t, want %t", has, got, want)
		}
	})
}

// TestFoldTwice checks what canonical text rests on: folding a folded string
// changes nothing.
func TestFoldTwice(t *testing.T) {
	t.Parallel()
	for r := rune(1); r <= unicode.MaxRune; r++ {
		once := schema.Fold(string(r))
		if twice := schema.Fold(once); twice != once {
			t.Errorf("%U folds to %q, and that to %q", r, once, twice)
		}
	}
}
