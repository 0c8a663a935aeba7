package tenants

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

func TestIDHasOneSpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		digits := encodeBase32(u)
		back, ok := decodeBase32(digits)
		if !ok || back != u {
			t.Fatalf("%v is written %s and read as %v", u, digits, back)
		}
		// Whatever else is read must be written back as it was.
		other := []byte(digits)
		other[rapid.IntRange(0, len(other)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "digit")
		if u, ok := decodeBase32(string(other)); ok && encodeBase32(u) != string(other) {
			t.Fatalf("%q is read as %v, which is written %q", other, u, encodeBase32(u))
		}
	})
}

func TestIDForm(t *testing.T) {
	t.Parallel()
	id := NewConnectionID()
	text := id.String()
	if len(text) != 29 || !strings.HasPrefix(text, "con01") || strings.ContainsAny(text, "_-") {
		t.Errorf("id %q", text)
	}
	if back, err := ParseConnectionID(text); err != nil || back != id {
		t.Errorf("%q is read as %v, %v", text, back, err)
	}
	if u := uuid.MustParse(id.UUID()); u.Version() != 7 {
		t.Errorf("version %d", u.Version())
	}
}

func TestEachKindOfIDHasItsPrefix(t *testing.T) {
	t.Parallel()
	ids := map[string]fmt.Stringer{
		"ten": NewTenantID(), "con": NewConnectionID(), "tok": NewTokenID(), "key": NewKeyID(), "lnk": NewLinkID(),
		"ses": NewSessionID(), "iss": NewIssuerID(), "asg": NewAssignmentID(), "job": NewJobID(), "aud": NewAuditID(),
	}
	reads := map[string]func(string) error{
		"ten": reader(ParseTenantID), "con": reader(ParseConnectionID), "tok": reader(ParseTokenID), "key": reader(ParseKeyID),
		"lnk": reader(ParseLinkID), "ses": reader(ParseSessionID), "iss": reader(ParseIssuerID),
		"asg": reader(ParseAssignmentID), "job": reader(ParseJobID), "aud": reader(ParseAuditID),
	}
	for prefix, id := range ids {
		for kind, read := range reads {
			if err := read(id.String()); (err == nil) != (kind == prefix) {
				t.Errorf("%s is read as an id of kind %s: %v", id, kind, err)
			}
		}
	}
}

func reader[ID any](parse func(string) (ID, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}

func TestIDsSortByTime(t *testing.T) {
	t.Parallel()
	ids := make([]string, 100)
	for i := range ids {
		ids[i] = NewTokenID().String()
	}
	if !slices.IsSorted(ids) {
		t.Error("later ids sort before earlier ones")
	}
}

func TestMalformedIDs(t *testing.T) {
	t.Parallel()
	valid := NewTenantID().String()
	v4 := "ten" + encodeBase32(uuid.New())
	for name, text := range map[string]string{
		"empty":           "",
		"prefix alone":    "ten",
		"another kind":    NewConnectionID().String(),
		"upper case":      strings.ToUpper(valid),
		"one digit short": valid[:28],
		"one digit long":  valid + "0",
		"separator":       "ten_" + valid[3:],
		"look-alike":      valid[:28] + "o",
		"too large":       "ten8" + valid[4:],
		"random UUID":     v4,
		"space":           valid + " ",
		"the UUID itself": NewTenantID().UUID(),
		"not ASCII":       valid[:27] + "é",
		"NUL":             valid[:28] + "\x00",
	} {
		if id, err := ParseTenantID(text); !errors.Is(err, ErrMalformedID) || !id.IsZero() {
			t.Errorf("%s: %q is read as %v, %v", name, text, id, err)
		}
	}
}

func TestIDInJSONAndSQL(t *testing.T) {
	t.Parallel()
	type holder struct{ Tenant TenantID }
	want := holder{NewTenantID()}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got holder
	if err := json.Unmarshal(data, &got); err != nil || got != want {
		t.Errorf("%s is read as %v, %v", data, got, err)
	}
	if err := json.Unmarshal([]byte(`{"Tenant":"con01"}`), &got); err == nil {
		t.Error("a malformed id was read from JSON")
	}
	value, err := want.Tenant.Value()
	if err != nil || value != want.Tenant.UUID() {
		t.Errorf("SQL value %v, %v", value, err)
	}
	var scanned TenantID
	if err := scanned.Scan(value); err != nil || scanned != want.Tenant {
		t.Errorf("scanned %v, %v", scanned, err)
	}
}
