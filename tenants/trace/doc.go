// Package trace finds out why somebody is not in a tenant, or is there without
// access: it gathers what is known of a name or address, and decides by one rule
// what that comes to and who must do what.
package trace
