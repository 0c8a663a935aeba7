// Package health says how a connection is doing: from what its identity provider
// sends it learns what works, how often to expect something, what goes wrong and
// who has to put it right. What is known of a connection is a small state into
// which the lines of the request log are folded; everything that people read is
// made from it when they ask.
package health
