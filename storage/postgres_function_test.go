package storage

import (
	"context"
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim/schema"
)

// connectTo is one plain connection to a PostgreSQL database.
func connectTo(t testing.TB, address string) *pgx.Conn {
	t.Helper()
	config, err := pgxpool.ParseConfig(address) // which may have settings of the pool
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.ConnectConfig(t.Context(), config.ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// TestFoldEveryLetter compares roster_fold with schema.Fold for all of Unicode:
// every letter alone, and all of them in texts with others.
func TestFoldEveryLetter(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	rows, err := conn.Query(t.Context(), `
		select i, roster_fold(chr(i)) from generate_series(1, $1::int) i
		where i not between 55296 and 57343`, unicode.MaxRune)
	if err != nil {
		t.Fatal(err)
	}
	seen, letter, folded := 0, rune(0), ""
	_, err = pgx.ForEachRow(rows, []any{&letter, &folded}, func() error {
		seen++
		if want := schema.Fold(string(letter)); folded != want {
			t.Errorf("roster_fold(%U) is %U, want %U", letter, []rune(folded), []rune(want))
		}
		return nil
	})
	if want := int(unicode.MaxRune) - 2048; err != nil || seen != want {
		t.Errorf("compared %d letters of %d: %v", seen, want, err)
	}
}

func TestFoldTexts(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	letters := rapid.Custom(func(r *rapid.T) string {
		return rapid.StringOf(rapid.OneOf(
			rapid.SampledFrom([]rune("aB\\'ÀéİŁΩжЖẾßẞǅKÅᲐꞋ𐐀𞤀")), rapid.RuneFrom(nil, unicode.Lu, unicode.Lt, unicode.Ll),
		)).Draw(r, "text")
	})
	rapid.Check(t, func(r *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(letters, rapid.String()), 1, 50).Draw(r, "texts")
		for i, s := range texts {
			texts[i] = strings.ReplaceAll(s, "\x00", "")
		}
		for i, got := range ask[string](r, conn, `select roster_fold(v) from unnest($1::text[]) with ordinality as t (v, n) order by n`, texts) {
			if got == nil || *got != schema.Fold(texts[i]) {
				r.Errorf("roster_fold(%q) = %v, want %q", texts[i], got, schema.Fold(texts[i]))
			}
		}
	})
}

// ask reads one column, a value for each of the texts in the parameter.
func ask[T any](r rapid.TB, conn *pgx.Conn, query string, texts []string) []*T {
	rows, err := conn.Query(context.Background(), query, texts)
	if err != nil {
		r.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[*T])
	if err != nil || len(got) != len(texts) {
		r.Fatalf("%d answers to %d: %v", len(got), len(texts), err)
	}
	return got
}

// TestMicros compares roster_micros with schema.ParseTime, on times in all the
// forms that it takes, on texts that nearly are and on any others.
func TestMicros(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	forms := rapid.OneOf(
		rapid.StringMatching(`[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]`+
			`([.,][0-9]{1,12})?(Z|[-+](0[0-9]|1[0-4]):[0-5][0-9])?`),
		rapid.StringMatching(`[0-9]{3,5}-[0-9]{1,2}-[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([.,][0-9]{0,50})?(z|Z|[-+][0-9]{1,2}:?[0-9]{0,2})?[\n ]?`),
		rapid.SampledFrom([]string{
			"", "2024", "2024-02-29T12:00:00Z", "2023-02-29T12:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z",
			"0000-01-01T00:00:00Z", "0000-01-01T00:00:00+24:60", "9999-12-31T23:59:59.999999999-24:60", "0000-02-29T00:00:00",
			"2024-01-01T1:02:03", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00,5",
			"2024-01-01T00:00:00+25:00", "2024-01-01T00:00:00+24:61", "2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00ZZ",
			"2024-01-01T00:00:00." + strings.Repeat("9", 43), "2024-01-01T00:00:00." + strings.Repeat("9", 44),
			"2024-01-01T00:00:00." + strings.Repeat("9", 45), "２０24-01-01T00:00:00Z", " 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z\n",
		}),
		rapid.String(),
	)
	accepted := 0
	rapid.Check(t, func(r *rapid.T) {
		texts := rapid.SliceOfN(forms, 1, 100).Draw(r, "texts")
		for i, s := range texts {
			texts[i] = strings.ReplaceAll(s, "\x00", "")
		}
		for i, got := range ask[int64](r, conn, `select roster_micros(v) from unnest($1::text[]) with ordinality as t (v, n) order by n`, texts) {
			at, err := schema.ParseTime(texts[i])
			switch {
			case err == nil && (got == nil || *got != at.UnixMicro()):
				r.Errorf("roster_micros(%q) = %v, want %d", texts[i], show(got), at.UnixMicro())
			case err != nil && got != nil:
				r.Errorf("roster_micros(%q) = %d, want none: %v", texts[i], *got, err)
			case err == nil:
				accepted++
			}
		}
	})
	if accepted < 100 {
		t.Errorf("only %d of the texts were times", accepted)
	}
}

func show[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

var numbers = rapid.OneOf(
	rapid.StringMatching(`-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,5})?([eE][-+]?[0-9]{1,3})?`),
	rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,6})?`),
	rapid.Map(rapid.Int64(), func(i int64) string { return strconv.FormatInt(i, 10) }),
	rapid.Map(rapid.Float64(), func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }),
	rapid.SampledFrom([]string{
		"0", "-0", "-0.0", "0e999999", "1e400", "-1e400", "1e100000", "1e-400", "-1e-99999999999999999999", "1e99999999999999999999",
		"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740992.0", "9007199254740993.0", "-9007199254740993",
		"9223372036854775807", "9223372036854775808", "9.223372036854775808e18", "-9223372036854775808", "-9223372036854775809",
		"9223372036854774784", "9.223372036854774784e18", "18446744073709551616", "1.7976931348623157e308", "1.7976931348623159e308",
		"5e-324", "2.4e-324", "-5e-324", "100", "1e2", "1E+2", "0.1", "0.10", "0.10000000000000000001", strings.Repeat("9", 100),
	}),
)

// TestNumber: roster_number has for a number what the dialect has for it as a
// literal, and these texts are in the order of the numbers.
func TestNumber(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	e := &postgresEngine{}
	rapid.Check(t, func(r *rapid.T) {
		texts := rapid.SliceOfN(numbers, 2, 60).Draw(r, "numbers")
		keys := ask[string](r, conn, `select roster_number(v) from unnest($1::text[]) with ordinality as t (v, n) order by n`, texts)
		for i, key := range keys {
			if want := e.number(json.Number(texts[i])); key == nil || *key != want {
				r.Fatalf("roster_number(%s) = %v, want %v", texts[i], show(key), want)
			}
		}
		for i := range keys[1:] {
			if got, want := strings.Compare(*keys[i], *keys[i+1]), amount(texts[i]).Cmp(amount(texts[i+1])); got != want {
				r.Errorf("%s and %s stand as %s and %s: %d, want %d", texts[i], texts[i+1], *keys[i], *keys[i+1], got, want)
			}
		}
	})
}

// amount is the number as it counts: exactly if it is an integer of 64 bits, else
// as a float64.
func amount(text string) *big.Float {
	n := json.Number(text)
	if i, err := n.Int64(); err == nil {
		return new(big.Float).SetPrec(64).SetInt64(i)
	}
	f, _ := n.Float64() // infinite if out of range
	if f == 0 {
		f = math.Abs(f)
	}
	return big.NewFloat(f)
}

// TestOddTexts: what is no number is none, and nothing fails.
func TestOddTexts(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	rapid.Check(t, func(r *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(
			rapid.StringMatching(`[-+0-9.eE ]{0,8}`), rapid.StringMatching(`[1-9][0-9]{98,102}`), rapid.String(),
			rapid.SampledFrom([]string{"NaN", "Infinity", "-inf", "0x10", "1_000", "１"}),
		), 1, 60).Draw(r, "texts")
		for i, s := range texts {
			texts[i] = strings.ReplaceAll(s, "\x00", "")
		}
		for i, key := range ask[string](r, conn, `select roster_number(v) from unnest($1::text[]) with ordinality as t (v, n) order by n`, texts) {
			want := json.Valid([]byte(texts[i])) && strings.Trim(texts[i], "+-.eE0123456789") == "" && len(texts[i]) <= 100
			if (key != nil) != want {
				r.Errorf("roster_number(%q) = %v", texts[i], show(key))
			}
		}
	})
}
