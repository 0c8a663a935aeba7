// Package conformance checks a SCIM 2.0 server from outside, over HTTP, against
// what RFC 7643, RFC 7644 and RFC 9865 demand.
//
// The catalogue ([Requirements]) holds one numbered [Requirement] for each demand
// that can be seen from outside, with its section and its level. [Run] checks
// them on a directory that may already have people in it: it reads what the
// server says about itself, makes users and groups of its own under a run id,
// and takes them away again. [Test] does the same as Go subtests.
//
// A feature that the server does not announce is skipped, a check whose
// preparation did not work is blocked, and each failure shows the request, what
// was expected and what was answered.
package conformance
