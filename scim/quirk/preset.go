package quirk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// For returns the settings that a connection to the provider starts with. An
// unknown provider gets those of Generic.
//
// Every preset is lenient, Generic's too: an unknown attribute is ignored, ""
// unassigns, "True" is a boolean. Clients of every provider send such things and
// give up a whole cycle over one refusal, while none of them relies on being
// refused. A PATCH of a user answers with the user, which shows the client what
// was stored; a PATCH of a group answers 204, since a group's body may hold
// 100,000 members that nobody asked for. Where a provider needs anything else,
// its entry in providers says why.
//
// PendingMembers is in no preset: it makes a success of what the RFC would have
// refused, and somebody should have wanted that.
func For(p Provider) Settings {
	s := Settings{PatchUserReturnsBody: true}
	if known, ok := find(p); ok && known.adjust != nil {
		known.adjust(&s)
	}
	return s
}

// Overlay returns s with the settings that stored names laid over it; those that
// stored leaves out stay. So a connection stores only where it departs from its
// preset, and presets may learn. Empty and null stored settings change nothing;
// an unknown key is an error, because a misspelled setting must not look set.
func (s Settings) Overlay(stored []byte) (Settings, error) {
	if len(bytes.TrimSpace(stored)) == 0 {
		return s, nil
	}
	merged := s
	d := json.NewDecoder(bytes.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(&merged); err != nil {
		return s, fmt.Errorf("read connection settings: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return s, errors.New("read connection settings: more than one JSON value")
	}
	return merged, nil
}
