package requestlog

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/roster-scim/roster/tenants/privacy"
)

// equality is the beginning of a filter that looks for one value.
var equality = regexp.MustCompile(`^[\s(]*([A-Za-z][\w:.$-]*(?:\[[^\]]*\](?:\.\w+)?)?)\s+(?i:eq)\s+("(?:[^"\\]|\\.)*")`)

// lookupOf reads a filter. It returns the value too, which is not kept as it is.
func lookupOf(filter string) (l *Lookup, value string) {
	match := equality.FindStringSubmatch(filter)
	if match == nil {
		return nil, ""
	}
	value, ok := decode(match[2])
	if !ok {
		return nil, ""
	}
	return &Lookup{Attribute: privacy.Clean(privacy.Clip(privacy.Filter(match[1]), 200)), Shape: ShapeOf(value), Value: privacy.Clean(privacy.Clip(privacy.AttributeValue(match[1], value), 200))}, value
}

// resource is what classification reads of a resource, in whatever case its
// names come. What is not of the type it should be is left out.
type resource struct {
	ID          text            `json:"id"`
	UserName    text            `json:"userName"`
	DisplayName text            `json:"displayName"`
	ExternalID  text            `json:"externalId"`
	Active      json.RawMessage `json:"active"`
	Name        json.RawMessage `json:"name"`
	Emails      json.RawMessage `json:"emails"`
	Members     json.RawMessage `json:"members"`
}

// text is a string that may be something else.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}

func (r *resource) called() string {
	if r.UserName != "" {
		return string(r.UserName)
	}
	return string(r.DisplayName)
}

// person reads the evidence about a user that was sent.
func (r *resource) person() *Person {
	v := &PersonValues{UserName: string(r.UserName), ExternalID: string(r.ExternalID), Active: !isFalse(r.Active)}
	v.Named = r.DisplayName != "" || len(r.Name) > len(`{"":""}`)
	var emails []struct {
		Value text `json:"value"`
	}
	if json.Unmarshal(r.Emails, &emails) == nil {
		for _, e := range emails {
			if e.Value != "" {
				v.Emails = append(v.Emails, string(e.Value))
			}
		}
	}
	return personOf(v)
}

func isFalse(raw json.RawMessage) bool {
	return strings.EqualFold(strings.Trim(string(raw), `" `), "false")
}

func isTrue(raw json.RawMessage) bool {
	return strings.EqualFold(strings.Trim(string(raw), `" `), "true")
}

// maxRead is how large a body may be for classification to look into it.
const maxRead = 1 << 20

// parse reads a body as far as it can be.
func parse[T any](body []byte) (v T, ok bool) {
	if len(body) == 0 || len(body) > maxRead {
		return v, false
	}
	ok = json.Unmarshal(body, &v) == nil
	return v, ok
}

// listing is a list answer. Total is -1 if it does not say one.
type listing struct {
	Total     int
	Resources []resource // of a list of one
}

// readListing reads a list answer as far as it can be. Of more than one resource
// nothing is told, so they are not read if the total comes before them.
func readListing(body []byte) listing {
	l := listing{Total: -1}
	if len(body) > maxRead {
		return l
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return l
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return l
		}
		var into any = new(json.RawMessage)
		switch name {
		case "totalResults":
			into = &l.Total
		case "Resources":
			if l.Total >= 0 && l.Total != 1 {
				return l
			}
			into = &l.Resources
		}
		if d.Decode(into) != nil {
			return l
		}
	}
	return l
}

// patchMessage is a PATCH request.
type patchMessage struct {
	Operations []struct {
		Op    text            `json:"op"`
		Path  text            `json:"path"`
		Value json.RawMessage `json:"value"`
	} `json:"Operations"`
}

// search is the body of a POST to .search, or the query of a GET.
type search struct {
	Filter text `json:"filter"`
	Count  *int `json:"count"`
}
