// Package login is how people and programs get in: API keys, portal links and the
// sessions that come from them, sign-in of staff, and the exchange of the vendor's
// own JWTs. It says who calls; package authz says what they may do.
package login
