package requestlog

import (
	"strings"
	"testing"
)

func TestReadListing(t *testing.T) {
	t.Parallel()
	const one = `{"id":"1","userName":"ada@acme.example"}`
	for name, tc := range map[string]struct {
		body  string
		total int
		found string // who is read
	}{
		"one":                         {`{"schemas":["s"],"totalResults":1,"startIndex":1,"Resources":[` + one + `]}`, 1, "ada@acme.example"},
		"one, told behind it":         {`{"Resources":[` + one + `],"totalResults":1}`, 1, "ada@acme.example"},
		"none":                        {`{"totalResults":0}`, 0, ""},
		"many, of which none is read": {`{"totalResults":2,"Resources":[` + one + `,` + one + `]}`, 2, ""},
		"an excerpt":                  {`{"totalResults":700,"itemsPerPage":100,"Resources":[{"id":"1","us`, 700, ""},
		"an excerpt of one":           {`{"totalResults":1,"Resources":[{"id":"1","us`, 1, ""},
		"no total":                    {`{"schemas":["s"]}`, -1, ""},
		"a total of another type":     {`{"totalResults":"many"}`, -1, ""},
		"an array":                    {`[1]`, -1, ""},
		"nothing":                     {``, -1, ""},
		"too much":                    {`{"totalResults":1,"x":"` + strings.Repeat("x", maxRead) + `"}`, -1, ""},
	} {
		l := readListing([]byte(tc.body))
		found := ""
		if len(l.Resources) == 1 {
			found = l.Resources[0].called()
		}
		if l.Total != tc.total || found != tc.found {
			t.Errorf("%s: %d in all and %q, want %d and %q", name, l.Total, found, tc.total, tc.found)
		}
	}
}
