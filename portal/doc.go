// Package portal is HTTP for people and for the vendor's backend: the JSON API
// under /api/v1 that openapi.yaml describes, the pages of portal links and
// sign-in, and the API's documentation.
//
// Every request of the API goes through one gate (gate.go): it finds out who
// calls, keeps principals of one tenant away from all others, and asks whether
// the operation's permission is held. Handlers come behind it and only decode,
// call the domain and answer; problem.go alone writes errors.
package portal
