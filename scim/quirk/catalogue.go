package quirk

import "slices"

// Setting describes a field of Settings to people.
type Setting struct {
	Key    string  // its name in JSON and on the command line
	About  string  // what it decides, in a few words
	Values []Value // what it can be

	field func(*Settings) *bool
}

// Value is one value of a setting.
type Value struct {
	Name    string // "true"
	Meaning string // what the server does then, in a sentence
}

// Catalogue returns the description of every setting, in the order to show them in.
func Catalogue() []Setting { return slices.Clone(catalogue) }

// catalogue is what commands and their help say about settings. Sentences are
// about what an administrator at the identity provider would notice.
var catalogue = []Setting{
	boolean("patch_user_returns_body", "answer to a PATCH of a user, or of anything else but a group",
		func(s *Settings) *bool { return &s.PatchUserReturnsBody },
		"A PATCH of a user answers 200 with the user as it is now.",
		"A PATCH of a user answers 204 without a body, unless the request asks for attributes."),
	boolean("patch_group_returns_body", "answer to a PATCH of a group",
		func(s *Settings) *bool { return &s.PatchGroupReturnsBody },
		"A PATCH of a group answers 200 with the group and all its members.",
		"A PATCH of a group answers 204 without a body, unless the request asks for attributes."),
	boolean("unique_group_names", "group names",
		func(s *Settings) *bool { return &s.UniqueGroupNames },
		"No two groups may have the same displayName, in whatever case: the second is refused with 409.",
		"Several groups may have the same displayName."),
	boolean("refuse_unknown_attributes", "attributes that no schema has",
		func(s *Settings) *bool { return &s.RefuseUnknownAttributes },
		"A request with an attribute that no schema defines is refused with 400.",
		"Attributes that no schema defines are ignored; the rest of the request is carried out."),
	boolean("strict_types", "values of another type than the schema's",
		func(s *Settings) *bool { return &s.StrictTypes },
		`A value of another type than the schema's is refused with 400, such as "True" for a boolean.`,
		`A value that can mean but one thing is read as the schema's type: "True" as a boolean, a bare id as a manager.`),
	boolean("keep_empty_strings", "empty strings",
		func(s *Settings) *bool { return &s.KeepEmptyStrings },
		`An empty string ("") is stored as a value.`,
		`An empty string ("") takes the attribute away, as null does.`),
	boolean("allow_empty_patch", "a PATCH without operations",
		func(s *Settings) *bool { return &s.AllowEmptyPatch },
		"A PATCH without operations is accepted and changes nothing.",
		"A PATCH without operations is refused with 400."),
	boolean("pending_members", "group members that are not provisioned yet",
		func(s *Settings) *bool { return &s.PendingMembers },
		"Members that are not in the directory wait, and join the group when somebody with that id or externalId is provisioned.",
		"A request that names a member who is not in the directory is refused with 400, and nothing of it is stored."),
}

// boolean describes a field that is true or false.
func boolean(key, about string, field func(*Settings) *bool, on, off string) Setting {
	return Setting{
		Key: key, About: about, field: field,
		Values: []Value{{Name: onName, Meaning: on}, {Name: offName, Meaning: off}},
	}
}

const onName, offName = "true", "false"

// Of returns the value that the setting has in s.
func (d Setting) Of(s Settings) Value {
	if *d.field(&s) {
		return d.Values[0]
	}
	return d.Values[1]
}

// Departures returns the keys of the settings that differ from a preset.
func (s Settings) Departures(preset Settings) []string {
	keys := []string{}
	for _, d := range catalogue {
		if d.Of(s) != d.Of(preset) {
			keys = append(keys, d.Key)
		}
	}
	return keys
}
