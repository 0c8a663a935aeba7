package scimtest

import (
	"regexp"
	"slices"
	"strconv"
)

// rowGroups are the clients whose behaviours have numbers, by prefix, and how
// many of them testdata/README.md explains.
var rowGroups = []struct {
	prefix string
	rows   int
}{
	{"E", 22},  // entra
	{"O", 13},  // okta
	{"ONE", 6}, // onelogin
	{"JC", 8},  // jumpcloud
	{"GW", 6},  // google
	{"PO", 4},  // pingone
	{"PF", 8},  // pingfederate
	{"RIP", 5}, // rippling
	{"CYB", 4}, // cyberark
	{"SF", 2},  // salesforce
	{"AWS", 4}, // aws
	{"AK", 3},  // authentik
}

var rfcRow = regexp.MustCompile(`^RFC (7643|7644|9865)( [0-9]+(\.[0-9]+)*)?$`)

// Rows lists the client behaviours that transcripts are filed under: E1 and so on
// for Entra ID, O1 and so on for Okta, ONE1 and so on for OneLogin.
func Rows() []string {
	var rows []string
	for _, group := range rowGroups {
		for i := 1; i <= group.rows; i++ {
			rows = append(rows, group.prefix+strconv.Itoa(i))
		}
	}
	return rows
}

// Uncovered returns the rows that none of the transcripts shows.
func Uncovered(transcripts []*Transcript) []string {
	return slices.DeleteFunc(Rows(), func(row string) bool {
		return slices.ContainsFunc(transcripts, func(tr *Transcript) bool {
			return slices.Contains(tr.Rows, row)
		})
	})
}

// validRow also allows a section of the RFCs, for what every client does.
func validRow(row string) bool {
	return slices.Contains(Rows(), row) || rfcRow.MatchString(row)
}
