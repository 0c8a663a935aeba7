package storage

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/tenants"
)

// TestParametersArrive: whatever is given to a statement is what the server has.
func TestParametersArrive(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	texts := rapid.Map(rapid.OneOf(rapid.String(), rapid.Just(""), rapid.StringN(0, 9, 40_000)),
		func(s string) string { return strings.ReplaceAll(s, "\x00", "") })
	rapid.Check(t, func(r *rapid.T) {
		text, list := texts.Draw(r, "text"), rapid.SliceOfN(texts, 0, 4).Draw(r, "list")
		some := sql.NullString{String: texts.Draw(r, "some"), Valid: rapid.Bool().Draw(r, "valid")}
		if !some.Valid {
			some.String = ""
		}
		number, count := rapid.Int64().Draw(r, "number"), rapid.Int().Draw(r, "count")
		small, marks := rapid.Int32().Draw(r, "small"), rapid.SliceOfN(rapid.Bool(), 1, 4).Draw(r, "marks")
		bytes, id := rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"), tenants.NewTenantID()
		var (
			gotText              string
			gotList              []string
			gotSome, gotNull     sql.NullString
			gotNumber, gotCount  int64
			gotSmall             int32
			gotMarks             []bool
			gotBytes             []byte
			gotID, gotIDAsString string
		)
		err := f.db.view(f.ctx, "", func(tx *tx) error {
			return tx.get(f.ctx, func(row scanner) error {
				return row.Scan(&gotText, &gotList, &gotSome, &gotNull, &gotNumber, &gotCount, &gotSmall, &gotMarks, &gotBytes, &gotID, &gotIDAsString)
			}, `select cast($1 as text), cast($2 as text[]), cast($3 as text), cast($4 as json), cast($5 as bigint), cast($6 as bigint),
				cast($7 as integer), cast($8 as boolean[]), cast($9 as bytea), cast(cast($10 as uuid) as text), cast($11 as text)`,
				text, list, some, nil, number, count, int(small), marks, bytes, id, id)
		})
		if err != nil {
			r.Fatal(err)
		}
		switch {
		case gotText != text, !slices.Equal(gotList, list), gotSome != some, gotNull.Valid,
			gotNumber != number, gotCount != int64(count), gotSmall != small, !slices.Equal(gotMarks, marks),
			!slices.Equal(gotBytes, bytes), gotID != id.UUID(), gotIDAsString != id.UUID():
			r.Fatalf("sent %q %q %v %d %d %d %v %x %s, arrived %q %q %v %v %d %d %d %v %x %s %s",
				text, list, some, number, count, small, marks, bytes, id.UUID(),
				gotText, gotList, gotSome, gotNull, gotNumber, gotCount, gotSmall, gotMarks, gotBytes, gotID, gotIDAsString)
		}
	})
}

// TestListsArrive: arrays have all elements of the lists that they were made of, in
// their order, and nulls where they were.
func TestListsArrive(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	texts := rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })
	ids := rapid.Map(rapid.SliceOfN(rapid.Byte(), 16, 16), func(b []byte) string { return uuid.UUID(b).String() })
	document := rapid.Map(texts, func(s string) string { return jsonParam([]string{s}) })
	rapid.Check(t, func(r *rapid.T) {
		id, number := rapid.SliceOfN(ids, 0, 4).Draw(r, "ids"), rapid.SliceOfN(rapid.Int64(), 0, 4).Draw(r, "numbers")
		documents := rapid.SliceOfN(document, 0, 4).Draw(r, "documents")
		someTexts, someIDs := nullables(r, texts), nullables(r, ids)
		var gotIDs, gotDocuments []string
		var gotNumbers []int64
		var gotTexts, gotSomeIDs []sql.NullString
		err := f.db.view(f.ctx, "", func(tx *tx) error {
			return tx.get(f.ctx, func(row scanner) error {
				return row.Scan(&gotIDs, &gotNumbers, &gotDocuments, &gotTexts, &gotSomeIDs)
			}, `select cast(cast($1 as uuid[]) as text[]), cast($2 as bigint[]), cast(cast($3 as json[]) as text[]), cast($4 as text[]),
				cast(cast($5 as uuid[]) as text[])`, id, number, documents, someTexts, someIDs)
		})
		if err != nil {
			r.Fatal(err)
		}
		if !slices.Equal(gotIDs, id) || !slices.Equal(gotNumbers, number) || !slices.Equal(gotDocuments, documents) ||
			!slices.Equal(gotTexts, someTexts) || !slices.Equal(gotSomeIDs, someIDs) {
			r.Fatalf("sent %q %d %q %v %v, arrived %q %d %q %v %v",
				id, number, documents, someTexts, someIDs, gotIDs, gotNumbers, gotDocuments, gotTexts, gotSomeIDs)
		}
	})
}

// nullables draws a list of which some elements are null.
func nullables(r *rapid.T, texts *rapid.Generator[string]) []sql.NullString {
	return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) sql.NullString {
		if !rapid.Bool().Draw(r, "valid") {
			return sql.NullString{}
		}
		return sql.NullString{String: texts.Draw(r, "text"), Valid: true}
	}), 0, 4).Draw(r, "nullables")
}

// TestListsOfIDsHaveIDs: what is none is not sent.
func TestListsOfIDsHaveIDs(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	err := f.db.view(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, `select cast($1 as uuid[])`, []string{mustID(), "jane"})
		return err
	})
	if err == nil || !strings.Contains(err.Error(), `"jane"`) {
		t.Errorf("a list of ids with a name: %v", err)
	}
}

// TestParametersAreCounted: a statement with too few is not sent.
func TestParametersAreCounted(t *testing.T) {
	t.Parallel()
	f := postgresFixture(t, Options{})
	err := f.db.view(f.ctx, "", func(tx *tx) error {
		_, err := tx.exec(f.ctx, `select cast($1 as text), cast($2 as text)`, "one")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "1 for 2") {
		t.Errorf("one parameter for two: %v", err)
	}
}
