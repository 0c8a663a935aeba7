package cache

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/roster-scim/roster/scim"
)

func TestRecordsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		want := &scim.Record{
			ID: text.Draw(rt, "id"), Version: rapid.Int64().Draw(rt, "version"),
			Created:      time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(rt, "created")).UTC(),
			LastModified: time.UnixMicro(rapid.Int64Range(-1e15, 1e16).Draw(rt, "modified")).UTC(),
			Document:     json.RawMessage(text.Draw(rt, "document")),
		}
		for range rapid.IntRange(0, 3).Draw(rt, "groups") {
			want.Memberships = append(want.Memberships, scim.Membership{
				GroupID: text.Draw(rt, "group"), Display: text.Draw(rt, "display"), Direct: rapid.Bool().Draw(rt, "direct"),
			})
		}
		data := encodeRecord("User", want)
		typ, got, err := decodeRecord(string(data))
		if err != nil || typ != "User" {
			rt.Fatalf("%q %v", typ, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Errorf("(-written +read):\n%s", diff)
		}
		cut := rapid.IntRange(0, len(data)-1).Draw(rt, "cut")
		if _, _, err := decodeRecord(string(data[:cut])); err == nil {
			rt.Errorf("the first %d of %d bytes are a record", cut, len(data))
		}
		if _, _, err := decodeRecord(string(data) + "x"); err == nil {
			rt.Error("a record with something behind it is a record")
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(string(encodeRecord("User", &scim.Record{ID: "1", Document: json.RawMessage(`{}`), Memberships: []scim.Membership{{GroupID: "2"}}})))
	f.Add("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Fuzz(func(t *testing.T, data string) {
		if typ, rec, err := decodeRecord(data); err == nil && string(encodeRecord(typ, rec)) != data {
			if typ2, again, err := decodeRecord(string(encodeRecord(typ, rec))); err != nil || typ2 != typ || !cmp.Equal(rec, again) {
				t.Errorf("%q is read as %+v, which is written as something else", data, rec)
			}
		}
	})
}
