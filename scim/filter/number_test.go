package filter_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/filter"
)

func TestCompareDecimals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want int
	}{
		{"0", "-0.0e5", 0},
		{"1", "1.000", 0},
		{"100", "1e2", 0},
		{"0.001", "1E-3", 0},
		{"-1", "1", -1},
		{"-2", "-1", -1},
		{"-10", "-9", -1},
		{"0", "-1e-300", 1},
		{"0", "1e-300", -1},
		{"10", "9", 1},
		{"0.9", "0.10", 1},
		{"12", "123", -1},
		{"1e99999999999999999999", "1e5", 1},
		{"1e-99999999999999999999", "1e-5", -1},
		{"9007199254740993", "9007199254740992", 1},
	}
	for _, tt := range tests {
		t.Run(tt.a+" "+tt.b, func(t *testing.T) {
			t.Parallel()
			if got, ok := filter.CompareDecimals(tt.a, tt.b); !ok || got != tt.want {
				t.Errorf("compare = %d, %t; want %d", got, ok, tt.want)
			}
			if got, ok := filter.CompareDecimals(tt.b, tt.a); !ok || got != -tt.want {
				t.Errorf("the other way round = %d, %t; want %d", got, ok, -tt.want)
			}
		})
	}
}

// TestCompareDecimalsLikeRationals compares with arbitrary precision arithmetic.
func TestCompareDecimalsLikeRationals(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got, ok := filter.CompareDecimals(a, b); !ok || got != x.Cmp(y) {
			t.Fatalf("compare = %d, %t; want %d", got, ok, x.Cmp(y))
		}
	})
}

// TestNumberGrammar compares what is taken for a number with encoding/json.
func TestNumberGrammar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[-+.eE019]{0,7}`).Draw(t, "text")
		_, got := filter.CompareDecimals(s, "0")
		if want := json.Valid([]byte(s)); got != want {
			t.Fatalf("%q is a number: %t, want %t", s, got, want)
		}
	})
}
