// Package scimtest plays recorded conversations of identity providers against a
// SCIM server over real HTTP and checks every answer.
//
// A conversation is a [Transcript]: one JSON file with the requests as the
// provider sends them and the parts of each answer that matter. The files in
// testdata are what Roster promises to understand; its README explains the
// format and the rows that transcripts are filed under.
package scimtest
