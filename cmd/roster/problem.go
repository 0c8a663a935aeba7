package main

import (
	"net/http"

	"github.com/roster-scim/roster/portal"
)

const headerRequestID = portal.HeaderRequestID

// problem answers with an error that no part of the API has found.
func problem(w http.ResponseWriter, status int, code, detail string) {
	portal.WriteProblem(w, &portal.Problem{Status: status, Code: code, Detail: detail})
}
