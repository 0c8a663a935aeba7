package scimtest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Transcript is a recorded conversation between an identity provider and a SCIM
// server whose directory is empty at the start.
type Transcript struct {
	Name     string            `json:"name"`
	Provider string            `json:"provider"`           // who speaks; the folder's name
	Settings string            `json:"settings,omitempty"` // the connection's preset if it is not the provider's own
	Rows     []string          `json:"rows"`               // the client behaviours it shows
	Headers  map[string]string `json:"headers,omitempty"`  // sent with every step
	Steps    []Step            `json:"steps"`

	File string `json:"-"` // path in the file system it was loaded from
}

// Preset names the provider whose settings the connection must have.
func (tr *Transcript) Preset() string {
	if tr.Settings != "" {
		return tr.Settings
	}
	return tr.Provider
}

// Step is one request and what its answer must look like. Every string may hold
// ${variables}: base, token, i (in a repeated step) and whatever earlier steps saved.
type Step struct {
	Note    string            `json:"note,omitempty"`
	Repeat  *Repeat           `json:"repeat,omitempty"`
	Method  string            `json:"method"`
	Path    string            `json:"path"` // below the base URL, encoded as the client does it; or a saved URL
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
	Raw     *string           `json:"raw,omitempty"` // a body that need not be JSON
	Expect  Expect            `json:"expect"`
	Save    map[string]string `json:"save,omitempty"` // variable ← JSON pointer into the answer, or "header:Name"
}

// Repeat plays a step for every ${i} in [From, To].
type Repeat struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Expect is what an answer must look like, besides what every answer must.
type Expect struct {
	Status  Statuses       `json:"status"`
	Headers map[string]any `json:"headers,omitempty"` // name → pattern
	Body    any            `json:"body,omitempty"`    // pattern
}

// Statuses are the HTTP statuses that an answer may have: a number or a list in JSON.
type Statuses []int

// UnmarshalJSON reads a number or a list of numbers.
func (s *Statuses) UnmarshalJSON(data []byte) error {
	var one int
	if err := json.Unmarshal(data, &one); err == nil {
		*s = Statuses{one}
		return nil
	}
	var list []int
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("status must be a number or a list of numbers: %w", err)
	}
	*s = list
	return nil
}

func (s Statuses) has(status int) bool { return slices.Contains(s, status) }

// indexes returns the values that ${i} takes: a single 0 for a step that is not
// repeated.
func (s *Step) indexes() []int {
	if s.Repeat == nil {
		return []int{0}
	}
	var list []int
	for i := s.Repeat.From; i <= s.Repeat.To; i++ {
		list = append(list, i)
	}
	return list
}
