package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/roster-scim/roster/scim"
	"github.com/roster-scim/roster/scim/schema"
)

// TestConflictsAreKnownByState: a sharded server names an index after its shard,
// or says nothing of it.
func TestConflictsAreKnownByState(t *testing.T) {
	t.Parallel()
	e := &postgresEngine{}
	for _, name := range []string{"", "resource_values_unique", "resource_values_unique_102046", "tokens_pkey_102008"} {
		err := fmt.Errorf("write: %w", &pgconn.PgError{Code: "23505", ConstraintName: name})
		if !e.isUnique(err) {
			t.Errorf("a violation of %q is no conflict", name)
		}
	}
	for _, err := range []error{
		nil, errors.New("23505"), pgx.ErrNoRows,
		&pgconn.PgError{Code: "23503", ConstraintName: "resource_values_unique"}, &pgconn.PgError{Code: "40001"},
	} {
		if e.isUnique(err) {
			t.Errorf("%v is a conflict", err)
		}
	}
}

// odd is JSON that no schema would let in where the expressions below look.
var odd = []string{
	`1`, `"text"`, `""`, `null`, `true`, `[]`, `{}`, `[[1], {"a": 1}, "x", null]`, `{"a": null}`,
	`{"a": 1e400}`, `{"a": -1e100000}`, `{"a": 1e-99999999}`, `{"a": 123456789012345678901234567890}`,
	`{"a": "1e400"}`, `{"a": "abc"}`, `{"a": "NaN"}`, `{"a": ""}`, `{"a": true}`, `{"a": "yes"}`, `{"a": [1e400, "", "x", true, null]}`,
	`{"a": {"b": [1e400]}}`, `{"a": {"b": "9999-99-99T99:99:99Z"}}`, `{"a": [{"b": 1e400}, {"b": ["x"]}, 7]}`, `{"a": "ſK\u0130"}`,
}

// TestNothingInADocumentFails puts JSON of every form where an expression expects
// another: it has no value then, and the statement goes on.
func TestNothingInADocumentFails(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	e := &postgresEngine{}
	types := []schema.DataType{
		schema.String, schema.Boolean, schema.Decimal, schema.Integer, schema.DateTime, schema.Binary, schema.Reference, schema.Complex,
	}
	for _, path := range [][]string{nil, {"a"}, {"a", "b"}} {
		expressions := []string{e.jsonExists("document", path), e.jsonNonEmpty("document", path)}
		for _, kind := range types {
			value, element := e.jsonValue("document", path, kind), e.element("x", kind)
			if kind != schema.Complex {
				expressions = append(expressions, value+" is null", e.fold("("+value+")::text"), e.timeMicros("("+value+")::text"))
			}
			expressions = append(expressions,
				"(select count("+element+") from "+e.jsonEach("document", path, "x")+")",
				"(select bool_or("+e.jsonNonEmpty(element+"::text::json", nil)+") from "+e.jsonEach("document", path, "x")+
					" where "+fmt.Sprint(kind == schema.Complex)+")")
		}
		for _, expression := range expressions {
			var rows int
			err := conn.QueryRow(t.Context(), "select count(*) from (select ("+expression+")::text as v from unnest($1::text::text[]::json[]) as d (document) offset 0) t",
				arrayOf(odd)).Scan(&rows)
			if err != nil || rows != len(odd) {
				t.Errorf("%s over %d documents: %d, %v", expression, len(odd), rows, err)
			}
		}
	}
}

// arrayOf is an array of texts as PostgreSQL writes it.
func arrayOf(texts []string) string {
	list := make([]string, len(texts))
	for i, s := range texts {
		list[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return "{" + strings.Join(list, ",") + "}"
}

func TestNonEmpty(t *testing.T) {
	t.Parallel()
	conn := connectTo(t, postgresCopy(t))
	e := &postgresEngine{}
	for text, want := range map[string]bool{
		`{}`: false, `{"a": null}`: false, `{"a": ""}`: false, `{"a": []}`: false, `{"a": {}}`: false, `{"a": ["", null, {"b": ""}]}`: false,
		`{"a": "x"}`: true, `{"a": false}`: true, `{"a": 0}`: true, `{"a": [""," "]}`: true, `{"a": {"b": [{"c": "\""}]}}`: true,
	} {
		var got bool
		err := conn.QueryRow(t.Context(), "select "+e.jsonNonEmpty("d", []string{"a"})+" from (select $1::json as d) t", text).Scan(&got)
		if err != nil || got != want {
			t.Errorf("%s: %t, want %t: %v", text, got, want, err)
		}
	}
}

// TestExtremeNumbers: documents may have any number that fits a float64, also
// one that is too small for it.
func TestExtremeNumbers(t *testing.T) {
	onEach(t, func(t *testing.T, f *fixture) {
		rt := deviceType(t)
		stored := []string{"-1.7e308", "-1", "1e-999", "0.1", "9007199254740992", "9007199254740993", "9223372036854775807", "1.7e308"}
		ids := map[string]string{}
		for _, n := range stored {
			rec, err := f.s.Create(f.ctx, f.dir, rt, rawDraft(t, rt, `{"weight": `+n+`}`), origin)
			if err != nil {
				t.Fatalf("create %s: %v", n, err)
			}
			ids[rec.ID] = n
		}
		for text, want := range map[string][]string{
			`weight gt 9007199254740992`:            stored[5:],
			`weight ge 9223372036854775807`:         stored[6:],
			`weight gt 9223372036854775807`:         stored[7:],
			`weight eq 9007199254740993`:            stored[5:6],
			`weight lt 0`:                           stored[:2],
			`weight gt 0.099 and weight lt 0.10001`: stored[3:4],
		} {
			page, err := f.s.List(f.ctx, f.dir, rt, scim.ListQuery{Start: 1, Count: 100, Filter: bind(t, rt, text)})
			if err != nil {
				t.Errorf("%s: %v", text, err)
				continue
			}
			got := []string{}
			for _, rec := range page.Records {
				got = append(got, ids[rec.ID])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", text, diff)
			}
		}
	})
}

func rawDraft(t *testing.T, rt *schema.ResourceType, text string) scim.Draft {
	t.Helper()
	d, err := decodeDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := schema.Encode(rt, d)
	if err != nil {
		t.Fatal(err)
	}
	return scim.Draft{Document: d, Encoded: encoded, Changed: true}
}
