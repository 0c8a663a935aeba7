package quirk

import (
	"fmt"
	"slices"
	"strings"
)

// defaultName as a value gives a setting back to its preset.
const defaultName = "default"

// Change is one setting that somebody wants to be different. ParseChanges makes
// them, so that a Change is always one of a known setting to a valid value.
type Change struct {
	setting Setting
	value   string // a Value's name, or defaultName
}

// Key is the key of the setting that changes.
func (c Change) Key() string { return c.setting.Key }

// ParseChanges reads assignments of the form KEY=VALUE, in any case; the value
// "default" stands for the preset's. Errors say what there is to choose from.
func ParseChanges(assignments []string) ([]Change, error) {
	changes := make([]Change, 0, len(assignments))
	for _, text := range assignments {
		change, err := parseChange(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(changes, func(c Change) bool { return c.Key() == change.Key() }) {
			return nil, fmt.Errorf("the setting %s is given twice", change.Key())
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func parseChange(text string) (Change, error) {
	key, value, ok := strings.Cut(text, "=")
	key, value = strings.ToLower(strings.TrimSpace(key)), strings.ToLower(strings.TrimSpace(value))
	i := slices.IndexFunc(catalogue, func(d Setting) bool { return d.Key == key })
	switch {
	case !ok:
		return Change{}, fmt.Errorf("%q is not of the form KEY=VALUE, such as %s=%s", text, catalogue[0].Key, onName)
	case i < 0:
		return Change{}, fmt.Errorf("unknown setting %q: there are %s", key, strings.Join(keys(), ", "))
	}
	d := catalogue[i]
	if value != defaultName && !slices.ContainsFunc(d.Values, func(v Value) bool { return v.Name == value }) {
		return Change{}, fmt.Errorf("the setting %s cannot be %q: it can be %s or %s",
			key, value, strings.Join(valueNames(d), ", "), defaultName)
	}
	return Change{setting: d, value: value}, nil
}

// With returns s with the changes made; preset is what "default" means.
func (s Settings) With(preset Settings, changes []Change) Settings {
	for _, c := range changes {
		field := c.setting.field(&s)
		if c.value == defaultName {
			*field = *c.setting.field(&preset)
			continue
		}
		*field = c.value == onName
	}
	return s
}

func keys() []string {
	all := make([]string, len(catalogue))
	for i, d := range catalogue {
		all[i] = d.Key
	}
	return all
}

func valueNames(d Setting) []string {
	all := make([]string, len(d.Values))
	for i, v := range d.Values {
		all[i] = v.Name
	}
	return all
}
